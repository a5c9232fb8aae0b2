select
    programme_code,
    parent_code,
    name_th,
    name_en,
    fiscal_year_be,
    amount_thb,
    is_lower_bound,
    source,
    source_year_be
from {{ ref('programme') }}
