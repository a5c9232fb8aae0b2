select * from {{ source('inputs', 'air_quality') }}
