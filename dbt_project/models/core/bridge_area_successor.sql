select
    area_code,
    successor_code,
    basis,
    in_force_from,
    source
from {{ source('inputs', 'succession') }}
