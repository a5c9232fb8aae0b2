{# written by `make staging` from expectations/suites/dengue_cases.yml #}
select
    city_code,
    month,
    cases,
    extract_id,
    row_number
from {{ source('inputs', 'dengue_cases') }}
