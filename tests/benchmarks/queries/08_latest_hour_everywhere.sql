-- The newest hour that each city reports.
SELECT city_code, max(last_measured_at) AS newest_hour, count(*) AS stations
FROM core.dim_station
WHERE dataset = 'air_quality' AND is_current
GROUP BY city_code
ORDER BY city_code
