{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with crops as (
    select
        city_code,
        area_code,
        crop_year,
        crop,
        planted_area_ha,
        harvested_area_ha,
        production_t
    from {{ ref('fct_crop_production') }}
),

either as (
    select * from crops
    union all
    select
        city_code,
        area_code,
        crop_year,
        'rice' as crop,
        sum(planted_area_ha) as planted_area_ha,
        sum(harvested_area_ha) as harvested_area_ha,
        sum(production_t) as production_t
    from crops
    group by city_code, area_code, crop_year
)

{% for suffix, column in [
    ('planted_ha', 'planted_area_ha'), ('harvested_ha', 'harvested_area_ha'), ('production_t', 'production_t'),
] %}
select
    concat(crop, '_{{ suffix }}') as measure,
    city_code,
    area_code,
    case when length(area_code) = 2 then 'province' else 'district' end as area_level,
    'year' as period_kind,
    make_date(crop_year, 1, 1) as period_start,
    cast({{ column }} as double) as amount,
    cast(1 as double) as coverage
from either
where {{ column }} is not null
{% if not loop.last %}union all{% endif %}
{% endfor %}
