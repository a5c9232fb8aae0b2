{{ config(
    materialized='incremental', incremental_strategy='append', pre_hook="{{ delete_touched_days('air_quality') }}"
) }}

-- A pollutant's column of core, its daily mean, and the statistic that its standard and its index are about.
{% set pollutants = [
    ('pm25_ugm3', 'pm25_mean_ugm3', none), ('pm10_ugm3', 'pm10_mean_ugm3', none),
    ('o3_ppb', 'o3_mean_ppb', 'o3_max8h_ppb'), ('no2_ppb', 'no2_mean_ppb', 'no2_max1h_ppb'),
    ('so2_ppb', 'so2_mean_ppb', 'so2_max1h_ppb'), ('co_ppm', 'co_mean_ppm', 'co_max8h_ppm'),
] %}
{% set hour_maxima = [('no2_ppb', 'no2_max1h_ppb'), ('so2_ppb', 'so2_max1h_ppb')] %}
{% set eight_hour_maxima = [('o3_ppb', 'o3_max8h_ppb'), ('co_ppm', 'co_max8h_ppm')] %}

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

-- What the city's contract says of the day: one row per city, column and time that a version of the contract holds for.
averaging as (
    select
        days.city_code,
        days.date,
        {% for value, _, _ in pollutants -%}
        coalesce(max(case when column_name = '{{ value }}' then averaging end), 'PT1H') as {{ value }}
        {{- ',' if not loop.last }}
        {% endfor %}
    from (select distinct city_code, date from hours) as days
    left join {{ source('inputs', 'averaging') }} as contracts
        on contracts.dataset = 'air_quality'
        and days.city_code = contracts.city_code
        and days.date between contracts.first_date and contracts.last_date
    group by days.city_code, days.date
),

-- Three ways to a day's mean; which one is right, the averaging says. Single hours: their mean, if 18 of 24 are there
-- (75 %, as WHO and US EPA ask). Running means of 24 hours: the last one of the day, if it covers 22 hours or more of
-- it. Running means of 8 hours: those of 07:00, 15:00 and 23:00 share no hour and cover the day together.
station_days as (
    select
        city_code,
        station_id,
        date,
        {% for value, mean, _ in pollutants -%}
        count({{ value }}) as {{ value }}_hours,
        case when count({{ value }}) >= 18 then {{ exact_mean(value) }} end as {{ value }}_of_hours,
        case
            when max(case when {{ value }} is not null then hour end) >= 21
                then max_by({{ value }}, case when {{ value }} is not null then hour end)
        end as {{ value }}_of_24h,
        case
            when count(case when hour in (7, 15, 23) then {{ value }} end) = 3
                then {{ exact_mean('case when hour in (7, 15, 23) then ' ~ value ~ ' end') }}
        end as {{ value }}_of_8h,
        {% endfor -%}
        {% for value, maximum in hour_maxima -%}
        case when count({{ value }}) >= 18 then max({{ value }}) end as {{ maximum }},
        {% endfor -%}
        -- Of running means of 8 hours those that lie in the day, if 5 of the 9 that hold the afternoon are there.
        {% for value, maximum in eight_hour_maxima -%}
        case
            when count(case when hour between 14 and 22 then {{ value }} end) >= 5
                then max(case when hour >= 7 then {{ value }} end)
        end as {{ maximum }}_of_8h{{ ',' if not loop.last }}
        {% endfor %}
    from hours
    group by city_code, station_id, date
),

-- The same from single hours: running means up to each hour of the day, measured or not, of the day's own hours; at
-- least 6 of them are needed, so 5 (05:00) is the first that can have one.
eight_hours as (
    select
        hours.city_code,
        hours.station_id,
        hours.date,
        windows.last_hour,
        {% for value, _ in eight_hour_maxima -%}
        case when count(hours.{{ value }}) >= 6 then {{ exact_mean('hours.' ~ value) }} end as {{ value }}
        {{- ',' if not loop.last }}
        {% endfor %}
    from hours
    inner join averaging on hours.city_code = averaging.city_code and hours.date = averaging.date
    inner join (
        values
        {% for hour in range(5, 24) -%}
        ({{ hour }}){{ ',' if not loop.last }}
        {% endfor %}
    ) as windows (last_hour)
        on hours.hour between windows.last_hour - 7 and windows.last_hour
    where
        (hours.o3_ppb is not null and averaging.o3_ppb = 'PT1H')
        or (hours.co_ppm is not null and averaging.co_ppm = 'PT1H')
    group by hours.city_code, hours.station_id, hours.date, windows.last_hour
),

eight_hour_maxima as (
    select
        city_code,
        station_id,
        date,
        {% for value, maximum in eight_hour_maxima -%}
        max({{ value }}) as {{ maximum }}{{ ',' if not loop.last }}
        {% endfor %}
    from eight_hours
    group by city_code, station_id, date
)

select
    days.city_code,
    days.station_id,
    days.date,
    {% for value, mean, _ in pollutants -%}
    days.{{ value }}_hours as {{ value.split('_')[0] }}_hours,
    case averaging.{{ value }}
        when 'PT1H' then days.{{ value }}_of_hours
        when 'running PT8H' then days.{{ value }}_of_8h
        when 'running PT24H' then days.{{ value }}_of_24h
    end as {{ mean }},
    {% endfor -%}
    {% for value, maximum in eight_hour_maxima -%}
    case
        when averaging.{{ value }} = 'running PT8H' then days.{{ maximum }}_of_8h
        when averaging.{{ value }} = 'PT1H' and days.{{ value }}_of_hours is not null then maxima.{{ maximum }}
    end as {{ maximum }},
    {% endfor -%}
    {% for value, maximum in hour_maxima -%}
    case when averaging.{{ value }} = 'PT1H' then days.{{ maximum }} end as {{ maximum }}{{ ',' if not loop.last }}
    {% endfor %}
from station_days as days
inner join averaging on days.city_code = averaging.city_code and days.date = averaging.date
left join eight_hour_maxima as maxima
    on days.city_code = maxima.city_code
    and days.station_id = maxima.station_id
    and days.date = maxima.date
