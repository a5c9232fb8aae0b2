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
    {% for dataset, relation, month in [
        ('air_quality', ref('fct_air_quality'), period_start('month', 'measured_date')),
        ('road_accidents', ref('road_safety_daily'), period_start('month', 'date')),
        ('rainfall', ref('fct_rainfall'), period_start('month', 'date')),
        ('dengue_cases', ref('fct_dengue_cases'), 'month'),
        ('tourism', ref('fct_tourism'), 'month'),
    ] %}
    select distinct
        city_code,
        '{{ dataset }}' as dataset,
        {{ month }} as month
    from {{ relation }}
    union all
    {% endfor %}
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
