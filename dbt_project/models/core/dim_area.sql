select
    area_code,
    level,
    name_th,
    name_en,
    province_code,
    district_code,
    valid_from,
    valid_to,
    valid_to_basis,
    successor_code,
    current_code
from {{ source('inputs', 'area') }}
