with months as (
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
    round(100.0 * months.visitors_foreign / nullif(months.visitors_total, 0), 6) as foreign_share_pct,
    round(months.revenue_total_thb / nullif(months.visitors_total, 0), 6) as revenue_per_visitor_thb,
    months.visitors_total - before.visitors_total as visitors_change
from months
left join months as before
    on months.city_code = before.city_code
    and months.month = before.month + interval 1 year
