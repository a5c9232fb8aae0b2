{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with months as (
    select
        city_code,
        month,
        cases
    from {{ ref('fct_dengue_cases') }}
    where cases is not null
),

-- The same month of the five years before; all five are needed.
medians as (
    select
        now.city_code,
        now.month,
        case when count(*) = 5 then median(before.cases) end as dengue_median_cases
    from months as now
    inner join months as before
        on now.city_code = before.city_code
        and month(now.month) = month(before.month)
        and year(before.month) between year(now.month) - 5 and year(now.month) - 1
    group by now.city_code, now.month
),

periods as (
    select
        months.city_code,
        'month' as period_kind,
        months.month as period_start,
        1.0 as coverage,
        months.cases as dengue_cases,
        medians.dengue_median_cases
    from months
    left join medians on months.city_code = medians.city_code and months.month = medians.month
    union all
    select
        city_code,
        'year' as period_kind,
        {{ period_start('year', 'month') }} as period_start,
        count(*) / 12.0 as coverage,
        sum(cases) as dengue_cases,
        null as dengue_median_cases
    from months
    group by city_code, {{ period_start('year', 'month') }}
)

{{ as_measures('periods', ['dengue_cases', 'dengue_median_cases']) }}
