{# The one incremental pattern: delete what the work list names, then append. An empty re-delivery deletes too. #}

{% macro delete_replaced_extracts(datasets) -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where extract_id in (
        select extract_id from {{ source('inputs', 'replaced') }} where dataset in ('{{ datasets | join("', '") }}')
    )
    {%- endif -%}
{%- endmacro %}

{# For marts by city and date: the days of every partition that this build touched. #}
{% macro delete_touched_days(dataset) -%}
    {%- if is_incremental() -%}
    delete from {{ this }} as mart
    using {{ source('inputs', 'touched') }} as touched
    where touched.dataset = '{{ dataset }}'
        and mart.city_code = touched.city_code
        and mart.date between touched.first_date and touched.last_date
    {%- endif -%}
{%- endmacro %}
