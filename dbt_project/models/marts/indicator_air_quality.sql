{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with days as (
    select
        city_code,
        pm25_mean_ugm3,
        cast(date_trunc('month', date) as date) as month,
        cast(date_trunc('year', date) as date) as year
    from {{ ref('air_quality_daily') }}
    where pm25_mean_ugm3 is not null
),

periods as (
    select city_code, pm25_mean_ugm3, 'month' as period_kind, month as period_start from days
    union all
    select city_code, pm25_mean_ugm3, 'year' as period_kind, year as period_start from days
)

select
    'TH:PM25_MEAN' as indicator_code,
    city_code,
    period_kind,
    period_start,
    cast(sum(pm25_mean_ugm3) as double) as numerator,
    cast(count(*) as double) as denominator
from periods
group by city_code, period_kind, period_start

union all

-- 37.5 µg/m³ is Thailand's 24-hour standard since 1 June 2023 (National Environment Board, 8 July 2022).
select
    'TH:PM25_EXCEEDANCE_DAYS' as indicator_code,
    city_code,
    period_kind,
    period_start,
    cast(sum(case when pm25_mean_ugm3 > 37.5 then 1 else 0 end) as double) as numerator,
    cast(count(*) as double) as denominator
from periods
group by city_code, period_kind, period_start
