-- One day of one station, hour by hour.
SELECT measured_at, pm25_ugm3, pm10_ugm3, o3_ppb
FROM core.fct_air_quality
WHERE city_code = '10'
  AND station_id = (SELECT min(station_id) FROM core.dim_station WHERE city_code = '10' AND dataset = 'air_quality')
  AND measured_at >= (SELECT max(date) FROM marts.air_quality_daily WHERE city_code = '10')
ORDER BY measured_at
