{# What the measure models share; each gives rows (measure, city_code, area_code, area_level, period_kind,
   period_start, amount, coverage). #}

{# One row per named column of `relation`, which holds city_code, period_kind, period_start and the column `coverage`. #}
{% macro as_measures(relation, columns, coverage='coverage') -%}
    {%- for column in columns %}
    select
        '{{ column }}' as measure,
        city_code,
        city_code as area_code,
        'province' as area_level,
        period_kind,
        period_start,
        cast({{ column }} as double) as amount,
        cast({{ coverage }} as double) as coverage
    from {{ relation }}
    where {{ column }} is not null
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
{%- endmacro %}

{# The first day of the period that a date lies in. #}
{% macro period_start(kind, date) -%}
    cast(date_trunc('{{ kind }}', {{ date }}) as date)
{%- endmacro %}

{# The last day of a period whose kind is a column. #}
{% macro period_end(kind, start) -%}
    {{ return(adapter.dispatch('period_end')(kind, start)) }}
{%- endmacro %}
{% macro default__period_end(kind, start) -%}
    date_sub(add_months({{ start }}, case when {{ kind }} = 'year' then 12 else 1 end), 1)
{%- endmacro %}
{% macro duckdb__period_end(kind, start) -%}
    cast({{ start }} + case when {{ kind }} = 'year' then interval 1 year else interval 1 month end - interval 1 day as date)
{%- endmacro %}

{# Days of the period that begins on `start`. #}
{% macro days_in_period(kind, start) -%}
    {{ return(adapter.dispatch('days_in_period')(kind, start)) }}
{%- endmacro %}
{% macro default__days_in_period(kind, start) -%}
    datediff({{ start }} + interval '1' {{ kind }}, {{ start }})
{%- endmacro %}
{% macro duckdb__days_in_period(kind, start) -%}
    date_diff('day', {{ start }}, cast({{ start }} + interval 1 {{ kind }} as date))
{%- endmacro %}

{# The mean of values of six decimals or less, to six decimals. Sums of decimals are exact, so the order of rows, which
   an engine is free in, never decides how a mean is rounded. #}
{% macro exact_mean(value) -%}
    round(avg(cast({{ value }} as decimal(24, 6))), 6)
{%- endmacro %}
