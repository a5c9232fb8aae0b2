-- Mean PM2.5 and days over the standard by city and month.
SELECT city_code, month, pm25_mean_ugm3, pm25_days_over_standard, days_measured
FROM marts.air_quality_monthly
ORDER BY city_code, month
