{{ config(materialized='ephemeral', contract={'enforced': false}) }}

{% set pollutants = [
    ('pm25', 'pm25_sum_ugm3', 'pm25_mean_ugm3'), ('pm10', 'pm10_sum_ugm3', 'pm10_mean_ugm3'),
    ('o3', 'o3_sum_ppb', 'o3_mean_ppb'), ('no2', 'no2_sum_ppb', 'no2_mean_ppb'),
    ('so2', 'so2_sum_ppb', 'so2_mean_ppb'), ('co', 'co_sum_ppm', 'co_mean_ppm'),
] %}

with days as (
    {% for pollutant, sum_measure, mean in pollutants %}
    select
        city_code,
        date,
        '{{ pollutant }}' as pollutant,
        '{{ sum_measure }}' as sum_measure,
        {{ mean }} as mean,
        {{ pollutant }}_over_standard as is_over
    from {{ ref('air_quality_daily') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

periods as (
    {% for kind in period_kinds() %}
    select
        city_code,
        pollutant,
        sum_measure,
        '{{ kind }}' as period_kind,
        {{ period_start(kind, 'date') }} as period_start,
        max({{ days_in_period(kind, period_start(kind, 'date')) }}) as days_in_period,
        sum(mean) as mean_sum,
        count(mean) as days,
        count(is_over) as standard_days,
        sum(case when is_over then 1 else 0 end) as days_over_standard
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
