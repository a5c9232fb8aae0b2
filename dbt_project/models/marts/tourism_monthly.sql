{% set figures = {
    'TH:FOREIGN_VISITOR_SHARE': 'foreign_share_pct',
    'TH:REVENUE_PER_VISIT': 'revenue_per_visit_thb',
} %}

with indicators as ({{ indicators_by_month(figures) }}),

months as (
    select
        city_code,
        month,
        visitors_thai,
        visitors_foreign,
        visitors_total,
        revenue_total_thb,
        occupancy_pct
    from {{ ref('fct_tourism') }}
)

select
    months.city_code,
    months.month,
    months.visitors_thai,
    months.visitors_foreign,
    months.visitors_total,
    months.revenue_total_thb,
    months.occupancy_pct,
    indicators.foreign_share_pct,
    indicators.foreign_share_pct_comparability,
    indicators.revenue_per_visit_thb,
    indicators.revenue_per_visit_thb_comparability,
    months.visitors_total - before.visitors_total as visitors_change
from months
left join indicators on months.city_code = indicators.city_code and months.month = indicators.month
left join months as before
    on months.city_code = before.city_code
    and months.month = before.month + interval 1 year
