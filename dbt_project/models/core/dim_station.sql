with ranked as (
    select
        city_code,
        station_id,
        station_name_th as name_th,
        station_name_en as name_en,
        area_code,
        lat,
        lon,
        min(first_measured_at) over (partition by city_code, station_id) as first_measured_at,
        max(last_measured_at) over (partition by city_code, station_id) as last_measured_at,
        -- The newest description holds; ties are broken so that every build gives the same row.
        row_number() over (
            partition by city_code, station_id
            order by
                last_measured_at desc, extract_id desc, coalesce(station_name_th, '') desc,
                coalesce(station_name_en, '') desc, coalesce(area_code, '') desc, lat desc, lon desc
        ) as recency
    from {{ ref('fct_station_report') }}
)

select
    city_code,
    station_id,
    name_th,
    name_en,
    area_code,
    lat,
    lon,
    first_measured_at,
    last_measured_at
from ranked
where recency = 1
