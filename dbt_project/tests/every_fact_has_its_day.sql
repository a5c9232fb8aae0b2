-- Asserts that dim_date holds the first and the last day of every fact: a join to it drops none.
with told as (
    select
        'fct_air_quality' as fact,
        min(measured_date) as first_date,
        max(measured_date) as last_date
    from {{ ref('fct_air_quality') }}
    union all
    select
        'fct_road_accident' as fact,
        min(occurred_date) as first_date,
        max(occurred_date) as last_date
    from {{ ref('fct_road_accident') }}
    {% for fact in ['fct_dengue_cases', 'fct_tourism', 'fct_rainfall'] %}
    {% set day = 'date' if fact == 'fct_rainfall' else 'month' %}
    union all
    select
        '{{ fact }}' as fact,
        min({{ day }}) as first_date,
        max({{ day }}) as last_date
    from {{ ref(fact) }}
    {% endfor %}
    {% for fact, year in {'fct_population': 'year', 'fct_crop_production': 'crop_year'}.items() %}
    union all
    select
        '{{ fact }}' as fact,
        make_date(min({{ year }}), 1, 1) as first_date,
        make_date(max({{ year }}), 1, 1) as last_date
    from {{ ref(fact) }}
    {% endfor %}
),

calendar as (
    select
        min(date) as first_date,
        max(date) as last_date
    from {{ ref('dim_date') }}
)

select told.*
from told
cross join calendar
where told.first_date < calendar.first_date or told.last_date > calendar.last_date
