select
    date,
    year,
    be_year,
    quarter,
    month,
    iso_year,
    iso_week,
    day_of_week,
    fiscal_year_be,
    fiscal_quarter,
    academic_year_be,
    season,
    is_weekend,
    is_public_holiday,
    holiday_name_th,
    holiday_name_en
from {{ source('inputs', 'date') }}
