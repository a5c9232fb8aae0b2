-- Medians and maxima: nobody may add them up, so they stand apart from marts.measure.
with dengue as (
    select
        city_code,
        month,
        cases
    from {{ ref('fct_dengue_cases') }}
    where cases is not null
),

-- The same month of the five years before; a city has a median where all five are known.
before as (
    select
        now.city_code,
        now.month,
        earlier.month as earlier_month,
        earlier.cases,
        count(*) over (partition by now.city_code, now.month) as known_years
    from dengue as now
    inner join dengue as earlier
        on now.city_code = earlier.city_code
        and month(now.month) = month(earlier.month)
        and year(earlier.month) between year(now.month) - 5 and year(now.month) - 1
),

-- The federation's median is the median of its sums, over the cities that have one of their own.
sums as (
    select
        'TH' as city_code,
        month,
        earlier_month,
        sum(cases) as cases
    from before
    where known_years = 5
    group by month, earlier_month
),

medians as (
    select
        city_code,
        month,
        median(cases) as amount
    from before
    where known_years = 5
    group by city_code, month
    union all
    select
        city_code,
        month,
        median(cases) as amount
    from sums
    group by city_code, month
),

rain as (
    select
        city_code,
        date,
        rain_mm
    from {{ ref('fct_rainfall') }}
    where rain_mm is not null
),

maxima as (
    {% for kind in period_kinds() %}
    select
        city_code,
        '{{ kind }}' as period_kind,
        {{ period_start(kind, 'date') }} as period_start,
        max(rain_mm) as amount,
        cast(count(distinct date) as double) / max({{ days_in_period(kind, period_start(kind, 'date')) }}) as coverage
    from rain
    group by city_code, {{ period_start(kind, 'date') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    'dengue_median_cases' as measure,
    city_code,
    'month' as period_kind,
    month as period_start,
    cast(amount as double) as amount,
    cast(1 as double) as coverage
from medians
union all
select
    'rain_max_mm' as measure,
    city_code,
    period_kind,
    period_start,
    cast(amount as double) as amount,
    round(coverage, 6) as coverage
from maxima
