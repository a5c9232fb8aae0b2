-- PM2.5 on public holidays, weekends and working days.
SELECT city_code,
       CASE WHEN is_public_holiday THEN 'holiday' WHEN is_weekend THEN 'weekend' ELSE 'working day' END AS kind_of_day,
       avg(pm25_mean_ugm3) AS pm25_ugm3
FROM marts.air_quality_daily
JOIN core.dim_date USING (date)
GROUP BY ALL
ORDER BY ALL
