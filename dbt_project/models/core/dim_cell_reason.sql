select
    reason,
    comparability,
    observation_status,
    text_en,
    text_th
from {{ ref('cell_reason') }}
