{{ config(materialized='table') }}

with kinds as (
    select
        indicator.*,
        kind.period_kind
    from {{ ref('dim_indicator') }} as indicator
    inner join (
        {% for kind in period_kinds() %}
        select '{{ kind }}' as period_kind
        {% if not loop.last %}union all{% endif %}
        {% endfor %}
    ) as kind
        on (kind.period_kind = 'month' and indicator.is_monthly)
        or (kind.period_kind = 'year' and indicator.is_yearly)
        or (kind.period_kind = 'fiscal_year' and indicator.is_fiscal_yearly)
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
    union all
    select
        measure,
        city_code,
        period_kind,
        period_start,
        amount,
        coverage
    from {{ ref('statistic') }}
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

-- Every city has a cell for every period that any city has: what is absent has a reason of its own.
cells as (
    select
        kinds.*,
        periods.period_start,
        city.city_code,
        case when kinds.denominator_period = 'year' then 'year' else kinds.period_kind end as denominator_kind,
        case
            when kinds.denominator_period = 'year' then {{ period_start('year', 'periods.period_start') }}
            else periods.period_start
        end as denominator_due
    from periods
    inner join kinds
        on periods.indicator_code = kinds.indicator_code
        and periods.period_kind = kinds.period_kind
    cross join {{ ref('dim_city') }} as city
    where not city.is_federation
),

-- A denominator that has not come is the newest of the years before, as far back as the indicator allows.
denominators as (
    select
        cells.indicator_code,
        cells.city_code,
        cells.period_kind,
        cells.period_start,
        amounts.period_start as denominator_start,
        amounts.amount,
        amounts.coverage,
        row_number() over (
            partition by cells.indicator_code, cells.city_code, cells.period_kind, cells.period_start
            order by amounts.period_start desc
        ) as recency
    from cells
    inner join amounts
        on cells.denominator_measure = amounts.measure
        and cells.city_code = amounts.city_code
        and cells.denominator_kind = amounts.period_kind
        and cells.denominator_due >= amounts.period_start
        and year(cells.denominator_due) - cells.denominator_carried_years <= year(amounts.period_start)
        and (cells.denominator_kind = 'year' or cells.denominator_due = amounts.period_start)
),

-- A period is over once anything of a later day has come; how far each city's feed has come, and which measures it has
-- ever had.
newest as (
    select max(last_date) as last_date
    from {{ source('inputs', 'coverage') }}
),

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

sides as (
    select
        cells.*,
        numerator.amount as numerator,
        denominator.amount as denominator,
        denominator.denominator_start,
        least(numerator.coverage, denominator.coverage) as coverage,
        known.measure is null
        and numerator_reach.last_date is not null
        and cells.absence_means = 'not_applicable' as is_not_applicable,
        coalesce(
            numerator_reach.last_date < {{ period_end('cells.period_kind', 'cells.period_start') }}, false
        ) as is_numerator_to_come,
        newest.last_date < {{ period_end('cells.period_kind', 'cells.period_start') }} as is_going_on,
        coalesce(
            denominator_reach.last_date < {{ period_end('cells.period_kind', 'cells.period_start') }}, false
        ) as is_denominator_to_come
    from cells
    cross join newest
    left join amounts as numerator
        on cells.numerator_measure = numerator.measure
        and cells.period_kind = numerator.period_kind
        and cells.period_start = numerator.period_start
        and cells.city_code = numerator.city_code
    left join denominators as denominator
        on cells.indicator_code = denominator.indicator_code
        and cells.city_code = denominator.city_code
        and cells.period_kind = denominator.period_kind
        and cells.period_start = denominator.period_start
        and denominator.recency = 1
    left join reach as numerator_reach
        on cells.numerator_source = numerator_reach.fact
        and cells.city_code = numerator_reach.city_code
    left join reach as denominator_reach
        on cells.denominator_source = denominator_reach.fact
        and cells.city_code = denominator_reach.city_code
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
        numerator,
        denominator,
        coverage,
        denominator_start,
        coalesce(denominator_start < denominator_due, false) as is_carried,
        false as is_weighted_by_earlier_year,
        case
            when numerator is null or denominator is null then 'none'
            when coverage >= coverage_needed then 'whole'
            when period_kind <> 'month' and is_numerator_to_come and is_going_on then 'year_to_date'
            else 'partial'
        end as extent,
        case
            when numerator is not null and denominator is not null then null
            when is_not_applicable then 'not_applicable'
            when numerator is null and is_numerator_to_come then 'not_due'
            when numerator is not null and denominator is null and is_denominator_to_come then 'not_due'
            else 'not_measured'
        end as absence,
        case when numerator is null and not is_not_applicable then numerator_dataset end as missing_numerator,
        case when denominator is null and not is_not_applicable then denominator_dataset end as missing_denominator,
        cast(1 as bigint) as cities
    from sides
),

-- What all cities together are made of: their whole periods or, where no city has one, the parts of it.
ranked as (
    select
        *,
        case when extent = 'whole' then 2 when extent = 'none' then 0 else 1 end as extent_rank,
        max(case when extent = 'whole' then 2 when extent = 'none' then 0 else 1 end) over (
            partition by indicator_code, period_kind, period_start
        ) as best_rank
    from cities
),

inhabitants as (
    select
        city_code,
        period_start,
        amount
    from amounts
    where measure = 'persons' and period_kind = 'year'
),

-- Inhabitants by which a mean of cities is weighted: of the newest year that is known when the period begins.
weights as (
    select
        ranked.indicator_code,
        ranked.city_code,
        ranked.period_kind,
        ranked.period_start,
        inhabitants.period_start as weight_start,
        inhabitants.amount as inhabitants,
        row_number() over (
            partition by ranked.indicator_code, ranked.city_code, ranked.period_kind, ranked.period_start
            order by inhabitants.period_start desc
        ) as recency
    from ranked
    inner join {{ ref('dim_indicator') }} as indicator on ranked.indicator_code = indicator.indicator_code
    inner join inhabitants
        on ranked.city_code = inhabitants.city_code
        and ranked.period_start >= inhabitants.period_start
    where indicator.across_cities = 'population_weighted'
),

pooled as (
    select
        ranked.*,
        indicator.across_cities,
        indicator.value_kind,
        ranked.extent_rank > 0
        and ranked.extent_rank = ranked.best_rank
        and (indicator.across_cities = 'sum' or weights.inhabitants is not null) as is_pooled,
        coalesce(weights.weight_start < {{ period_start('year', 'ranked.period_start') }}, false) as is_old_weight,
        weights.weight_start,
        case
            when indicator.across_cities = 'sum' then ranked.numerator
            when ranked.denominator <> 0 then ranked.numerator / ranked.denominator * weights.inhabitants
        end as part,
        case when indicator.across_cities = 'sum' then ranked.denominator else weights.inhabitants end as base
    from ranked
    inner join {{ ref('dim_indicator') }} as indicator on ranked.indicator_code = indicator.indicator_code
    left join weights
        on ranked.indicator_code = weights.indicator_code
        and ranked.city_code = weights.city_code
        and ranked.period_kind = weights.period_kind
        and ranked.period_start = weights.period_start
        and weights.recency = 1
),

-- Recomputed from sums or by inhabitants, never averaged; a maximum is the largest of them. A city whose own denominator
-- is too small for a rate counts in the sums all the same. Sums of decimals do not depend on the order of rows.
summed as (
    select
        indicator_code,
        period_kind,
        period_start,
        case
            when max(value_kind) = 'maximum' then max(case when is_pooled then numerator end)
            else cast(sum(case when is_pooled then cast(part as decimal(38, 6)) end) as double)
        end as numerator,
        cast(sum(case when is_pooled then cast(base as decimal(38, 6)) end) as double) as denominator,
        cast(sum(case when is_pooled then cast(coverage as decimal(38, 6)) else 0 end) as double) / count(*) as coverage,
        min(case when is_pooled then coalesce(weight_start, denominator_start) end) as denominator_start,
        max(case when is_pooled and is_carried then 1 else 0 end) = 1 as is_carried,
        max(case when is_pooled and is_old_weight then 1 else 0 end) = 1 as is_weighted_by_earlier_year,
        max(case when is_pooled then extent_rank else 0 end) as extent_rank,
        max(case when is_pooled and extent = 'year_to_date' then 1 else 0 end) = 1 as is_to_date,
        max(case when extent_rank > 0 and not is_pooled and extent_rank = best_rank then 1 else 0 end) = 1 as lacks_weights,
        min(absence) as least_absence,
        max(absence) as greatest_absence,
        max(case when absence = 'not_due' then 1 else 0 end) = 1 as is_to_come,
        max(missing_numerator) as missing_numerator,
        max(missing_denominator) as missing_denominator,
        cast(sum(case when is_pooled then 1 else 0 end) as bigint) as cities
    from pooled
    group by indicator_code, period_kind, period_start
),

medians_of_sums as (
    select
        measure,
        period_kind,
        period_start,
        amount
    from {{ ref('statistic') }}
    where city_code = 'TH'
),

nation as (
    select
        summed.indicator_code,
        'TH' as city_code,
        summed.period_kind,
        summed.period_start,
        summed.numerator,
        -- A median of sums is no sum of medians.
        case when summed.extent_rank > 0 then coalesce(median_of_sums.amount, summed.denominator) end as denominator,
        summed.coverage,
        summed.denominator_start,
        summed.is_carried,
        summed.is_weighted_by_earlier_year,
        case
            when summed.extent_rank = 2 then 'whole'
            when summed.extent_rank = 0 then 'none'
            when summed.is_to_date then 'year_to_date'
            else 'partial'
        end as extent,
        case
            when summed.extent_rank > 0 then null
            when summed.is_to_come then 'not_due'
            when summed.least_absence = summed.greatest_absence then summed.least_absence
            else 'not_measured'
        end as absence,
        case when summed.extent_rank = 0 then summed.missing_numerator end as missing_numerator,
        case
            when summed.extent_rank > 0 then null
            when summed.lacks_weights then 'population'
            else summed.missing_denominator
        end as missing_denominator,
        summed.cities
    from summed
    inner join {{ ref('dim_indicator') }} as indicator on summed.indicator_code = indicator.indicator_code
    left join medians_of_sums as median_of_sums
        on indicator.denominator_measure = median_of_sums.measure
        and summed.period_kind = median_of_sums.period_kind
        and summed.period_start = median_of_sums.period_start
),

everyone as (
    select
        indicator_code, city_code, period_kind, period_start, numerator, denominator, coverage, denominator_start,
        is_carried, is_weighted_by_earlier_year, extent, coalesce(absence, 'not_measured') as absence, missing_numerator,
        missing_denominator, cities
    from cities
    union all
    select
        indicator_code, city_code, period_kind, period_start, numerator, denominator, coverage, denominator_start,
        is_carried, is_weighted_by_earlier_year, extent, coalesce(absence, 'not_measured') as absence, missing_numerator,
        missing_denominator, cities
    from nation
),

judged as (
    select
        everyone.*,
        indicator.version,
        indicator.unit_en as unit,
        indicator.polarity,
        indicator.factor,
        indicator.value_kind,
        indicator.caveat_en,
        indicator.caveat_th,
        indicator.between_cities,
        indicator.minimum_reliable_numerator,
        case
            when everyone.extent = 'none' then everyone.absence
            when everyone.denominator < indicator.minimum_denominator then 'suppressed'
            -- Nothing to relate to: no visit at all has no share of foreign ones.
            when everyone.denominator = 0 then 'not_applicable'
            when everyone.extent in ('year_to_date', 'partial') then everyone.extent
            when everyone.is_carried then 'provisional'
            else 'measured'
        end as value_status
    from everyone
    inner join {{ ref('dim_indicator') }} as indicator on everyone.indicator_code = indicator.indicator_code
),

federation as (
    select count(*) as cities
    from {{ ref('dim_city') }}
    where not is_federation
),

valued as (
    select
        judged.*,
        judged.value_status in ('measured', 'provisional', 'year_to_date', 'partial') as has_value,
        federation.cities as federated_cities
    from judged
    cross join federation
),

-- One row for each cell and reason: why it has no value, or what limits its comparison.
reasons as (
    {% for condition, reason in [
        ("value_status not in ('measured', 'provisional')", 'value_status'),
        ("has_value and is_carried", "'denominator_carried'"),
        ("has_value and is_weighted_by_earlier_year", "'weights_carried'"),
        ("has_value and numerator < minimum_reliable_numerator", "'few_events'"),
        ("has_value and between_cities = 'not_comparable'", "'definition_differs'"),
        ("has_value and city_code = 'TH' and cities < federated_cities", "'some_cities'"),
        ("has_value and caveat_en is not null", "'caveat'"),
    ] %}
    select
        indicator_code,
        city_code,
        period_kind,
        period_start,
        {{ reason }} as reason,
        {{ loop.index }} as place,
        caveat_en,
        caveat_th
    from valued
    where {{ condition }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

told as (
    select
        reasons.indicator_code,
        reasons.city_code,
        reasons.period_kind,
        reasons.period_start,
        {{ sorted_texts('reasons.reason') }} as reasons,
        {{ joined_texts("coalesce(nullif(cell_reason.text_en, ''), reasons.caveat_en)", 'reasons.place') }} as reason_en,
        {{ joined_texts("coalesce(nullif(cell_reason.text_th, ''), reasons.caveat_th)", 'reasons.place') }} as reason_th,
        max(case when cell_reason.comparability = 'not_comparable' then 1 else 0 end) = 1 as is_not_comparable,
        min(status.precedence) as precedence
    from reasons
    inner join {{ ref('cell_reason') }} as cell_reason on reasons.reason = cell_reason.reason
    inner join {{ ref('observation_status') }} as status on cell_reason.observation_status = status.code
    group by reasons.indicator_code, reasons.city_code, reasons.period_kind, reasons.period_start
)

select
    valued.indicator_code,
    valued.version as indicator_version,
    valued.city_code,
    valued.period_kind,
    valued.period_start,
    case
        when not valued.has_value then null
        when valued.value_kind in ('count', 'maximum') then round(valued.numerator, 6)
        else round(valued.factor * valued.numerator / valued.denominator, 6)
    end as value,
    valued.value_status,
    coalesce(status.code, 'A') as observation_status,
    round(valued.numerator, 6) as numerator,
    round(valued.denominator, 6) as denominator,
    valued.denominator_start,
    round(valued.coverage, 6) as coverage,
    valued.unit,
    valued.polarity,
    case
        when told.is_not_comparable then 'not_comparable'
        when told.is_not_comparable is not null then 'with_caveat'
        else 'comparable'
    end as comparability,
    coalesce(told.reasons, {{ list_of_texts([]) }}) as reasons,
    told.reason_en as comparability_reason,
    told.reason_th as comparability_reason_th,
    {{ list_of_texts([
        'valued.missing_numerator',
        "nullif(valued.missing_denominator, coalesce(valued.missing_numerator, ''))",
    ]) }} as missing_datasets,
    case when valued.has_value then valued.cities else 0 end as cities_covered
from valued
left join told
    on valued.indicator_code = told.indicator_code
    and valued.city_code = told.city_code
    and valued.period_kind = told.period_kind
    and valued.period_start = told.period_start
left join {{ ref('observation_status') }} as status on told.precedence = status.precedence
