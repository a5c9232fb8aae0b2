{# written by `make staging` from expectations/suites/tourism.yml #}
select
    city_code,
    month,
    visitors_thai,
    visitors_foreign,
    visitors_total,
    revenue_total_thb,
    revenue_thai_thb,
    revenue_foreign_thb,
    occupancy_pct,
    extract_id,
    row_number
from {{ source('inputs', 'tourism') }}
