select
    city_code,
    city,
    name_th,
    name_en
from {{ source('inputs', 'city') }}
