{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- A rate's population is the register of 31 December of the same year; where that is missing there is no rate.
with residents as (
    select city_code, year, sum(total) as persons
    from {{ ref('fct_population') }}
    group by city_code, year
),

road_deaths as (
    select
        city_code,
        year(cast({{ local_time('occurred_at') }} as date)) as year,
        sum(deaths) as deaths
    from {{ ref('fct_road_accident') }}
    group by city_code, year(cast({{ local_time('occurred_at') }} as date))
),

-- A year of visitors is a year only when all twelve months are there.
visitors as (
    select city_code, year(month) as year, sum(visitors_total) as visitors
    from {{ ref('fct_tourism') }}
    group by city_code, year(month)
    having count(visitors_total) = 12
),

measured as (
    select 'TH:ROAD_DEATHS_PER_100K' as indicator_code, city_code, year, deaths as numerator from road_deaths
    union all
    select 'TH:TOURISTS_PER_RESIDENT' as indicator_code, city_code, year, visitors as numerator from visitors
)

select
    measured.indicator_code,
    measured.city_code,
    'year' as period_kind,
    make_date(cast(measured.year as integer), 1, 1) as period_start,
    cast(measured.numerator as double) as numerator,
    cast(residents.persons as double) as denominator
from measured
inner join residents
    on measured.city_code = residents.city_code
    and measured.year = residents.year
where residents.persons > 0 and measured.numerator is not null
