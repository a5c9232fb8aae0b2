{{ config(materialized='table') }}

with kinds as (
    select
        indicator.*,
        kind.period_kind
    from {{ ref('dim_indicator') }} as indicator
    inner join (
        select 'month' as period_kind
        union all
        select 'year' as period_kind
    ) as kind
        on (kind.period_kind = 'month' and indicator.is_monthly)
        or (kind.period_kind = 'year' and indicator.is_yearly)
),

amounts as (
    select
        measure,
        city_code,
        period_kind,
        period_start,
        amount,
        coverage
    from {{ ref('measure') }}
    where area_level = 'province'
),

periods as (
    select distinct
        kinds.indicator_code,
        kinds.period_kind,
        amounts.period_start
    from kinds
    inner join amounts
        on kinds.numerator_measure = amounts.measure
        and kinds.period_kind = amounts.period_kind
),

-- Every city has a row for every period that any city has: what is absent has a reason of its own.
cells as (
    select
        kinds.*,
        periods.period_start,
        city.city_code,
        numerator.amount as numerator,
        denominator.amount as denominator,
        least(numerator.coverage, denominator.coverage) as coverage
    from periods
    inner join kinds
        on periods.indicator_code = kinds.indicator_code
        and periods.period_kind = kinds.period_kind
    cross join {{ ref('dim_city') }} as city
    left join amounts as numerator
        on kinds.numerator_measure = numerator.measure
        and kinds.period_kind = numerator.period_kind
        and periods.period_start = numerator.period_start
        and city.city_code = numerator.city_code
    left join amounts as denominator
        on kinds.denominator_measure = denominator.measure
        and city.city_code = denominator.city_code
        and case when kinds.denominator_period = 'year' then 'year' else kinds.period_kind end = denominator.period_kind
        and case
            when kinds.denominator_period = 'year' then {{ period_start('year', 'periods.period_start') }}
            else periods.period_start
        end = denominator.period_start
),

-- How far each city's feed has come, and which measures it has ever had.
reach as (
    select
        fact,
        city_code,
        max(last_date) as last_date
    from {{ source('inputs', 'coverage') }}
    group by fact, city_code
),

known as (
    select distinct
        measure,
        city_code
    from amounts
),

assessed as (
    select
        cells.*,
        cells.numerator is not null
        and cells.denominator is not null
        and cells.coverage >= cells.coverage_needed as is_whole,
        case
            when known.measure is null and reach.last_date is not null and cells.absence_means = 'not_applicable'
                then 'not_applicable'
            when reach.last_date < {{ period_end('cells.period_kind', 'cells.period_start') }}
                or other_reach.last_date < {{ period_end('cells.period_kind', 'cells.period_start') }}
                then 'not_due'
            else 'not_measured'
        end as absence
    from cells
    left join reach
        on cells.numerator_source = reach.fact
        and cells.city_code = reach.city_code
    left join reach as other_reach
        on cells.denominator_source = other_reach.fact
        and cells.city_code = other_reach.city_code
    left join known
        on cells.numerator_measure = known.measure
        and cells.city_code = known.city_code
),

cities as (
    select
        indicator_code,
        city_code,
        period_kind,
        period_start,
        is_whole,
        absence,
        numerator,
        denominator,
        coverage,
        1 as cities
    from assessed
),

-- All cities together are recomputed from the sums, never averaged; a maximum is the largest of them. A city whose own
-- denominator is too small for a rate counts in the sums all the same.
nation as (
    select
        indicator_code,
        'TH' as city_code,
        period_kind,
        period_start,
        true as is_whole,
        null as absence,
        case when max(value_kind) = 'maximum' then max(numerator) else sum(numerator) end as numerator,
        sum(denominator) as denominator,
        avg(coverage) as coverage,
        count(*) as cities
    from assessed
    where is_whole
    group by indicator_code, period_kind, period_start
),

everyone as (
    select * from cities
    union all
    select * from nation
),

judged as (
    select
        everyone.*,
        case
            when not everyone.is_whole then everyone.absence
            when everyone.denominator < indicator.minimum_denominator then 'suppressed'
            -- Nothing to relate to: no visitor at all has no share of foreign ones.
            when everyone.denominator = 0 then 'not_applicable'
            else 'measured'
        end as value_status
    from everyone
    inner join {{ ref('dim_indicator') }} as indicator on everyone.indicator_code = indicator.indicator_code
),

federation as (select count(*) as cities from {{ ref('dim_city') }}),

valued as (
    select
        judged.*,
        case when judged.value_status = 'measured' then judged.cities else 0 end as cities_covered,
        indicator.unit,
        indicator.polarity,
        indicator.caveat_th,
        indicator.caveat_en,
        case
            when judged.value_status <> 'measured' then null
            when indicator.value_kind in ('count', 'maximum') then judged.numerator
            else indicator.factor * judged.numerator / judged.denominator
        end as value,
        case
            when judged.value_status <> 'measured' then judged.value_status
            when judged.coverage < 0.75 then 'low_coverage'
            when judged.city_code = 'TH' and judged.cities < federation.cities then 'some_cities'
            when indicator.caveat_en is not null then 'standing'
        end as doubt
    from judged
    inner join {{ ref('dim_indicator') }} as indicator on judged.indicator_code = indicator.indicator_code
    cross join federation
)

select
    indicator_code,
    city_code,
    period_kind,
    period_start,
    round(value, 6) as value,
    value_status,
    round(numerator, 6) as numerator,
    round(denominator, 6) as denominator,
    round(coverage, 6) as coverage,
    unit,
    polarity,
    case
        when value_status <> 'measured' or doubt = 'low_coverage' then 'not_comparable'
        when doubt is not null then 'with_caveat'
        else 'comparable'
    end as comparability,
    case
        when doubt = 'suppressed' then 'no value: the denominator is too small for a rate'
        when doubt = 'not_due' then 'no value: a feed has not come to the end of the period'
        when doubt = 'not_measured' then 'no value: the period has come, its figures have not, or not whole'
        when doubt = 'not_applicable' then 'no value: the city has none of it'
        when doubt = 'low_coverage' then 'less than 75 % of the period was measured'
        when doubt = 'some_cities' then 'not every federated city has the figures of this period'
        when doubt = 'standing' then caveat_en
    end as comparability_reason,
    case
        when doubt = 'suppressed' then 'ไม่มีค่า: ตัวหารน้อยเกินไป'
        when doubt = 'not_due' then 'ไม่มีค่า: ข้อมูลยังมาไม่ถึงสิ้นสุดช่วงเวลา'
        when doubt = 'not_measured' then 'ไม่มีค่า: ถึงช่วงเวลาแล้วแต่ไม่มีข้อมูลหรือไม่ครบ'
        when doubt = 'not_applicable' then 'ไม่มีค่า: เมืองนี้ไม่มีสิ่งที่วัด'
        when doubt = 'low_coverage' then 'มีข้อมูลไม่ถึงร้อยละ 75 ของช่วงเวลา'
        when doubt = 'some_cities' then 'มีข้อมูลของช่วงเวลานี้ไม่ครบทุกเมือง'
        when doubt = 'standing' then caveat_th
    end as comparability_reason_th,
    cities_covered
from valued
