select
    city_code,
    {{ period_start('month', 'date') }} as month,
    count(pm25_mean_ugm3) as days_measured,
    {% for mean in ['pm25_mean_ugm3', 'pm10_mean_ugm3', 'o3_mean_ppb', 'no2_mean_ppb', 'so2_mean_ppb', 'co_mean_ppm'] -%}
    round(avg({{ mean }}), 6) as {{ mean }},
    {% endfor -%}
    round(max(pm25_mean_ugm3), 6) as pm25_max_daily_ugm3,
    count(case when pm25_mean_ugm3 > 37.5 then 1 end) as pm25_days_over_standard,
    round(avg(aqi), 6) as aqi_mean,
    max(aqi) as aqi_max,
    {% for category in ['very_good', 'good', 'moderate', 'starts_to_affect_health', 'affects_health'] -%}
    count(case when aqi_category = '{{ category }}' then 1 end) as days_{{ category }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('air_quality_daily') }}
group by city_code, {{ period_start('month', 'date') }}
