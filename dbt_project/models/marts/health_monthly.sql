{% set figures = {
    'TH:DENGUE_PER_100K': 'dengue_per_100k',
    'TH:DENGUE_TO_MEDIAN': 'dengue_to_median',
} %}

with indicators as ({{ indicators_by_month(figures) }}),

medians as (
    select
        city_code,
        period_start as month,
        amount
    from {{ ref('statistic') }}
    where measure = 'dengue_median_cases'
)

select
    dengue.city_code,
    dengue.month,
    dengue.cases as dengue_cases,
    indicators.dengue_per_100k,
    indicators.dengue_per_100k_comparability,
    medians.amount as dengue_median_cases,
    indicators.dengue_to_median,
    indicators.dengue_to_median_comparability
from {{ ref('fct_dengue_cases') }} as dengue
left join indicators on dengue.city_code = indicators.city_code and dengue.month = indicators.month
left join medians on dengue.city_code = medians.city_code and dengue.month = medians.month
