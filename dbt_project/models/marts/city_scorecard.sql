{% set headlines = headline_columns() %}

with yearly as (
    select
        indicator_code,
        city_code,
        year(period_start) as year,
        value,
        polarity
    from {{ ref('city_indicator') }}
    where period_kind = 'year' and city_code <> 'TH' and value is not null
),

-- Best is what the polarity says; neutral indicators have no best and no rank.
placed as (
    select
        indicator_code,
        city_code,
        year,
        value,
        case
            when polarity <> 'neutral'
                then rank() over (
                    partition by indicator_code, year
                    order by case when polarity = 'lower_is_better' then value else -value end
                )
        end as place,
        case
            when polarity = 'lower_is_better' then value - min(value) over (partition by indicator_code, year)
            when polarity = 'higher_is_better' then max(value) over (partition by indicator_code, year) - value
        end as to_best
    from yearly
)

select
    city_code,
    cast(year as integer) as year,
    {% for code, column in headlines.items() -%}
    max(case when indicator_code = '{{ code }}' then value end) as {{ column }},
    max(case when indicator_code = '{{ code }}' then place end) as {{ column }}_rank,
    round(max(case when indicator_code = '{{ code }}' then to_best end), 6) as {{ column }}_to_best,
    {% endfor -%}
    count(place) as indicators_ranked,
    round(avg(place), 6) as mean_rank
from placed
where indicator_code in ('{{ headlines.keys() | join("', '") }}')
group by city_code, year
