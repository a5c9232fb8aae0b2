select * from {{ source('inputs', 'rainfall') }}
