-- A pollutant, its daily mean, and the statistic that its standard and its index are about.
{% set pollutants = [
    ('pm25', 'pm25_mean_ugm3', 'pm25_mean_ugm3'), ('pm10', 'pm10_mean_ugm3', 'pm10_mean_ugm3'),
    ('o3', 'o3_mean_ppb', 'o3_max8h_ppb'), ('no2', 'no2_mean_ppb', 'no2_max1h_ppb'),
    ('so2', 'so2_mean_ppb', 'so2_max1h_ppb'), ('co', 'co_mean_ppm', 'co_max8h_ppm'),
] %}
{% set maxima = ['o3_max8h_ppb', 'no2_max1h_ppb', 'so2_max1h_ppb', 'co_max8h_ppm'] %}

with stations as (
    select * from {{ ref('air_quality_station_daily') }}
),

-- The standard of each pollutant on each day: one column per pollutant.
standards as (
    select
        days.date,
        {% for pollutant, _, _ in pollutants -%}
        max(case when standard.pollutant = '{{ pollutant }}' then standard.limit_value end) as {{ pollutant }},
        max(case when standard.pollutant = '{{ pollutant }}' then standard.decimals end) as {{ pollutant }}_decimals
        {{- ',' if not loop.last }}
        {% endfor %}
    from (select distinct date from stations) as days
    left join {{ ref('air_quality_standard') }} as standard
        on days.date >= standard.valid_from
        and days.date <= coalesce(standard.valid_to, date '9999-12-31')
    group by days.date
),

means as (
    select
        stations.city_code,
        stations.date,
        {% for pollutant, mean, statistic in pollutants -%}
        cast(sum(stations.{{ pollutant }}_hours) as bigint) as {{ pollutant }}_hours,
        count(stations.{{ statistic }}) as {{ pollutant }}_stations,
        cast(sum(case
            when {{ rounded('stations.' ~ statistic, 'standards.' ~ pollutant ~ '_decimals') }} > standards.{{ pollutant }}
                then 1
            when standards.{{ pollutant }} is not null and stations.{{ statistic }} is not null then 0
        end) as bigint) as {{ pollutant }}_stations_over_standard,
        count(stations.{{ mean }}) as {{ pollutant }}_mean_stations,
        {{ exact_mean('stations.' ~ mean) }} as {{ mean }},
        {% endfor -%}
        {% for maximum in maxima -%}
        {{ exact_mean('stations.' ~ maximum) }} as {{ maximum }}{{ ',' if not loop.last }}
        {% endfor %}
    from stations
    inner join standards on stations.date = standards.date
    group by stations.city_code, stations.date
),

-- The city's usual number of stations: the middle one of the days of the year on which any station measured.
usual as (
    select
        city_code,
        {{ period_start('year', 'date') }} as year,
        {% for pollutant, _, _ in pollutants -%}
        median(nullif({{ pollutant }}_stations, 0)) as {{ pollutant }}{{ ',' if not loop.last }}
        {% endfor %}
    from means
    group by city_code, {{ period_start('year', 'date') }}
),

-- A city has a value where at least a third of its usual stations have one.
city_days as (
    select
        means.city_code,
        means.date
        {%- for pollutant, mean, statistic in pollutants %},
        means.{{ pollutant }}_hours,
        means.{{ pollutant }}_stations,
        means.{{ pollutant }}_stations_over_standard,
        case when means.{{ pollutant }}_mean_stations >= usual.{{ pollutant }} / 3 then means.{{ mean }} end as {{ mean }}
        {%- if statistic != mean %},
        case when means.{{ pollutant }}_stations >= usual.{{ pollutant }} / 3 then means.{{ statistic }} end as {{ statistic }}
        {%- endif %}
        {%- endfor %}
    from means
    inner join usual
        on means.city_code = usual.city_code
        and {{ period_start('year', 'means.date') }} = usual.year
),

-- The index of a pollutant by the breakpoints in force on the day; above 200 one point for each whole unit.
sub_indices as (
    {% for pollutant, _, statistic in pollutants %}
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
    {% for pollutant, mean, statistic in pollutants -%}
    city_days.{{ mean }},
    {% if statistic != mean -%}
    city_days.{{ statistic }},
    {% endif -%}
    {{ rounded('city_days.' ~ statistic, 'standards.' ~ pollutant ~ '_decimals') }} > standards.{{ pollutant }}
        as {{ pollutant }}_over_standard,
    city_days.{{ pollutant }}_stations,
    city_days.{{ pollutant }}_stations_over_standard,
    city_days.{{ pollutant }}_hours,
    {% endfor -%}
    ranked.aqi,
    ranked.pollutant as aqi_pollutant,
    {{ aqi_category('ranked.aqi') }} as aqi_category
from city_days
inner join standards on city_days.date = standards.date
left join ranked
    on city_days.city_code = ranked.city_code
    and city_days.date = ranked.date
    and ranked.place = 1
