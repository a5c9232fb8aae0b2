{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_replaced_extracts(['air_quality']) }}"
) }}

select
    city_code,
    station_id,
    measured_at,
    cast({{ local_time('measured_at') }} as date) as measured_date,
    pm25_ugm3,
    pm10_ugm3,
    o3_ppb,
    no2_ppb,
    so2_ppb,
    co_ppm,
    published_aqi,
    extract_id
from {{ ref('stg_air_quality') }}
