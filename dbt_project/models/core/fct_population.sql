{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_replaced_extracts(['population']) }}"
) }}

select
    city_code,
    area_code,
    year,
    male,
    female,
    total,
    houses,
    extract_id
from {{ ref('stg_population') }}
