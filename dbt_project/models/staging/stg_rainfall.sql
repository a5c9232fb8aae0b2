{# written by `make staging` from expectations/suites/rainfall.yml #}
select
    city_code,
    station_id,
    date,
    rain_mm,
    station_name_th,
    station_name_en,
    station_area_code,
    lat,
    lon,
    extract_id,
    row_number
from {{ source('inputs', 'rainfall') }}
