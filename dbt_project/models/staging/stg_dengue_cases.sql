select * from {{ source('inputs', 'dengue_cases') }}
