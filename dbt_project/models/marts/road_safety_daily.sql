with crashes as (
    select
        city_code,
        cast({{ local_time('occurred_at') }} as date) as date,
        deaths,
        injured
    from {{ ref('fct_road_accident') }}
),

reach as (
    select
        city_code,
        max(date) as last_date
    from crashes
    group by city_code
),

-- A day without a crash is 0 crashes where the register's file covers it, up to the last crash that it tells of.
days_covered as (
    select distinct
        coverage.city_code,
        dates.date
    from {{ source('inputs', 'coverage') }} as coverage
    inner join reach on coverage.city_code = reach.city_code
    inner join {{ ref('dim_date') }} as dates
        on coverage.first_date <= dates.date
        and coverage.last_date >= dates.date
        and reach.last_date >= dates.date
    where coverage.fact = 'fct_road_accident'
)

select
    days_covered.city_code,
    days_covered.date,
    count(crashes.date) as crashes,
    cast(coalesce(sum(crashes.deaths), 0) as bigint) as deaths,
    cast(coalesce(sum(crashes.injured), 0) as bigint) as injured
from days_covered
left join crashes
    on days_covered.city_code = crashes.city_code
    and days_covered.date = crashes.date
group by days_covered.city_code, days_covered.date
