{# The headline indicators as columns of wide marts: code -> column; a test holds them against dim_indicator. #}
{% macro headline_columns() -%}
    {{ return({
        'TH:PM25_MEAN': 'pm25_mean_ugm3',
        'TH:PM10_MEAN': 'pm10_mean_ugm3',
        'TH:PM25_EXCEEDANCE_DAYS': 'pm25_exceedance_days',
        'U4SSC:SC:SH:SA:9C': 'road_deaths_per_100k',
        'TH:DENGUE_PER_100K': 'dengue_per_100k',
        'TH:TOURISTS_PER_RESIDENT': 'tourists_per_resident',
        'TH:REVENUE_PER_VISITOR': 'revenue_per_visitor_thb',
        'TH:ROOM_OCCUPANCY': 'room_occupancy_pct',
        'TH:MAJOR_RICE_YIELD': 'major_rice_yield_kg_per_ha',
    }) }}
{%- endmacro %}
