{# Thailand's air quality index (Pollution Control Department): the sub-index of a concentration in a band of seed
   aqi_breakpoint, NULL where the band is not its own. Concentrations are rounded to the table's decimals first, so that
   bands leave no gap. The table ends at 200; published values above it grow by one for each whole unit of
   concentration (PM2.5 of 93.4 is 219), and so do these. Halves go up, as published (39.3 is 105.5 and so 106): the inner
   rounding takes the noise of binary fractions away first. #}
{% macro thai_aqi(concentration, band) -%}
    {%- set rounded = rounded(concentration, band ~ '.decimals') -%}
    case
        when {{ rounded }} between {{ band }}.concentration_low and {{ band }}.concentration_high
            then cast(round(round(
                {{ band }}.aqi_low + ({{ rounded }} - {{ band }}.concentration_low)
                * ({{ band }}.aqi_high - {{ band }}.aqi_low)
                / ({{ band }}.concentration_high - {{ band }}.concentration_low), 6
            )) as bigint)
        when {{ band }}.aqi_high = 200 and {{ rounded }} > {{ band }}.concentration_high
            then cast(201 + floor({{ rounded }}) - floor({{ band }}.concentration_high) as bigint)
    end
{%- endmacro %}

{# A concentration with the decimals in which it is published. Halves go up: the inner rounding takes the noise of
   binary fractions away first. #}
{% macro rounded(concentration, decimals) -%}
    round(round({{ concentration }}, 6), {{ decimals }})
{%- endmacro %}

{# The five classes of the index. #}
{% macro aqi_category(aqi) -%}
    case
        when {{ aqi }} <= 25 then 'very_good'
        when {{ aqi }} <= 50 then 'good'
        when {{ aqi }} <= 100 then 'moderate'
        when {{ aqi }} <= 200 then 'starts_to_affect_health'
        when {{ aqi }} > 200 then 'affects_health'
    end
{%- endmacro %}
