{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_replaced_extracts(['tourism']) }}"
) }}

select
    city_code,
    month,
    visitors_thai,
    visitors_foreign,
    visitors_total,
    revenue_total_thb,
    revenue_thai_thb,
    revenue_foreign_thb,
    occupancy_pct,
    extract_id
from {{ ref('stg_tourism') }}
