{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with months as (
    select
        city_code,
        month,
        cases
    from {{ ref('fct_dengue_cases') }}
    where cases is not null
),

periods as (
    {% for kind in period_kinds() %}
    select
        city_code,
        '{{ kind }}' as period_kind,
        {{ period_start(kind, 'month') }} as period_start,
        count(*) / {{ 1.0 if kind == 'month' else 12.0 }} as coverage,
        sum(cases) as dengue_cases
    from months
    group by city_code, {{ period_start(kind, 'month') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

{{ as_measures('periods', ['dengue_cases']) }}
