with reports as (
    select
        *,
        row_number() over (
            partition by city_code, dataset, station_id
            order by
                first_measured_at, last_measured_at, extract_id, coalesce(station_name_th, ''),
                coalesce(station_name_en, ''), coalesce(area_code, ''), lat, lon
        ) as place
    from {{ ref('fct_station_report') }}
),

-- A report that leaves out the area or the point says nothing of a move.
known as (
    select
        *,
        last_value(area_code ignore nulls) over earlier as known_area_code,
        last_value(lat ignore nulls) over earlier as known_lat,
        last_value(lon ignore nulls) over earlier as known_lon
    from reports
    window earlier as (partition by city_code, dataset, station_id order by place)
),

marked as (
    select
        *,
        case
            when known_area_code <> lag(known_area_code) over station
                or known_lat <> lag(known_lat) over station
                or known_lon <> lag(known_lon) over station then 1
            else 0
        end as is_moved
    from known
    window station as (partition by city_code, dataset, station_id order by place)
),

numbered as (
    select
        *,
        sum(is_moved) over (partition by city_code, dataset, station_id order by place) as period
    from marked
),

-- Within a period the newest description holds.
described as (
    select
        *,
        min(first_measured_at) over (partition by city_code, dataset, station_id, period) as period_start,
        max(last_measured_at) over (partition by city_code, dataset, station_id, period) as period_end,
        row_number() over (
            partition by city_code, dataset, station_id, period
            order by last_measured_at desc, place desc
        ) as recency
    from numbered
)

select
    city_code,
    dataset,
    station_id,
    station_name_th as name_th,
    station_name_en as name_en,
    known_area_code as area_code,
    known_lat as lat,
    known_lon as lon,
    period_start as first_measured_at,
    period_end as last_measured_at,
    period_start as valid_from,
    lead(period_start) over (partition by city_code, dataset, station_id order by period) as valid_to,
    lead(period_start) over (partition by city_code, dataset, station_id order by period) is null as is_current
from described
where recency = 1
