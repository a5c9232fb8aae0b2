select
    code,
    precedence,
    name_en,
    name_th
from {{ ref('observation_status') }}
