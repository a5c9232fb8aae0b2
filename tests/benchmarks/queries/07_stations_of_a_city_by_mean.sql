-- The stations of a city by their mean in one month.
SELECT fact.station_id, any_value(station.name_th) AS name_th, avg(fact.pm25_ugm3) AS pm25_ugm3
FROM core.fct_air_quality AS fact
JOIN core.dim_station AS station
  ON station.city_code = fact.city_code AND station.station_id = fact.station_id
  AND station.dataset = 'air_quality' AND station.is_current
WHERE fact.city_code = '83'
  AND fact.measured_at >= (SELECT max(month) FROM marts.air_quality_monthly WHERE city_code = '83')
GROUP BY fact.station_id
ORDER BY pm25_ugm3 DESC NULLS LAST
