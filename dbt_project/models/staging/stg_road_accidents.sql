{# written by `make staging` from expectations/suites/road_accidents.yml #}
select
    city_code,
    accident_id,
    occurred_at,
    reported_at,
    deaths,
    injured,
    vehicles,
    cause,
    accident_type,
    weather,
    vehicle_type,
    agency,
    route,
    lat,
    lon,
    extract_id,
    row_number
from {{ source('inputs', 'road_accidents') }}
