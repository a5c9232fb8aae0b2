-- What is known of the country as a whole, by year.
SELECT indicator.name_en, cell.period_start, cell.value, cell.unit, cell.cities_covered, cell.comparability
FROM marts.city_indicator AS cell
JOIN core.dim_indicator AS indicator USING (indicator_code)
WHERE cell.city_code = 'TH' AND cell.period_kind = 'year' AND cell.value IS NOT NULL
ORDER BY indicator.name_en, cell.period_start
