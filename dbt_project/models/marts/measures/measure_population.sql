{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with levels as (
    {% for level, digits in [('province', 2), ('district', 4), ('subdistrict', 6)] %}
    select
        city_code,
        left(area_code, {{ digits }}) as area_code,
        '{{ level }}' as area_level,
        year,
        sum(total) as persons,
        sum(male) as men,
        sum(female) as women,
        sum(houses) as houses
    from {{ ref('fct_population') }}
    group by city_code, left(area_code, {{ digits }}), year
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

years as (
    select
        now.*,
        before.persons as persons_before,
        now.persons - before.persons as persons_change
    from levels as now
    left join levels as before
        on now.area_code = before.area_code
        and now.area_level = before.area_level
        and now.year = before.year + 1
        and now.persons is not null
)

{% for measure in ['persons', 'men', 'women', 'houses', 'persons_before', 'persons_change'] %}
select
    '{{ measure }}' as measure,
    city_code,
    area_code,
    area_level,
    'year' as period_kind,
    make_date(year, 1, 1) as period_start,
    cast({{ measure }} as double) as amount,
    cast(1 as double) as coverage
from years
where {{ measure }} is not null
{% if not loop.last %}union all{% endif %}
{% endfor %}
