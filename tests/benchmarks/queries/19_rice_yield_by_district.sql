-- Rice yield of the latest crop year by district.
SELECT area.name_th, rice.crop, rice.crop_year, rice.yield_harvested_kg_per_ha
FROM marts.agriculture_yearly AS rice
JOIN core.dim_area AS area USING (area_code)
WHERE rice.area_level = 'district'
QUALIFY rice.crop_year = max(rice.crop_year) OVER (PARTITION BY rice.city_code, rice.crop)
ORDER BY rice.yield_harvested_kg_per_ha DESC NULLS LAST
