{{ config(materialized='view') }}

select
    cell.indicator_code,
    indicator.name_th as indicator_name_th,
    indicator.name_en as indicator_name_en,
    cell.city_code,
    city.name_th as city_name_th,
    city.name_en as city_name_en,
    cell.period_kind,
    cell.period_start,
    {{ period_end('cell.period_kind', 'cell.period_start') }} as period_end,
    year({{ period_end('cell.period_kind', 'cell.period_start') }}) as year,
    year({{ period_end('cell.period_kind', 'cell.period_start') }}) + 543 as be_year,
    {{ period_text('cell.period_kind', 'cell.period_start', 'en') }} as period_en,
    {{ period_text('cell.period_kind', 'cell.period_start', 'th') }} as period_th,
    round(cell.value, indicator.decimals) as value,
    indicator.unit_th,
    indicator.unit_en,
    cell.value_status,
    status.name_th as value_status_th,
    status.name_en as value_status_en,
    cell.observation_status,
    cell.comparability,
    cell.comparability_reason_th as reason_th,
    cell.comparability_reason as reason_en,
    cell.missing_datasets,
    cell.coverage,
    cell.cities_covered,
    cell.denominator_start,
    indicator.is_headline,
    indicator.depa_dimension,
    indicator.esg_pillar,
    indicator.sdg_target
from {{ ref('city_indicator') }} as cell
inner join {{ ref('dim_indicator') }} as indicator on cell.indicator_code = indicator.indicator_code
inner join {{ ref('dim_value_status') }} as status on cell.value_status = status.value_status
inner join {{ ref('dim_city') }} as city on cell.city_code = city.city_code
