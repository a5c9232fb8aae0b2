{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_replaced_extracts(['crop_production']) }}"
) }}

select
    city_code,
    area_code,
    crop,
    crop_year,
    planted_area_ha,
    harvested_area_ha,
    production_t,
    extract_id
from {{ ref('stg_crop_production') }}
