select
    city_code,
    area_code,
    case when length(area_code) = 2 then 'province' else 'district' end as area_level,
    crop,
    crop_year,
    planted_area_ha,
    harvested_area_ha,
    production_t,
    -- 1 rai is 1 600 m2.
    {% for base in ['harvested', 'planted'] -%}
    round(1000.0 * production_t / nullif({{ base }}_area_ha, 0), 6) as yield_{{ base }}_kg_per_ha,
    round(160.0 * production_t / nullif({{ base }}_area_ha, 0), 6) as yield_{{ base }}_kg_per_rai,
    {% endfor -%}
    round(100.0 * harvested_area_ha / nullif(planted_area_ha, 0), 6) as harvested_share_pct
from {{ ref('fct_crop_production') }}
