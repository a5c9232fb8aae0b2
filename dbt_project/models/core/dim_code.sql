select
    column_name,
    code,
    name_th,
    name_en
from {{ ref('code_label') }}
