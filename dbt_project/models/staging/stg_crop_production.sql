select * from {{ source('inputs', 'crop_production') }}
