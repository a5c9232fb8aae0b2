-- The ten worst days of air in the country, and what set the index.
SELECT city.name_en, daily.date, daily.aqi, daily.aqi_pollutant, daily.aqi_category
FROM marts.air_quality_daily AS daily
JOIN core.dim_city AS city USING (city_code)
ORDER BY daily.aqi DESC NULLS LAST
LIMIT 10
