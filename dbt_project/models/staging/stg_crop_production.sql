{# written by `make staging` from expectations/suites/crop_production.yml #}
select
    city_code,
    area_code,
    crop,
    crop_year,
    planted_area_ha,
    harvested_area_ha,
    production_t,
    extract_id,
    row_number
from {{ source('inputs', 'crop_production') }}
