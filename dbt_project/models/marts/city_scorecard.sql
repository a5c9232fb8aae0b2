{% set headlines = headline_columns() %}

with yearly as (
    select
        indicator_code,
        city_code,
        year(period_start) as year,
        value,
        polarity,
        comparability,
        comparability <> 'not_comparable' as is_comparable
    from {{ ref('city_indicator') }}
    where
        period_kind = 'year'
        and city_code <> 'TH'
        and value is not null
        and indicator_code in ({{ literals(headlines) }})
),

-- Best is what the polarity says; what may not be compared, and what is neither better nor worse, has no rank.
placed as (
    select
        *,
        case
            when is_comparable and polarity <> 'neutral'
                then rank() over (
                    partition by indicator_code, year, is_comparable
                    order by case when polarity = 'lower_is_better' then value else -value end
                )
        end as place,
        case
            when not is_comparable then null
            when polarity = 'lower_is_better' then value - min(value) over (partition by indicator_code, year, is_comparable)
            when polarity = 'higher_is_better' then max(value) over (partition by indicator_code, year, is_comparable) - value
        end as to_best
    from yearly
),

federation as (
    select count(*) as cities
    from {{ ref('dim_city') }}
    where not is_federation
),

-- A mean of ranks counts the indicators in which more than half of the cities have one.
counted as (
    select
        placed.*,
        case
            when
                2 * count(placed.place) over (partition by placed.indicator_code, placed.year) > federation.cities
                then placed.place
        end as place_among_most
    from placed
    cross join federation
)

select
    city_code,
    cast(year as integer) as year,
    {% for code, column in headlines.items() -%}
    max(case when indicator_code = '{{ code }}' then value end) as {{ column }},
    max(case when indicator_code = '{{ code }}' then comparability end) as {{ column }}_comparability,
    max(case when indicator_code = '{{ code }}' then place end) as {{ column }}_rank,
    round(max(case when indicator_code = '{{ code }}' then to_best end), 6) as {{ column }}_to_best,
    {% endfor -%}
    count(place) as indicators_ranked,
    case when count(place_among_most) >= 3 then round(avg(place_among_most), 6) end as mean_rank
from counted
group by city_code, year
