-- Asserts that every station stands in exactly one place now.
select
    city_code,
    dataset,
    station_id,
    sum(case when is_current then 1 else 0 end) as places_now
from {{ ref('dim_station') }}
group by city_code, dataset, station_id
having sum(case when is_current then 1 else 0 end) <> 1
