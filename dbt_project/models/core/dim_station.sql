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
    described.city_code,
    described.dataset,
    described.station_id,
    coalesce(described.station_name_th, register.name_th) as name_th,
    coalesce(described.station_name_en, register.name_en) as name_en,
    -- A province says less than the register's district or subdistrict in it.
    case
        when register.area_code like concat(coalesce(described.known_area_code, ''), '__%') then register.area_code
        else described.known_area_code
    end as area_code,
    coalesce(described.known_lat, register.lat) as lat,
    coalesce(described.known_lon, register.lon) as lon,
    case
        when described.known_lat is not null then 'contract'
        when register.lat is not null then 'register'
    end as coordinates_source,
    described.period_start as first_measured_at,
    described.period_end as last_measured_at,
    described.period_start as valid_from,
    lead(described.period_start) over station as valid_to,
    lead(described.period_start) over station is null as is_current
from described
-- A station of the same number and another name stands elsewhere.
left join {{ ref('station_register') }} as register
    on described.dataset = register.dataset
    and described.city_code = register.city_code
    and described.station_id = register.station_id
    and coalesce(described.station_name_th, register.name_th, '') = coalesce(register.name_th, described.station_name_th, '')
    and coalesce(described.station_name_en, register.name_en, '') = coalesce(register.name_en, described.station_name_en, '')
where described.recency = 1
window station as (
    partition by described.city_code, described.dataset, described.station_id order by described.period
)
