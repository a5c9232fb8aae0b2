select * from {{ source('inputs', 'road_accidents') }}
