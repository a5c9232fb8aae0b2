{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_replaced('air_quality') }}") }}

select
    city_code,
    station_id,
    station_name_th,
    station_name_en,
    station_area_code as area_code,
    lat,
    lon,
    min(measured_at) as first_measured_at,
    max(measured_at) as last_measured_at,
    extract_id
from {{ ref('stg_air_quality') }}
group by
    city_code, station_id, station_name_th, station_name_en, station_area_code, lat, lon, extract_id
