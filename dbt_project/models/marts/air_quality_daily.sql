{{ config(
    materialized='incremental', incremental_strategy='append', pre_hook="{{ delete_touched_days('air_quality') }}"
) }}

{% set means = [
    ('pm25_ugm3', 'pm25_mean_ugm3'), ('pm10_ugm3', 'pm10_mean_ugm3'), ('o3_ppb', 'o3_mean_ppb'),
    ('no2_ppb', 'no2_mean_ppb'), ('so2_ppb', 'so2_mean_ppb'), ('co_ppm', 'co_mean_ppm'),
] %}
{% set maxima = ['o3_max8h_ppb', 'no2_max1h_ppb', 'so2_max1h_ppb', 'co_max8h_ppm'] %}

with hours as (
    select
        fct.city_code,
        fct.station_id,
        cast({{ local_time('fct.measured_at') }} as date) as date,
        hour({{ local_time('fct.measured_at') }}) as hour,
        pm25_ugm3,
        pm10_ugm3,
        o3_ppb,
        no2_ppb,
        so2_ppb,
        co_ppm
    from {{ ref('fct_air_quality') }} as fct
    {% if is_incremental() %}
    where exists (
        select 1
        from {{ source('inputs', 'touched') }} as touched
        where touched.dataset = 'air_quality'
            and fct.city_code = touched.city_code
            and fct.measured_at >= {{ local_midnight('touched.first_date') }}
            and fct.measured_at < {{ local_midnight('touched.last_date + interval 1 day') }}
    )
    {% endif %}
),

-- A station-day of a pollutant needs 18 of 24 hours (75 %, WHO and US EPA practice for daily means).
station_days as (
    select
        city_code,
        station_id,
        date,
        {% for hourly, mean in means -%}
        case when count({{ hourly }}) >= 18 then avg({{ hourly }}) end as {{ mean }},
        {% endfor -%}
        case when count(no2_ppb) >= 18 then max(no2_ppb) end as no2_max1h_ppb,
        case when count(so2_ppb) >= 18 then max(so2_ppb) end as so2_max1h_ppb
    from hours
    group by city_code, station_id, date
),

-- Ozone and carbon monoxide are judged over 8 hours: running means up to each hour of the day, measured or not, of the
-- day's own hours; at least 6 of them are needed, so 5 (05:00) is the first that can have one.
eight_hours as (
    select
        hours.city_code,
        hours.station_id,
        hours.date,
        windows.last_hour,
        case when count(hours.o3_ppb) >= 6 then avg(hours.o3_ppb) end as o3_ppb,
        case when count(hours.co_ppm) >= 6 then avg(hours.co_ppm) end as co_ppm
    from hours
    inner join (
        values
        {% for hour in range(5, 24) -%}
        ({{ hour }}){{ ',' if not loop.last }}
        {% endfor %}
    ) as windows (last_hour)
        on hours.hour between windows.last_hour - 7 and windows.last_hour
    where hours.o3_ppb is not null or hours.co_ppm is not null
    group by hours.city_code, hours.station_id, hours.date, windows.last_hour
),

eight_hour_maxima as (
    select
        city_code,
        station_id,
        date,
        max(o3_ppb) as o3_max8h_ppb,
        max(co_ppm) as co_max8h_ppm
    from eight_hours
    group by city_code, station_id, date
),

statistics as (
    select
        station_days.*,
        case when station_days.o3_mean_ppb is not null then maxima.o3_max8h_ppb end as o3_max8h_ppb,
        case when station_days.co_mean_ppm is not null then maxima.co_max8h_ppm end as co_max8h_ppm
    from station_days
    left join eight_hour_maxima as maxima
        on station_days.city_code = maxima.city_code
        and station_days.station_id = maxima.station_id
        and station_days.date = maxima.date
),

city_days as (
    select
        city_code,
        date,
        count(pm25_mean_ugm3) as station_count,
        {% for hourly, mean in means -%}
        round(avg({{ mean }}), 6) as {{ mean }},
        {% endfor -%}
        {% for maximum in maxima -%}
        round(avg({{ maximum }}), 6) as {{ maximum }}{{ ',' if not loop.last }}
        {% endfor %}
    from statistics
    group by city_code, date
),

-- The index of a pollutant by the breakpoints in force on the day; above 200 one point for each whole unit.
sub_indices as (
    {% for pollutant, statistic in [
        ('pm25', 'pm25_mean_ugm3'), ('pm10', 'pm10_mean_ugm3'), ('o3', 'o3_max8h_ppb'),
        ('no2', 'no2_max1h_ppb'), ('so2', 'so2_max1h_ppb'), ('co', 'co_max8h_ppm'),
    ] %}
    select
        city_days.city_code,
        city_days.date,
        '{{ pollutant }}' as pollutant,
        max({{ thai_aqi('city_days.' ~ statistic, 'band') }}) as aqi
    from city_days
    inner join {{ ref('aqi_breakpoint') }} as band
        on band.pollutant = '{{ pollutant }}'
        and city_days.date >= band.valid_from
        and city_days.date <= coalesce(band.valid_to, date '9999-12-31')
    where city_days.{{ statistic }} is not null
    group by city_days.city_code, city_days.date
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

ranked as (
    select
        city_code,
        date,
        pollutant,
        aqi,
        row_number() over (partition by city_code, date order by aqi desc, pollutant asc) as place
    from sub_indices
)

select
    city_days.city_code,
    city_days.date,
    city_days.station_count,
    {% for hourly, mean in means -%}
    city_days.{{ mean }},
    {% endfor -%}
    {% for maximum in maxima -%}
    city_days.{{ maximum }},
    {% endfor -%}
    ranked.aqi,
    ranked.pollutant as aqi_pollutant,
    {{ aqi_category('ranked.aqi') }} as aqi_category
from city_days
left join ranked
    on city_days.city_code = ranked.city_code
    and city_days.date = ranked.date
    and ranked.place = 1
