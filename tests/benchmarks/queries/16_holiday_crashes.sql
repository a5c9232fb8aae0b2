-- Crashes a day at Songkran against all other days, with the days that had none.
SELECT city.city_code,
       is_songkran_period,
       count(crash.accident_id) / count(DISTINCT date) AS crashes_a_day
FROM core.dim_date
CROSS JOIN core.dim_city AS city
LEFT JOIN core.fct_road_accident AS crash ON crash.city_code = city.city_code AND crash.occurred_date = date
WHERE NOT city.is_federation
  AND date BETWEEN (SELECT min(occurred_date) FROM core.fct_road_accident) AND (SELECT max(occurred_date) FROM core.fct_road_accident)
GROUP BY ALL
ORDER BY ALL
