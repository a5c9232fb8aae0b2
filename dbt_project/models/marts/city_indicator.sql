with parts as (
    select * from {{ ref('indicator_air_quality') }}
    union all
    select * from {{ ref('indicator_per_resident') }}
),

-- The six cities together are recomputed from the sums, never averaged.
nation as (
    select
        indicator_code,
        'TH' as city_code,
        period_kind,
        period_start,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        count(*) as cities_covered
    from parts
    group by indicator_code, period_kind, period_start
),

everyone as (
    select *, 1 as cities_covered from parts
    union all
    select * from nation
),

federation as (select count(*) as cities from {{ ref('dim_city') }})

select
    everyone.indicator_code,
    everyone.city_code,
    everyone.period_kind,
    everyone.period_start,
    round(
        case
            when indicator.value_kind = 'count' then everyone.numerator
            when everyone.denominator > 0 then indicator.factor * everyone.numerator / everyone.denominator
        end,
        6
    ) as value,
    round(everyone.numerator, 6) as numerator,
    round(everyone.denominator, 6) as denominator,
    indicator.unit,
    indicator.polarity,
    case
        when everyone.city_code = 'TH' and everyone.cities_covered < federation.cities then 'with_caveat'
        else 'comparable'
    end as comparability,
    case
        when everyone.city_code = 'TH' and everyone.cities_covered < federation.cities
            then 'not every federated city has the figures of this period'
    end as comparability_reason,
    everyone.cities_covered
from everyone
inner join {{ ref('dim_indicator') }} as indicator on everyone.indicator_code = indicator.indicator_code
cross join federation
