{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ delete_replaced_extracts(['air_quality', 'rainfall']) }}"
) }}

-- Rain is told by the local day: its midnight stands for it.
{% set measured_at = {'air_quality': 'measured_at', 'rainfall': local_midnight('date')} %}

{% for dataset, instant in measured_at.items() %}
select
    city_code,
    '{{ dataset }}' as dataset,
    station_id,
    station_name_th,
    station_name_en,
    station_area_code as area_code,
    lat,
    lon,
    min({{ instant }}) as first_measured_at,
    max({{ instant }}) as last_measured_at,
    extract_id
from {{ ref('stg_' ~ dataset) }}
group by
    city_code, station_id, station_name_th, station_name_en, station_area_code, lat, lon, extract_id
{{ 'union all' if not loop.last }}
{% endfor %}
