{{ config(
    materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_days('air_quality') }}"
) }}

{% set pollutants = ['pm25_ugm3', 'pm10_ugm3', 'o3_ppb', 'no2_ppb', 'so2_ppb', 'co_ppm'] %}
{% set names = ['pm25_mean_ugm3', 'pm10_mean_ugm3', 'o3_mean_ppb', 'no2_mean_ppb', 'so2_mean_ppb', 'co_mean_ppm'] %}

with hours as (
    select
        fct.city_code,
        fct.station_id,
        cast({{ local_time('fct.measured_at') }} as date) as date,
        {{ pollutants | join(',\n        ') }}
    from {{ ref('fct_air_quality') }} as fct
    {% if is_incremental() %}
    inner join {{ source('inputs', 'touched') }} as touched
        on touched.dataset = 'air_quality'
        and fct.city_code = touched.city_code
        and fct.measured_at >= {{ local_midnight('touched.first_date') }}
        and fct.measured_at < {{ local_midnight('touched.last_date + interval 1 day') }}
    {% endif %}
),

-- A station-day of a pollutant needs 18 of 24 hours (75 %, WHO and US EPA practice for daily means).
station_days as (
    select
        city_code,
        station_id,
        date,
        {% for pollutant in pollutants -%}
        case when count({{ pollutant }}) >= 18 then avg({{ pollutant }}) end as {{ pollutant }}{{ ',' if not loop.last }}
        {% endfor %}
    from hours
    group by city_code, station_id, date
)

select
    city_code,
    date,
    count(pm25_ugm3) as station_count,
    {% for pollutant in pollutants -%}
    round(avg({{ pollutant }}), 6) as {{ names[loop.index0] }}{{ ',' if not loop.last }}
    {% endfor %}
from station_days
group by city_code, date
