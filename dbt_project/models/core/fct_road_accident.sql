{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_replaced_extracts(['road_accidents']) }}"
) }}

select
    city_code,
    accident_id,
    occurred_at,
    cast({{ local_time('occurred_at') }} as date) as occurred_date,
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
    extract_id
from {{ ref('stg_road_accidents') }}
