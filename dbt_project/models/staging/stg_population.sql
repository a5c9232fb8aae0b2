{# written by `make staging` from expectations/suites/population.yml #}
select
    city_code,
    area_code,
    year,
    male,
    female,
    total,
    houses,
    extract_id,
    row_number
from {{ source('inputs', 'population') }}
