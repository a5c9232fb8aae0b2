-- Two cities as one group: rates are divided after the sums.
SELECT indicator_code, year(period_start) AS year, max(factor) * sum(numerator) / nullif(sum(denominator), 0) AS value
FROM marts.indicator_cube
WHERE city_code IN ('20', '21') AND area_level = 'province' AND period_kind = 'year' AND value_kind = 'ratio'
GROUP BY ALL
ORDER BY ALL
