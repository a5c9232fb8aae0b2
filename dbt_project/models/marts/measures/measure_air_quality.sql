{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- Thailand's standards: PM2.5 over 24 hours since 1 June 2023 (National Environment Board, 8 July 2022); PM10 over
-- 24 hours (no. 24, 2004), ozone over 8 hours (no. 28, 2007), nitrogen dioxide over one hour (no. 33, 2009), sulphur
-- dioxide over one hour (no. 21, 2001), carbon monoxide over 8 hours (no. 10, 1995).
{% set pollutants = [
    ('pm25', 'pm25_sum_ugm3', 'pm25_mean_ugm3', 'pm25_mean_ugm3', 37.5),
    ('pm10', 'pm10_sum_ugm3', 'pm10_mean_ugm3', 'pm10_mean_ugm3', 120),
    ('o3', 'o3_sum_ppb', 'o3_mean_ppb', 'o3_max8h_ppb', 70),
    ('no2', 'no2_sum_ppb', 'no2_mean_ppb', 'no2_max1h_ppb', 170),
    ('so2', 'so2_sum_ppb', 'so2_mean_ppb', 'so2_max1h_ppb', 300),
    ('co', 'co_sum_ppm', 'co_mean_ppm', 'co_max8h_ppm', 9),
] %}

with days as (
    {% for pollutant, sum_measure, mean, statistic, standard in pollutants %}
    select
        city_code,
        date,
        '{{ pollutant }}' as pollutant,
        '{{ sum_measure }}' as sum_measure,
        {{ mean }} as mean,
        {{ statistic }} as statistic,
        {{ standard }} as standard
    from {{ ref('air_quality_daily') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

periods as (
    {% for kind in ['month', 'year'] %}
    select
        city_code,
        pollutant,
        sum_measure,
        '{{ kind }}' as period_kind,
        {{ period_start(kind, 'date') }} as period_start,
        max({{ days_in_period(kind, period_start(kind, 'date')) }}) as days_in_period,
        sum(mean) as mean_sum,
        count(mean) as days,
        count(statistic) as standard_days,
        sum(case when statistic > standard then 1 else 0 end) as days_over_standard
    from days
    group by city_code, pollutant, sum_measure, {{ period_start(kind, 'date') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

{% for measure, amount, counted in [
    ('sum_measure', 'mean_sum', 'days'),
    ("concat(pollutant, '_days')", 'days', 'days'),
    ("concat(pollutant, '_days_over_standard')", 'days_over_standard', 'standard_days'),
    ("concat(pollutant, '_standard_days')", 'standard_days', 'standard_days'),
] %}
select
    {{ measure }} as measure,
    city_code,
    city_code as area_code,
    'province' as area_level,
    period_kind,
    period_start,
    cast({{ amount }} as double) as amount,
    cast({{ counted }} as double) / days_in_period as coverage
from periods
where {{ counted }} > 0
{% if not loop.last %}union all{% endif %}
{% endfor %}
