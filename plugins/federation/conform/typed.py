"""From a column's raw values to its national type: texts, times, numbers in national units, area
codes."""

from federation.common.sql import identifier, literal
from federation.conform import expressions as sql
from federation.conform.fields import Field, kind_of
from federation.contracts.model import Column, Feed
from federation.datasets.units import known_units

_SMALLEST_FIRST = ("subdistrict", "district")


def typed_value(feed: Feed, field: Field) -> str:
    """Return the national value over the relation `raw`, joined with `lookup_join`.

    NULL where it cannot be read.
    """
    column = field.column
    assert column is not None
    if column.area:
        return _area_code(feed, field, column)
    if column.format:
        return _time(feed, field, column)
    if field.national.type in ("DOUBLE", "BIGINT"):
        return _number(feed, field, column)
    raw = f"CAST({field.raw()} AS VARCHAR)"
    if field.national.values:
        return sql.translated(raw, column.values or {word: word for word in field.national.values})
    return f"CASE WHEN NOT contains({raw}, '\ufffd') THEN {raw} END"


def _time(feed: Feed, field: Field, column: Column) -> str:
    zone = column.facts.get("zone", "Asia/Bangkok")
    local = sql.local_time(
        column.format,
        [field.raw(place) for place in range(field.reads)],
        calendar=column.facts.get("calendar", "CE"),
        zone=zone,
    )
    if field.national.type == "TIMESTAMPTZ":
        instant = sql.as_instant(local, zone)
        return sql.on_the_hour(instant) if feed.suite.is_hour(field.national) else instant
    if field.national.type == "INTEGER":
        return sql.as_year(local)
    return sql.as_month(local) if field.national.precision == "month" else sql.as_day(local)


def _number(feed: Feed, field: Field, column: Column) -> str:
    units = column.units or (column.unit,)
    parts = [_part_in_unit(feed, field, column, place, unit) for place, unit in enumerate(units)]
    value = sql.added_up(parts) if column.units else parts[0]
    return sql.whole(value) if field.national.type == "BIGINT" else value


def _part_in_unit(feed: Feed, field: Field, column: Column, place: int, unit: str) -> str:
    value = sql.number(
        field.raw(place),
        text=kind_of(feed, column, place) == "text",
        thousands=column.facts.get("thousands", ""),
    )
    return (
        sql.in_unit(value, known_units()[unit].factor / known_units()[field.national.unit].factor)
        if unit
        else value
    )


# -- areas -----------------------------------------------------------------------------------------


def _area_code(feed: Feed, field: Field, column: Column) -> str:
    if column.area["by"] == "city":
        return field.raw()
    code, whole = f"{identifier(field.name + ':area')}.area_code", column.area.get("whole")
    if not whole or column.area["by"] != "names":
        return code
    level = field.raw(column.sources.index(whole["column"]))
    rest = (
        f"WHEN {level} = {literal(whole['otherwise'])} THEN {code}"
        if "otherwise" in whole
        else f"ELSE {code}"
    )
    return (
        f"CASE WHEN {level} = {literal(whole['is'])} THEN {_own_code(feed, column, field)} {rest} "
        "END"
    )


def _own_code(feed: Feed, column: Column, field: Field) -> str:
    """Return SQL for the city's own code, where a row about the whole province names no other."""
    own, whole = literal(feed.city.code), column.sources.index(column.area["whole"]["column"])
    named = range(len(column.area.get("levels", ["district"])))
    if whole in named:
        return own
    names = ", ".join(map(literal, feed.city.province_names))
    return f"CASE WHEN {field.raw(named[-1])} IN ({names}) THEN {own} END"


def lookup_join(field: Field) -> str:
    """Return the LEFT JOIN that finds the column's area, or '' for a column that needs none."""
    area = field.column.area if field.column else {}
    if area.get("by", "city") == "city":
        return ""
    alias = identifier(field.name + ":area")
    if area["by"] == "names":
        levels = area.get("levels", ["district"])
        on = " AND ".join(
            f"{alias}.{level} = {_name(field, place)}" for place, level in enumerate(levels)
        )
        smallest = next((level for level in _SMALLEST_FIRST if level in levels), levels[-1])
        return f"\n  LEFT JOIN {smallest}_names AS {alias} ON {on}"
    code = _joined_parts(field) if area["by"] == "tis1099_parts" else field.raw()
    levels = area.get("levels") or ([area["level"]] if "level" in area else [])
    narrowed = f" AND {alias}.level IN ({', '.join(map(literal, levels))})" if levels else ""
    return f"\n  LEFT JOIN area_codes AS {alias} ON {alias}.area_code = {code}{narrowed}"


def _name(field: Field, place: int) -> str:
    separator = field.column.area.get("separator") if field.column else None
    return (
        f"split_part({field.raw()}, {literal(separator)}, {place + 1})"
        if separator
        else field.raw(place)
    )


def _joined_parts(field: Field) -> str:
    """Return SQL for the code that the parts make; where one means the whole, the parts before it
    do."""
    assert field.column is not None
    parts, whole = (
        [_part(field, place) for place in range(field.reads)],
        field.column.area.get("whole"),
    )
    if not whole:
        return "||".join(parts)
    place = field.column.sources.index(whole["column"])
    is_whole = f"{field.raw(place)} = {literal(whole['is'])}"
    return f"CASE WHEN {is_whole} THEN {'||'.join(parts[:place])} ELSE {'||'.join(parts)} END"


def _part(field: Field, place: int) -> str:
    # Codes sent as numbers lose their leading zeros: 20, 4, 2 is 200402.
    return f"lpad(CAST({field.raw(place)} AS VARCHAR), 2, '0')"
