{{ config(materialized='view') }}

-- Sum numerators and denominators over any group first, then divide: factor * sum(numerator) / sum(denominator). Medians
-- and maxima are no part of it: marts.measure does not hold them.
select
    indicator.indicator_code,
    indicator.name_en as indicator_name_en,
    indicator.name_th as indicator_name_th,
    indicator.esg_pillar,
    indicator.depa_dimension,
    indicator.unit_en as unit,
    indicator.value_kind,
    indicator.factor,
    indicator.across_cities,
    indicator.between_cities,
    indicator.minimum_denominator,
    indicator.minimum_reliable_numerator,
    indicator.numerator_measure,
    indicator.denominator_measure,
    city.city_code,
    city.name_en as city_name_en,
    city.region,
    numerator.area_level,
    numerator.area_code,
    numerator.period_kind,
    numerator.period_start,
    numerator.amount as numerator,
    denominator.amount as denominator
from {{ ref('dim_indicator') }} as indicator
inner join {{ ref('measure') }} as numerator
    on indicator.numerator_measure = numerator.measure
    and (
        (numerator.period_kind = 'month' and indicator.is_monthly)
        or (numerator.period_kind = 'year' and indicator.is_yearly)
        or (numerator.period_kind = 'fiscal_year' and indicator.is_fiscal_yearly)
    )
inner join {{ ref('measure') }} as denominator
    on indicator.denominator_measure = denominator.measure
    and numerator.area_code = denominator.area_code
    and numerator.area_level = denominator.area_level
    and case when indicator.denominator_period = 'year' then 'year' else numerator.period_kind end = denominator.period_kind
    and case
        when indicator.denominator_period = 'year' then {{ period_start('year', 'numerator.period_start') }}
        else numerator.period_start
    end = denominator.period_start
inner join {{ ref('dim_city') }} as city on numerator.city_code = city.city_code
where least(numerator.coverage, denominator.coverage) >= indicator.coverage_needed
