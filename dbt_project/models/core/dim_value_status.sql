select
    value_status,
    observation_status,
    name_en,
    name_th
from {{ ref('value_status') }}
