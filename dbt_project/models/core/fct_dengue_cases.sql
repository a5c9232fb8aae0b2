{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_replaced_extracts(['dengue_cases']) }}"
) }}

select
    city_code,
    month,
    cases,
    extract_id
from {{ ref('stg_dengue_cases') }}
