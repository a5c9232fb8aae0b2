{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with days as (
    select
        city_code,
        date,
        avg(rain_mm) as rain_mm,
        count(rain_mm) as station_days
    from {{ ref('fct_rainfall') }}
    where rain_mm is not null
    group by city_code, date
),

periods as (
    {% for kind in period_kinds() %}
    select
        city_code,
        '{{ kind }}' as period_kind,
        {{ period_start(kind, 'date') }} as period_start,
        cast(count(*) as double) / max({{ days_in_period(kind, period_start(kind, 'date')) }}) as coverage,
        sum(rain_mm) as rain_sum_mm,
        count(*) as rain_days,
        1 as rain_cities,
        -- ETCCDI's R1mm: a wet day has at least 1 mm.
        sum(case when rain_mm >= 1 then 1 else 0 end) as rain_wet_days,
        sum(station_days) as rain_station_days
    from days
    group by city_code, {{ period_start(kind, 'date') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

{{ as_measures('periods', ['rain_sum_mm', 'rain_days', 'rain_cities', 'rain_wet_days', 'rain_station_days']) }}
