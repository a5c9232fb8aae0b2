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

{# The kinds of periods that figures of days and months are given by. #}
{% macro period_kinds() -%}
    {{ return(['month', 'year', 'fiscal_year']) }}
{%- endmacro %}

{# The first day of the period that a date lies in. Thailand's fiscal year begins on 1 October (Budget Procedures Act,
   B.E. 2561, section 4). #}
{% macro period_start(kind, date) -%}
    {%- if kind == 'fiscal_year' -%}
        {{ moved_by_months('date_trunc(\'year\', ' ~ moved_by_months(date, 3) ~ ')', -3) }}
    {%- else -%}
        cast(date_trunc('{{ kind }}', {{ date }}) as date)
    {%- endif -%}
{%- endmacro %}

{# The last day of a period whose kind is a column. #}
{% macro period_end(kind, start) -%}
    {{ return(adapter.dispatch('period_end')(kind, start)) }}
{%- endmacro %}
{% macro default__period_end(kind, start) -%}
    date_sub(add_months({{ start }}, case when {{ kind }} = 'month' then 1 else 12 end), 1)
{%- endmacro %}
{% macro duckdb__period_end(kind, start) -%}
    cast({{ start }} + case when {{ kind }} = 'month' then interval 1 month else interval 1 year end - interval 1 day as date)
{%- endmacro %}

{# A date so many months later; earlier where they are negative. #}
{% macro moved_by_months(date, months) -%}
    {{ return(adapter.dispatch('moved_by_months')(date, months)) }}
{%- endmacro %}
{% macro default__moved_by_months(date, months) -%}
    add_months(cast({{ date }} as date), {{ months }})
{%- endmacro %}
{% macro duckdb__moved_by_months(date, months) -%}
    cast(cast({{ date }} as date) + interval ({{ months }}) month as date)
{%- endmacro %}

{# Days of the period that begins on `start`. #}
{% macro days_in_period(kind, start) -%}
    {{ return(adapter.dispatch('days_in_period')(kind, start)) }}
{%- endmacro %}
{% macro default__days_in_period(kind, start) -%}
    datediff({{ moved_by_months(start, 1 if kind == 'month' else 12) }}, {{ start }})
{%- endmacro %}
{% macro duckdb__days_in_period(kind, start) -%}
    date_diff('day', {{ start }}, {{ moved_by_months(start, 1 if kind == 'month' else 12) }})
{%- endmacro %}

{# The texts of a group, sorted, as a list. #}
{% macro sorted_texts(text) -%}
    {{ return(adapter.dispatch('sorted_texts')(text)) }}
{%- endmacro %}
{% macro default__sorted_texts(text) -%}
    sort_array(collect_list({{ text }}))
{%- endmacro %}
{% macro duckdb__sorted_texts(text) -%}
    list({{ text }} order by {{ text }})
{%- endmacro %}

{# The texts of a group in the order of `place`, as one text. #}
{% macro joined_texts(text, place) -%}
    {{ return(adapter.dispatch('joined_texts')(text, place)) }}
{%- endmacro %}
{% macro default__joined_texts(text, place) -%}
    array_join(transform(array_sort(collect_list(struct({{ place }} as place, {{ text }} as text))), entry -> entry.text), '; ')
{%- endmacro %}
{% macro duckdb__joined_texts(text, place) -%}
    string_agg({{ text }}, '; ' order by {{ place }})
{%- endmacro %}

{# A list of those of the given texts that are not NULL. #}
{% macro list_of_texts(texts) -%}
    {{ return(adapter.dispatch('list_of_texts')(texts)) }}
{%- endmacro %}
{% macro default__list_of_texts(texts) -%}
    filter(cast(array({{ texts | join(', ') }}) as array<string>), text -> text is not null)
{%- endmacro %}
{% macro duckdb__list_of_texts(texts) -%}
    [text for text in cast([{{ texts | join(', ') }}] as varchar[]) if text is not null]
{%- endmacro %}

{# The mean of values of six decimals or less, to six decimals. Sums of decimals are exact, so the order of rows, which
   an engine is free in, never decides how a mean is rounded. #}
{% macro exact_mean(value) -%}
    round(avg(cast({{ value }} as decimal(24, 6))), 6)
{%- endmacro %}

{# A period as people write it: January 2026, 2026, fiscal year 2026; in Thai by the Buddhist era, มกราคม 2569, พ.ศ. 2569,
   ปีงบประมาณ 2569. #}
{% macro period_text(kind, start, language) -%}
    {%- set months = {
        'en': ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November',
               'December'],
        'th': ['มกราคม', 'กุมภาพันธ์', 'มีนาคม', 'เมษายน', 'พฤษภาคม', 'มิถุนายน', 'กรกฎาคม', 'สิงหาคม', 'กันยายน', 'ตุลาคม',
               'พฤศจิกายน', 'ธันวาคม'],
    }[language] -%}
    {%- set year_before = {'en': '', 'th': 'พ.ศ. '}[language] -%}
    {%- set fiscal_before = {'en': 'fiscal year ', 'th': 'ปีงบประมาณ '}[language] -%}
    {%- set added = {'en': 0, 'th': 543}[language] -%}
    case {{ kind }}
        when 'month' then concat(
            case month({{ start }})
                {% for month in months %}when {{ loop.index }} then '{{ month }} '
                {% endfor %}
            end, cast(year({{ start }}) + {{ added }} as varchar(4))
        )
        when 'fiscal_year' then concat('{{ fiscal_before }}', cast(year({{ start }}) + 1 + {{ added }} as varchar(4)))
        else concat('{{ year_before }}', cast(year({{ start }}) + {{ added }} as varchar(4)))
    end
{%- endmacro %}
