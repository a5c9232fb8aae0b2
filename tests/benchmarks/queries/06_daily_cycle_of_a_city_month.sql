-- The daily cycle of PM2.5 in one city and month.
SELECT hour(measured_at) AS hour_of_day, avg(pm25_ugm3) AS pm25_ugm3, count(pm25_ugm3) AS hours
FROM core.fct_air_quality
WHERE city_code = '50'
  AND measured_at >= (SELECT max(month) FROM marts.air_quality_monthly WHERE city_code = '50')
GROUP BY hour_of_day
ORDER BY hour_of_day
