with months as (
    select
        city_code,
        period_start as month,
        cast(max(case when measure = 'road_crashes' then amount end) as bigint) as crashes,
        cast(max(case when measure = 'road_deaths' then amount end) as bigint) as deaths,
        cast(max(case when measure = 'road_injured' then amount end) as bigint) as injured
    from {{ ref('measure') }}
    where period_kind = 'month' and measure in ('road_crashes', 'road_deaths', 'road_injured')
    group by city_code, period_start
)

select
    city_code,
    month,
    crashes,
    deaths,
    injured,
    round(1000.0 * deaths / nullif(crashes, 0), 6) as deaths_per_1000_crashes
from months
