{% set figures = {
    'TH:PM25_MEAN': 'pm25_mean_ugm3',
    'TH:PM10_MEAN': 'pm10_mean_ugm3',
    'TH:O3_MEAN': 'o3_mean_ppb',
    'TH:NO2_MEAN': 'no2_mean_ppb',
    'TH:SO2_MEAN': 'so2_mean_ppb',
    'TH:CO_MEAN': 'co_mean_ppm',
} %}

with indicators as ({{ indicators_by_month(figures) }}),

days as (
    select
        city_code,
        {{ period_start('month', 'date') }} as month,
        count(pm25_mean_ugm3) as days_measured,
        cast(sum(pm25_stations) as bigint) as pm25_station_days,
        cast(sum(pm25_hours) as bigint) as pm25_hours,
        {% for mean in figures.values() -%}
        {{ exact_mean(mean) }} as {{ mean }},
        {% endfor -%}
        round(max(pm25_mean_ugm3), 6) as pm25_max_daily_ugm3,
        count(case when pm25_over_standard then 1 end) as pm25_days_over_standard,
        count(case when pm25_stations_over_standard > 0 then 1 end) as pm25_days_any_station_over,
        {{ exact_mean('aqi') }} as aqi_mean,
        max(aqi) as aqi_max,
        {% for category in ['very_good', 'good', 'moderate', 'starts_to_affect_health', 'affects_health'] -%}
        count(case when aqi_category = '{{ category }}' then 1 end) as days_{{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('air_quality_daily') }}
    group by city_code, {{ period_start('month', 'date') }}
),

stations as (
    select
        city_code,
        {{ period_start('month', 'date') }} as month,
        count(distinct case when pm25_mean_ugm3 is not null then station_id end) as pm25_stations
    from {{ ref('air_quality_station_daily') }}
    group by city_code, {{ period_start('month', 'date') }}
)

select
    days.city_code,
    days.month,
    days.days_measured,
    stations.pm25_stations,
    days.pm25_station_days,
    days.pm25_hours,
    {% for mean in figures.values() -%}
    days.{{ mean }},
    coalesce(indicators.{{ mean }}_comparability, 'not_comparable') as {{ mean }}_comparability,
    {% endfor -%}
    {% for column in [
        'pm25_max_daily_ugm3', 'pm25_days_over_standard', 'pm25_days_any_station_over', 'aqi_mean', 'aqi_max',
        'days_very_good', 'days_good', 'days_moderate', 'days_starts_to_affect_health', 'days_affects_health',
    ] -%}
    days.{{ column }}{{ ',' if not loop.last }}
    {% endfor %}
from days
inner join stations on days.city_code = stations.city_code and days.month = stations.month
left join indicators on days.city_code = indicators.city_code and days.month = indicators.month
