select * from {{ source('inputs', 'population') }}
