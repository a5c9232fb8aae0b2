{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with periods as (
    {% for kind in ['month', 'year'] %}
    select
        city_code,
        '{{ kind }}' as period_kind,
        {{ period_start(kind, 'month') }} as period_start,
        -- What is not there of any one figure makes the whole period incomplete.
        least(count(visitors_total), count(visitors_foreign), count(revenue_total_thb), count(occupancy_pct))
        / {{ 12.0 if kind == 'year' else 1.0 }} as coverage,
        sum(visitors_total) as visitors,
        sum(visitors_foreign) as visitors_foreign,
        sum(revenue_total_thb) as tourism_revenue_thb,
        sum(occupancy_pct) as occupancy_sum_pct,
        count(occupancy_pct) as occupancy_months
    from {{ ref('fct_tourism') }}
    group by city_code, {{ period_start(kind, 'month') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

{{ as_measures('periods', ['visitors', 'visitors_foreign', 'tourism_revenue_thb', 'occupancy_sum_pct', 'occupancy_months']) }}
