-- Crashes by hour of the day and weather.
SELECT hour(occurred_at) AS hour_of_day, weather, count(*) AS crashes, sum(deaths) AS deaths
FROM core.fct_road_accident
GROUP BY ALL
ORDER BY ALL
