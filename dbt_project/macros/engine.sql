{# What engines spell differently; models call these and stay portable. #}

{# The local (Asia/Bangkok) TIMESTAMP of an instant. Thailand has kept UTC+7 without summer time since 1920, and
   adding seven hours is far cheaper than a time zone conversion per row. #}
{% macro local_time(instant) -%}
    {{ return(adapter.dispatch('local_time')(instant)) }}
{%- endmacro %}
{% macro default__local_time(instant) -%}
    from_utc_timestamp({{ instant }}, 'Asia/Bangkok')
{%- endmacro %}
{% macro duckdb__local_time(instant) -%}
    make_timestamp(epoch_us({{ instant }}) + 25200000000)
{%- endmacro %}

{# The UTC instant of local midnight on a date. #}
{% macro local_midnight(date) -%}
    {{ return(adapter.dispatch('local_midnight')(date)) }}
{%- endmacro %}
{% macro default__local_midnight(date) -%}
    to_utc_timestamp(cast({{ date }} as timestamp), 'Asia/Bangkok')
{%- endmacro %}
{% macro duckdb__local_midnight(date) -%}
    make_timestamptz(epoch_us(cast({{ date }} as timestamp)) - 25200000000)
{%- endmacro %}
