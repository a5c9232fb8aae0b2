{% set figures = {
    'TH:ROAD_DEATHS_PER_1000_CRASHES': 'deaths_per_1000_crashes',
} %}

with indicators as ({{ indicators_by_month(figures) }}),

months as (
    select
        city_code,
        {{ period_start('month', 'date') }} as month,
        cast(sum(crashes) as bigint) as crashes,
        cast(sum(deaths) as bigint) as deaths,
        cast(sum(injured) as bigint) as injured
    from {{ ref('road_safety_daily') }}
    group by city_code, {{ period_start('month', 'date') }}
)

select
    months.city_code,
    months.month,
    months.crashes,
    months.deaths,
    months.injured,
    indicators.deaths_per_1000_crashes,
    indicators.deaths_per_1000_crashes_comparability
from months
left join indicators on months.city_code = indicators.city_code and months.month = indicators.month
