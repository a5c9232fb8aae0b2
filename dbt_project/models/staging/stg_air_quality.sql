{# written by `make staging` from expectations/suites/air_quality.yml #}
select
    city_code,
    station_id,
    measured_at,
    pm25_ugm3,
    pm10_ugm3,
    o3_ppb,
    no2_ppb,
    so2_ppb,
    co_ppm,
    published_aqi,
    station_name_th,
    station_name_en,
    station_area_code,
    lat,
    lon,
    extract_id,
    row_number
from {{ source('inputs', 'air_quality') }}
