select
    date,
    year,
    be_year,
    month,
    iso_week,
    day_of_week,
    fiscal_year_be,
    fiscal_quarter,
    is_weekend,
    is_public_holiday,
    holiday_name_th,
    holiday_name_en
from {{ source('inputs', 'date') }}
