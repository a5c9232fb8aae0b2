-- PM2.5 by season and region.
SELECT city.region, day.season, avg(daily.pm25_mean_ugm3) AS pm25_ugm3
FROM marts.air_quality_daily AS daily
JOIN core.dim_date AS day USING (date)
JOIN core.dim_city AS city USING (city_code)
GROUP BY ALL
ORDER BY ALL
