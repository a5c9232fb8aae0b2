-- Each ESG pillar by region: the indicators' values over the cities of the region.
SELECT esg_pillar, region, indicator_name_en, max(factor) * sum(numerator) / nullif(sum(denominator), 0) AS value, max(unit) AS unit
FROM marts.indicator_cube
WHERE area_level = 'province' AND period_kind = 'year' AND value_kind = 'ratio'
GROUP BY ALL
ORDER BY ALL
