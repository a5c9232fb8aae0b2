{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_replaced(['rainfall']) }}") }}

select
    city_code,
    station_id,
    date,
    rain_mm,
    extract_id
from {{ ref('stg_rainfall') }}
