{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with crashes as (
    select
        city_code,
        cast({{ local_time('occurred_at') }} as date) as date,
        deaths,
        injured
    from {{ ref('fct_road_accident') }}
),

-- A month without a crash is 0 crashes where the register's file covers it, up to the last crash that it tells of.
reach as (
    select
        city_code,
        max(date) as last_date
    from crashes
    group by city_code
),

months as (
    select distinct
        coverage.city_code,
        days.month
    from {{ source('inputs', 'coverage') }} as coverage
    inner join reach on coverage.city_code = reach.city_code
    inner join {{ ref('dim_date') }} as days
        on coverage.first_date <= days.date
        and coverage.last_date >= days.date
        and reach.last_date >= days.date
    where coverage.fact = 'fct_road_accident'
),

by_month as (
    select
        months.city_code,
        months.month,
        count(crashes.date) as road_crashes,
        coalesce(sum(crashes.deaths), 0) as road_deaths,
        coalesce(sum(crashes.injured), 0) as road_injured
    from months
    left join crashes
        on months.city_code = crashes.city_code
        and months.month = {{ period_start('month', 'crashes.date') }}
    group by months.city_code, months.month
),

periods as (
    select
        city_code,
        'month' as period_kind,
        month as period_start,
        1.0 as coverage,
        road_crashes,
        road_deaths,
        road_injured
    from by_month
    union all
    select
        city_code,
        'year' as period_kind,
        {{ period_start('year', 'month') }} as period_start,
        count(*) / 12.0 as coverage,
        sum(road_crashes) as road_crashes,
        sum(road_deaths) as road_deaths,
        sum(road_injured) as road_injured
    from by_month
    group by city_code, {{ period_start('year', 'month') }}
)

{{ as_measures('periods', ['road_crashes', 'road_deaths', 'road_injured']) }}
