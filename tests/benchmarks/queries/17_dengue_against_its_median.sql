-- Months in which dengue was over twice its five-year median.
SELECT city_code, month, dengue_cases, dengue_median_cases, dengue_to_median
FROM marts.health_monthly
WHERE dengue_to_median > 2
ORDER BY dengue_to_median DESC
LIMIT 20
