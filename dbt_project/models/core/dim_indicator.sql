select
    indicator_code,
    name_th,
    name_en,
    unit,
    polarity,
    value_kind,
    cast(factor as double) as factor,
    formula,
    numerator_source,
    denominator_source
from {{ ref('indicator') }}
