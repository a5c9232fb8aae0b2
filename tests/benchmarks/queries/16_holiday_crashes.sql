-- Crashes a day from 10 to 17 April (Songkran) against all other days.
SELECT crash.city_code,
       strftime(day.date, '%m-%d') BETWEEN '04-10' AND '04-17' AS is_songkran,
       count(crash.accident_id) / count(DISTINCT day.date) AS crashes_a_day
FROM core.fct_road_accident AS crash
JOIN core.dim_date AS day ON day.date = CAST(crash.occurred_at AS DATE)
GROUP BY ALL
ORDER BY ALL
