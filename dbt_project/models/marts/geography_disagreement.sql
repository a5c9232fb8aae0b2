{{ config(materialized='view') }}

-- Where a station stands and which areas exist is said by several sources; what they say differently is told, not mended.
with places as (
    select distinct
        city_code,
        dataset,
        station_id,
        area_code
    from {{ ref('fct_station_report') }}
    where area_code is not null
),

stations as (
    select
        city_code,
        dataset,
        station_id as subject,
        'station_in_several_areas' as kind,
        min(area_code) as one_source,
        max(area_code) as other_source
    from places
    group by city_code, dataset, station_id
    having count(*) > 1
),

populated as (
    select distinct
        city_code,
        area_code,
        make_date(year, 12, 31) as date
    from {{ ref('fct_population') }}
),

areas as (
    select
        populated.city_code,
        'population' as dataset,
        populated.area_code as subject,
        'area_not_in_force' as kind,
        concat('register of ', cast(populated.date as varchar)) as one_source,
        case
            when area.valid_from > populated.date then concat('in force from ', cast(area.valid_from as varchar))
            when area.valid_to_basis = 'notice' then concat('abolished on ', cast(area.valid_to as varchar))
            when area.valid_to_basis = 'not_counted' then concat('not counted since ', cast(area.valid_to as varchar))
            else concat('abolished by ', cast(area.valid_to as varchar))
        end as other_source
    from populated
    inner join {{ ref('dim_area') }} as area on populated.area_code = area.area_code
    where area.valid_to <= populated.date or area.valid_from > populated.date
)

select * from stations
union all
select * from areas
