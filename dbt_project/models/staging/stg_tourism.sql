select * from {{ source('inputs', 'tourism') }}
