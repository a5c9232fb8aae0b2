{% for dataset in ['air_quality', 'road_accidents', 'dengue_cases', 'population', 'tourism', 'crop_production', 'rainfall'] %}
select
    measure,
    city_code,
    area_code,
    area_level,
    period_kind,
    period_start,
    round(amount, 6) as amount,
    round(coverage, 6) as coverage
from {{ ref('measure_' ~ dataset) }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
