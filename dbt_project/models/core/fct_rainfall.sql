{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_replaced_extracts(['rainfall']) }}"
) }}

select
    city_code,
    station_id,
    date,
    rain_mm,
    extract_id
from {{ ref('stg_rainfall') }}
