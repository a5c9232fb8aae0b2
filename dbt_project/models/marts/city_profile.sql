{% set headlines = headline_columns() %}

with latest as (
    select
        indicator_code,
        city_code,
        value,
        comparability,
        year(period_start) as year,
        row_number() over (partition by indicator_code, city_code order by period_start desc) as recency
    from {{ ref('city_indicator') }}
    where period_kind = 'year' and value is not null
),

headline as (
    select
        city_code,
        {% for code, column in headlines.items() -%}
        max(case when indicator_code = '{{ code }}' then value end) as {{ column }},
        max(case when indicator_code = '{{ code }}' then comparability end) as {{ column }}_comparability,
        cast(max(case when indicator_code = '{{ code }}' then year end) as integer)
            as {{ column }}_year{{ ',' if not loop.last }}
        {% endfor %}
    from latest
    where recency = 1
    group by city_code
),

people as (
    select
        city_code,
        year(period_start) as year,
        amount as persons,
        row_number() over (partition by city_code order by period_start desc) as recency
    from {{ ref('measure') }}
    where measure = 'persons' and area_level = 'province'
),

air as (
    select
        city_code,
        date,
        aqi,
        aqi_category,
        row_number() over (partition by city_code order by date desc) as recency
    from {{ ref('air_quality_daily') }}
    where aqi is not null
),

areas as (
    select
        province_code,
        sum(case when level = 'district' then 1 else 0 end) as districts,
        sum(case when level = 'subdistrict' then 1 else 0 end) as subdistricts
    from {{ ref('dim_area') }}
    where valid_to is null
    group by province_code
)

select
    city.city_code,
    city.name_th,
    city.name_en,
    city.region,
    city.ascn_member_since,
    city.depa_dimensions,
    cast(areas.districts as bigint) as districts,
    cast(areas.subdistricts as bigint) as subdistricts,
    cast(people.persons as bigint) as persons,
    cast(people.year as integer) as persons_year,
    air.date as aqi_date,
    air.aqi,
    air.aqi_category,
    {% for column in headlines.values() -%}
    headline.{{ column }},
    headline.{{ column }}_comparability,
    headline.{{ column }}_year{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('dim_city') }} as city
left join areas on city.city_code = areas.province_code
left join people on city.city_code = people.city_code and people.recency = 1
left join air on city.city_code = air.city_code and air.recency = 1
left join headline on city.city_code = headline.city_code
where not city.is_federation
