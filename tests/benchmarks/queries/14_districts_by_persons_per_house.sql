-- The ten districts with most persons per house.
SELECT area.name_th, area.name_en, cube.numerator / cube.denominator AS persons_per_house
FROM marts.indicator_cube AS cube
JOIN core.dim_area AS area ON area.area_code = cube.area_code
WHERE cube.indicator_code = 'TH:PERSONS_PER_HOUSE' AND cube.area_level = 'district' AND cube.denominator > 0
QUALIFY cube.period_start = max(cube.period_start) OVER (PARTITION BY cube.city_code)
ORDER BY persons_per_house DESC
LIMIT 10
