{# The headline indicators as columns of wide marts: code -> column; a test holds them against dim_indicator. #}
{% macro headline_columns() -%}
    {{ return({
        'TH:PM25_MEAN': 'pm25_mean_ugm3',
        'TH:PM10_MEAN': 'pm10_mean_ugm3',
        'TH:PM25_EXCEEDANCE_SHARE': 'pm25_exceedance_share_pct',
        'TH:ROAD_DEATHS_MOT_ROADS_PER_100K': 'road_deaths_mot_roads_per_100k',
        'TH:DENGUE_PER_100K': 'dengue_per_100k',
        'TH:VISITS_PER_RESIDENT': 'visits_per_resident',
        'TH:REVENUE_PER_VISIT': 'revenue_per_visit_thb',
        'TH:ROOM_OCCUPANCY': 'room_occupancy_pct',
        'TH:MAJOR_RICE_YIELD_HARVESTED_KG_PER_HA': 'major_rice_yield_kg_per_ha',
    }) }}
{%- endmacro %}

{# Texts without an apostrophe as literals, with commas between. #}
{% macro literals(texts) -%}
    '{{ texts | join("', '") }}'
{%- endmacro %}

{# The monthly values of indicators as columns of wide marts (code -> column), each with its comparability: one row for each
   city and month. #}
{% macro indicators_by_month(columns) -%}
    select
        city_code,
        period_start as month,
        {%- for code, column in columns.items() %}
        max(case when indicator_code = '{{ code }}' then value end) as {{ column }},
        max(case when indicator_code = '{{ code }}' then comparability end) as {{ column }}_comparability
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('city_indicator') }}
    where period_kind = 'month' and indicator_code in ({{ literals(columns) }})
    group by city_code, period_start
{%- endmacro %}
