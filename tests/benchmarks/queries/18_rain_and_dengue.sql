-- Rain of a month beside the dengue cases of the next.
SELECT rain.city_code, rain.period_start AS rain_month, rain.value AS rain_mm, dengue.dengue_cases AS cases_next_month
FROM marts.city_indicator AS rain
JOIN marts.health_monthly AS dengue
  ON dengue.city_code = rain.city_code AND dengue.month = rain.period_start + INTERVAL 1 MONTH
WHERE rain.indicator_code = 'TH:RAIN_TOTAL' AND rain.period_kind = 'month'
ORDER BY ALL
