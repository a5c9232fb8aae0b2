"""One function turns a contract into the feed's SELECT: national columns, typed, with reasons.

The stages, each a CTE: `source` (rows in scope) -> `records` (the layout undone) -> `raw` (one raw value per national
column, missing markers as NULL) -> `typed` (national types) -> the final SELECT with `reasons`.

A text column holds few different texts, so a national column that is made from one text column is evaluated once per
text (`word_selects`), by the very same expressions, and reaches the SELECT as `<name>:value` and `<name>:given`.
"""

from dataclasses import dataclass

from federation.conform import expressions as sql
from federation.conform.expressions import literal, quoted
from federation.conform.layouts import layout_of
from federation.contracts.model import Column, Feed
from federation.contracts.pattern import Partition
from federation.contracts.vocabulary import UNITS
from federation.suites import NationalColumn, Suite, load_suite

# The closed list of record-level reasons. A colon is followed by the national column.
REASONS = {
    "unreadable": "the value is no value of the promised type, calendar or digits",
    "missing": "a required value is missing",
    "unexpected_unit": "the row states another unit than the contract",
    "unknown_area": "the area's name or code is in no register",
    "foreign_area": "the row belongs to another province",
    "outside_partition": "the record's date is not in the period that the file is about",
    "conflicting_values": "two records share a key and differ in their values",
}
_TEXT_TYPES = {"string", "large_string", "binary", "large_binary"}


@dataclass(frozen=True)
class _Field:
    """One national column on its way through the stages."""

    national: NationalColumn
    column: Column | None  # None: the city does not publish it
    by_word: bool = False

    @property
    def name(self) -> str:
        return self.national.name

    def raw(self, place: int = 0) -> str:
        return quoted(f"{self.name}:raw{place}")

    @property
    def given(self) -> str:
        """A predicate: the city gave a value."""
        return quoted(f"{self.name}:given") if self.by_word else f"{self.raw()} IS NOT NULL"

    @property
    def reads(self) -> int:
        """How many raw values the column is made from."""
        if self.column is None:
            return 0
        return max(1, len(self.column.sources)) if not self.column.transform else 1


def conforming_select(feed: Feed, partition: Partition, extract_id: str) -> str:
    """Return the SELECT that turns the relation `extract` into conformed records.

    `extract` holds the city's columns and `row_number`; the relations of `lookups` must exist beside it. The
    result has one row per record: city_code, the dataset's national columns, extract_id, row_number and reasons
    (VARCHAR[], empty for a record that can be read and placed).
    """
    suite = load_suite(feed.dataset)
    layout = layout_of(feed)
    fields = _fields(feed)
    scope = f" WHERE NOT coalesce(({feed.out_of_scope}), false)" if feed.out_of_scope else ""
    return "\n".join([
        f"WITH source AS (SELECT * FROM extract{scope}),",
        f"records AS ({layout.records('source')}),",
        f"raw AS (SELECT {_join(_raw_stage(feed, fields))} FROM records),",
        f"typed AS (SELECT {_join(_typed_stage(feed, fields))} FROM raw{_lookup_joins(fields)})",
        f"SELECT {literal(feed.city.code)} AS city_code, {', '.join(quoted(field.name) for field in fields)},",
        f"  {literal(extract_id)} AS extract_id, row_number, {_reasons(suite, fields, partition, feed)} AS reasons",
        "FROM typed",
    ])


def word_selects(feed: Feed) -> dict[str, tuple[str, str]]:
    """Return national column -> (the city's text column, the SELECT that evaluates its texts).

    The SELECT reads the relation `words` (row_number and the text column) and returns `value` and `given` in order.
    """
    return {field.name: (field.column.sources[0], _word_select(feed, field))
            for field in _fields(feed) if field.by_word and field.column}


def _word_select(feed: Feed, field: _Field) -> str:
    assert field.column is not None
    return (f"SELECT CAST({_typed(feed, field)} AS {field.national.type}) AS value, {field.raw()} IS NOT NULL AS given\n"
            f"FROM (SELECT row_number, {_raw_value(feed, field.column, 0)} AS {field.raw()} FROM words)"
            f"{_lookup_join(field)}\nORDER BY row_number")


def columns_needed(feed: Feed) -> set[str]:
    """Return the city's columns that the SELECT reads itself, beside the texts evaluated by word."""
    fields = [field for field in _fields(feed) if field.column and not field.by_word]
    named = {source for field in fields if field.column for source in field.column.sources}
    # A transform and the rule for rows out of scope may read any column.
    said = feed.out_of_scope + "".join(field.column.transform for field in fields if field.column)
    spoken = {name for name in feed.columns if quoted(name) in said}
    layout = feed.layout
    return (named | spoken | {feed.city_rows, layout.parameter, layout.value, layout.unit, layout.list}) & set(feed.columns)


def _fields(feed: Feed) -> list[_Field]:
    mapped = {column.name: column for column in feed.national}
    return [_Field(national, mapped.get(national.name), _by_word(feed, mapped.get(national.name)))
            for national in load_suite(feed.dataset).columns]


def _by_word(feed: Feed, column: Column | None) -> bool:
    if column is None or column.transform or len(column.sources) != 1 or feed.layout.kind == "long":
        return False
    return feed.columns[column.sources[0]] in _TEXT_TYPES


def _join(parts: list[str]) -> str:
    return ",\n  ".join(parts)


# -- raw -------------------------------------------------------------------------------------------------------

def _raw_stage(feed: Feed, fields: list[_Field]) -> list[str]:
    layout = layout_of(feed)
    parts = ["row_number", f"{layout.conflict() or 'false'} AS conflicting", f"{_foreign(feed)} AS foreign_row"]
    for field in fields:
        if field.by_word:
            parts += [quoted(f"{field.name}:value"), quoted(f"{field.name}:given")]
            continue
        for place in range(field.reads):
            assert field.column is not None
            parts.append(f"{_raw_value(feed, field.column, place)} AS {field.raw(place)}")
        wrong = layout.wrong_unit(field.column) if field.column else ""
        if wrong:
            parts.append(f"{wrong} AS {quoted(field.name + ':unit')}")
    return parts


def _raw_value(feed: Feed, column: Column, place: int) -> str:
    value = _untreated(feed, column, place)
    kind = _kind(feed, column, place)
    if kind != "other":
        value = sql.without_markers(value, column.facts.get("missing", ()), kind == "text")
    if kind == "text" and column.facts.get("digits") == "thai":
        value = sql.arabic_digits(value)
    if column.prefix:
        value = (f"CASE WHEN starts_with({value}, {literal(column.prefix)}) "
                 f"THEN substr({value}, {len(column.prefix) + 1}) WHEN {value} IS NOT NULL THEN '\ufffd' END")
    return value


def _untreated(feed: Feed, column: Column, place: int) -> str:
    if column.transform:
        return f"({column.transform})"
    if place == 0 and (column.measure or column.unit or not column.sources):
        return layout_of(feed).value(column) if column.measure or column.sources else literal(feed.city.code)
    return quoted(column.sources[place])


def _kind(feed: Feed, column: Column, place: int = 0) -> str:
    """Return what the raw value is: `text`, `number` or `other` (a time of its own type)."""
    if column.measure or (column.unit and (column.transform or feed.layout.kind == "attributes")):
        return "number"
    if column.transform or not column.sources:
        return "text"
    kind = feed.columns[column.sources[place]]
    if kind in _TEXT_TYPES:
        return "text"
    return "number" if kind.startswith(("int", "uint", "double", "float", "decimal")) else "other"


def _foreign(feed: Feed) -> str:
    """A predicate: the row says that it belongs to another province."""
    if not feed.city_rows:
        return "false"
    said = f"CAST({quoted(feed.city_rows)} AS VARCHAR)"
    names = ", ".join(map(literal, (feed.city.code, *feed.city.province_names)))
    code = f"left(regexp_extract({said}, '[0-9]{{2,6}}$'), 2) = {literal(feed.city.code)}"
    return f"CASE WHEN {said} IN ({names}) THEN false WHEN {code} THEN false ELSE true END"


# -- typed -----------------------------------------------------------------------------------------------------

def _typed_stage(feed: Feed, fields: list[_Field]) -> list[str]:
    parts = ["raw.*"]
    for field in fields:
        if field.by_word:
            parts.append(f"{quoted(field.name + ':value')} AS {quoted(field.name)}")
            continue
        value = _typed(feed, field) if field.column else "NULL"
        parts.append(f"CAST({value} AS {field.national.type}) AS {quoted(field.name)}")
    return parts


def _typed(feed: Feed, field: _Field) -> str:
    column = field.column
    assert column is not None
    if column.area:
        return _area_code(field)
    if column.format:
        return _time(field, column)
    if field.national.type in ("DOUBLE", "BIGINT"):
        return _number(feed, field, column)
    raw = f"CAST({field.raw()} AS VARCHAR)"
    return f"CASE WHEN NOT contains({raw}, '\ufffd') THEN {raw} END"


def _time(field: _Field, column: Column) -> str:
    zone = column.facts.get("zone", "Asia/Bangkok")
    local = sql.local_time(column.format, [field.raw(place) for place in range(field.reads)],
                           calendar=column.facts.get("calendar", "CE"), zone=zone)
    if field.national.type == "TIMESTAMPTZ":
        return sql.as_instant(local, zone)
    return sql.as_month(local) if field.national.type == "DATE" else sql.as_year(local)


def _number(feed: Feed, field: _Field, column: Column) -> str:
    value = sql.number(field.raw(), text=_kind(feed, column) == "text",
                       thousands=column.facts.get("thousands", ""))
    if column.unit:
        value = sql.in_unit(value, UNITS[column.unit].factor / UNITS[field.national.unit].factor)
    return sql.whole(value) if field.national.type == "BIGINT" else value


def _area_code(field: _Field) -> str:
    by = field.column.area["by"] if field.column else ""
    return field.raw() if by == "city" else f"{quoted(field.name + ':area')}.area_code"


def _lookup_joins(fields: list[_Field]) -> str:
    return "".join(_lookup_join(field) for field in fields if not field.by_word)


def _lookup_join(field: _Field) -> str:
    by = field.column.area.get("by", "city") if field.column else "city"
    if by == "city" or field.column is None:
        return ""
    alias = quoted(field.name + ":area")
    if by == "names":
        levels = field.column.area.get("levels", ["district"])
        on = " AND ".join(f"{alias}.{level} = {field.raw(place)}" for place, level in enumerate(levels))
        return f"\n  LEFT JOIN {levels[-1]}_names AS {alias} ON {on}"
    code = "||".join(_part(field, place) for place in range(field.reads)) if by == "tis1099_parts" else field.raw()
    level = field.column.area.get("level")
    narrowed = f" AND {alias}.level = {literal(level)}" if level else ""
    return f"\n  LEFT JOIN area_codes AS {alias} ON {alias}.area_code = {code}{narrowed}"


def _part(field: _Field, place: int) -> str:
    # Codes sent as numbers lose their leading zeros: 20, 4, 2 is 200402.
    return f"lpad(CAST({field.raw(place)} AS VARCHAR), 2, '0')"


# -- reasons ---------------------------------------------------------------------------------------------------

def _reasons(suite: Suite, fields: list[_Field], partition: Partition, feed: Feed) -> str:
    cases = [("foreign_row", "foreign_area"), ("conflicting", "conflicting_values")]
    for field in fields:
        if field.column:
            cases += _column_reasons(feed, field)
    cases.append((_outside(suite.period, partition), "outside_partition"))
    listed = ", ".join(f"CASE WHEN {test} THEN {literal(code)} END" for test, code in cases)
    some = " OR ".join(f"({test})" for test, _ in cases)
    # Nearly all records have no reason, so the list is only made for those that do.
    return f"CASE WHEN {some} THEN list_filter([{listed}], lambda r: r IS NOT NULL) ELSE CAST([] AS VARCHAR[]) END"


def _column_reasons(feed: Feed, field: _Field) -> list[tuple[str, str]]:
    column, name = field.column, quoted(field.name)
    assert column is not None
    cases = []
    if column.required or field.national.key:
        cases.append((f"NOT ({field.given})", f"missing:{field.name}"))
    if column.area and column.area["by"] != "city":
        cases += _area_reasons(feed, field)
    else:
        cases.append((f"{field.given} AND {name} IS NULL", f"unreadable:{field.name}"))
    if layout_of(feed).wrong_unit(column):
        unit = quoted(field.name + ":unit")
        cases.append((f"{field.given} AND coalesce({unit}, true)", f"unexpected_unit:{field.name}"))
    return cases


def _area_reasons(feed: Feed, field: _Field) -> list[tuple[str, str]]:
    name, code = quoted(field.name), literal(feed.city.code)
    return [(f"{field.given} AND {name} IS NULL", "unknown_area"),
            (f"{name} IS NOT NULL AND left({name}, 2) <> {code}", "foreign_area")]


def _outside(period: NationalColumn, partition: Partition) -> str:
    name, first, last = quoted(period.name), partition.start, partition.end
    if period.type == "TIMESTAMPTZ":
        return (f"NOT ({name} >= TIMESTAMPTZ '{first} 00:00:00+07' "
                f"AND {name} < TIMESTAMPTZ '{last} 00:00:00+07' + INTERVAL 1 DAY)")
    if period.type == "INTEGER":
        return f"{name} NOT BETWEEN {first.year} AND {last.year}"
    return f"{name} NOT BETWEEN DATE '{first}' AND DATE '{last}'"
