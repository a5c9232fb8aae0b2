{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with months as (
    select
        city_code,
        {{ period_start('month', 'date') }} as month,
        sum(crashes) as road_crashes,
        sum(deaths) as road_deaths,
        sum(injured) as road_injured
    from {{ ref('road_safety_daily') }}
    group by city_code, {{ period_start('month', 'date') }}
),

periods as (
    {% for kind in period_kinds() %}
    select
        city_code,
        '{{ kind }}' as period_kind,
        {{ period_start(kind, 'month') }} as period_start,
        count(*) / {{ 1.0 if kind == 'month' else 12.0 }} as coverage,
        sum(road_crashes) as road_crashes,
        sum(road_deaths) as road_deaths,
        sum(road_injured) as road_injured
    from months
    group by city_code, {{ period_start(kind, 'month') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

{{ as_measures('periods', ['road_crashes', 'road_deaths', 'road_injured']) }}
