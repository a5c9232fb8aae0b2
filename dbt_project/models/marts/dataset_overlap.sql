-- Figures of a year belong to each of its months.
with years as (
    select distinct
        city_code,
        'population' as dataset,
        year
    from {{ ref('fct_population') }}
    union all
    select distinct
        city_code,
        'crop_production' as dataset,
        crop_year as year
    from {{ ref('fct_crop_production') }}
),

months as (
    select distinct
        city_code,
        'air_quality' as dataset,
        {{ period_start('month', local_time('measured_at')) }} as month
    from {{ ref('fct_air_quality') }}
    union all
    select distinct
        city_code,
        'road_accidents' as dataset,
        {{ period_start('month', 'date') }} as month
    from {{ ref('road_safety_daily') }}
    union all
    select distinct
        city_code,
        'rainfall' as dataset,
        {{ period_start('month', 'date') }} as month
    from {{ ref('fct_rainfall') }}
    union all
    select distinct
        city_code,
        'dengue_cases' as dataset,
        month
    from {{ ref('fct_dengue_cases') }}
    union all
    select distinct
        city_code,
        'tourism' as dataset,
        month
    from {{ ref('fct_tourism') }}
    union all
    select
        years.city_code,
        years.dataset,
        dates.date as month
    from years
    inner join {{ ref('dim_date') }} as dates
        on years.year = dates.year
        and dates.date = dates.month
)

select
    one.city_code,
    one.dataset,
    other.dataset as other_dataset,
    min(one.month) as first_month,
    max(one.month) as last_month,
    count(*) as months
from months as one
inner join months as other
    on one.city_code = other.city_code
    and one.month = other.month
group by one.city_code, one.dataset, other.dataset
