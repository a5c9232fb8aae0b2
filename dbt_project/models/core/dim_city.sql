select
    city_code,
    city,
    name_th,
    name_en,
    region,
    ascn_member_since,
    depa_dimensions,
    is_federation
from {{ source('inputs', 'city') }}
