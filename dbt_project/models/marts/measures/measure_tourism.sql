{{ config(materialized='ephemeral', contract={'enforced': false}) }}

{% set figures = {
    'visits': 'visitors_total',
    'visits_foreign': 'visitors_foreign',
    'tourism_revenue_thb': 'revenue_total_thb',
    'occupancy_sum_pct': 'occupancy_pct',
    'occupancy_months': 'occupancy_pct',
} %}

with periods as (
    {% for kind in period_kinds() %}
    select
        city_code,
        '{{ kind }}' as period_kind,
        {{ period_start(kind, 'month') }} as period_start,
        {% for column in figures.values() | unique -%}
        count({{ column }}) / {{ 1.0 if kind == 'month' else 12.0 }} as {{ column }}_coverage,
        {% endfor -%}
        sum(visitors_total) as visits,
        sum(visitors_foreign) as visits_foreign,
        sum(revenue_total_thb) as tourism_revenue_thb,
        sum(occupancy_pct) as occupancy_sum_pct,
        nullif(count(occupancy_pct), 0) as occupancy_months
    from {{ ref('fct_tourism') }}
    group by city_code, {{ period_start(kind, 'month') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

{% for name, column in figures.items() %}
{{ as_measures('periods', [name], coverage=column ~ '_coverage') }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
