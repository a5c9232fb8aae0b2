with indicators as (
    select
        city_code,
        period_start as month,
        max(case when indicator_code = 'TH:DENGUE_PER_100K' then value end) as dengue_per_100k,
        max(case when indicator_code = 'TH:DENGUE_TO_MEDIAN' then value end) as dengue_to_median
    from {{ ref('city_indicator') }}
    where period_kind = 'month' and indicator_code in ('TH:DENGUE_PER_100K', 'TH:DENGUE_TO_MEDIAN')
    group by city_code, period_start
),

medians as (
    select
        city_code,
        period_start as month,
        amount
    from {{ ref('measure') }}
    where measure = 'dengue_median_cases'
)

select
    dengue.city_code,
    dengue.month,
    dengue.cases as dengue_cases,
    indicators.dengue_per_100k,
    medians.amount as dengue_median_cases,
    indicators.dengue_to_median
from {{ ref('fct_dengue_cases') }} as dengue
left join indicators on dengue.city_code = indicators.city_code and dengue.month = indicators.month
left join medians on dengue.city_code = medians.city_code and dengue.month = medians.month
