"""One function turns a contract into the feed's SELECT: national columns, typed, with reasons.

The stages, each a CTE: `source` (rows in scope) -> `records` (the layout undone) -> `raw` (one raw
value per national column, missing markers as NULL) -> `typed` (national types) -> the final SELECT
with `reasons`.

A text column holds few different texts, so a national column that is made from one text column is
evaluated once per text (`word_selects`), by the very same expressions, and reaches the SELECT as
`<name>:value` and `<name>:given`.
"""

from dataclasses import replace

from federation.common.reason import coded
from federation.common.sql import identifier, literal
from federation.common.vocabulary import ReasonCode
from federation.conform.fields import Field, fields_of, raw_value
from federation.conform.layouts import layout_of
from federation.conform.typed import lookup_join, typed_value
from federation.contracts.model import Feed
from federation.contracts.pattern import Partition
from federation.datasets.suites import NationalColumn, Suite


def conforming_select(feed: Feed, partition: Partition, extract_id: str) -> str:
    """Return the SELECT that turns the relation `extract` into conformed records.

    `extract` holds the city's columns and `row_number`; the relations of `lookups` must exist
    beside it. The result has one row per record: city_code, the dataset's national columns,
    extract_id, row_number (of the source; of the cell in a layout of months), unplaced (what the
    city wrote where it has no place in a dimension or names another province, else NULL), unread
    (`column: text` of what could not be read, else NULL) and reasons (VARCHAR[], empty for a record
    that can be read and placed).
    """
    feed, suite = _with_what_the_path_says(feed, partition), feed.suite
    layout = layout_of(feed)
    fields = fields_of(feed)
    joins = "".join(lookup_join(field) for field in fields if not field.by_word)
    scope = f" WHERE NOT coalesce(({feed.out_of_scope}), false)" if feed.out_of_scope else ""
    return "\n".join(
        [
            f"WITH source AS (SELECT * FROM extract{scope}),",
            f"records AS ({layout.records('source')}),",
            f"raw AS (SELECT {_join(_raw_stage(feed, fields))} FROM records),",
            f"typed AS (SELECT {_join(_typed_stage(feed, fields))} FROM raw{joins})",
            f"SELECT {literal(feed.city.code)} AS city_code, "
            f"{', '.join(identifier(field.name) for field in fields)},",
            f"  {literal(extract_id)} AS extract_id, row_number, {_unplaced(feed, fields)} AS "
            "unplaced,",
            f"  {_unread(fields)} AS unread,",
            f"  {_reasons(suite, fields, partition, feed)} AS reasons",
            "FROM typed",
        ]
    )


def _with_what_the_path_says(feed: Feed, partition: Partition) -> Feed:
    """Return the feed with the partition's first day written in where only the path says a
    value."""
    first = literal(partition.start.isoformat())
    return replace(
        feed,
        national=tuple(
            replace(column, transform=first) if column.format == "partition" else column
            for column in feed.national
        ),
    )


def word_selects(feed: Feed) -> dict[str, tuple[str, str]]:
    """Return national column -> (the city's text column, the SELECT that evaluates its texts).

    The SELECT reads the relation `words` (row_number and the text column) and returns `value`,
    `given` and `said` (the text itself where it has no value) in order.
    """
    return {
        field.name: (field.column.sources[0], _word_select(feed, field))
        for field in fields_of(feed)
        if field.by_word and field.column
    }


def _word_select(feed: Feed, field: Field) -> str:
    assert field.column is not None
    value, raw = typed_value(feed, field), field.raw()
    text = f"CASE WHEN {value} IS NULL THEN {raw} END AS said"
    return (
        f"SELECT CAST({value} AS {field.national.type}) AS value, {raw} IS NOT NULL AS given, "
        f"{text}\n"
        f"FROM (SELECT row_number, {raw_value(feed, field.column, 0)} AS {field.raw()} FROM words)"
        f"{lookup_join(field)}\nORDER BY row_number"
    )


def columns_needed(feed: Feed) -> set[str]:
    """Return the city's columns that the SELECT reads itself, beside the texts evaluated by
    word."""
    fields = [field for field in fields_of(feed) if field.column and not field.by_word]
    named = {source for field in fields if field.column for source in field.column.sources}
    # A transform and the rule for rows out of scope may read any column.
    transforms = [field.column.transform for field in fields if field.column]
    expressions = "".join([feed.out_of_scope, *transforms])
    spoken = {name for name in feed.columns if identifier(name) in expressions}
    layout = feed.layout
    return (
        named | spoken | {feed.city_rows, layout.parameter, layout.value, layout.unit, layout.list}
    ) & set(feed.columns)


def columns_read(feed: Feed) -> set[str]:
    """Return the city's columns that decide on any value of a record."""
    return columns_needed(feed) | {source for source, _ in word_selects(feed).values()}


def _join(parts: list[str]) -> str:
    return ",\n  ".join(parts)


# -- raw -------------------------------------------------------------------------------------------


def _raw_stage(feed: Feed, fields: list[Field]) -> list[str]:
    layout = layout_of(feed)
    parts = [
        "row_number",
        f"{layout.conflict() or 'false'} AS conflicting",
        f"{_foreign(feed)} AS foreign_row",
        f"{_city_row(feed)} AS city_row",
    ]
    for field in fields:
        if field.by_word:
            parts += [identifier(f"{field.name}:{part}") for part in ("value", "given", "said")]
            continue
        for place in range(field.reads):
            assert field.column is not None
            parts.append(f"{raw_value(feed, field.column, place)} AS {field.raw(place)}")
        wrong = layout.wrong_unit(field.column) if field.column else ""
        if wrong and field.column:
            parts.append(f"{wrong} AS {identifier(field.name + ':unit')}")
            parts.append(
                f"CAST({layout.said_unit(field.column)} AS VARCHAR) AS "
                f"{identifier(field.name + ':said_unit')}"
            )
    return parts


def _city_row(feed: Feed) -> str:
    """What a row says whose row it is."""
    return f"CAST({identifier(feed.city_rows) if feed.city_rows else 'NULL'} AS VARCHAR)"


def _foreign(feed: Feed) -> str:
    """Return the predicate that a row says that it belongs to another province."""
    if not feed.city_rows:
        return "false"
    owner = _city_row(feed)
    names = ", ".join(map(literal, (feed.city.code, *feed.city.province_names)))
    code = f"left(regexp_extract({owner}, '[0-9]{{2,6}}$'), 2) = {literal(feed.city.code)}"
    return f"CASE WHEN {owner} IN ({names}) THEN false WHEN {code} THEN false ELSE true END"


# -- typed -----------------------------------------------------------------------------------------


def _typed_stage(feed: Feed, fields: list[Field]) -> list[str]:
    parts = ["raw.*"]
    for field in fields:
        if field.by_word:
            parts.append(f"{identifier(field.name + ':value')} AS {identifier(field.name)}")
            continue
        value = typed_value(feed, field) if field.column else "NULL"
        parts.append(f"CAST({value} AS {field.national.type}) AS {identifier(field.name)}")
    return parts


# -- what has no place -----------------------------------------------------------------------------


def _unplaced(feed: Feed, fields: list[Field]) -> str:
    texts = [_said(field) for field in fields if field.has_places]
    if feed.city_rows:
        texts.append("CASE WHEN foreign_row THEN city_row END")
    for field in fields:
        if field.column and layout_of(feed).wrong_unit(field.column):
            wrong = f"{field.given} AND {identifier(field.name + ':unit')}"
            texts.append(f"CASE WHEN {wrong} THEN {identifier(field.name + ':said_unit')} END")
    return f"nullif(concat_ws('; ', {', '.join(texts)}), '')" if texts else "CAST(NULL AS VARCHAR)"


def _said(field: Field) -> str:
    """Return SQL for what the city wrote in one column where no value was read, else NULL."""
    if field.by_word:
        return identifier(f"{field.name}:said")
    raws = ", ".join(f"CAST({field.raw(place)} AS VARCHAR)" for place in range(field.reads))
    return (
        f"CASE WHEN {field.given} AND {identifier(field.name)} IS NULL "
        f"THEN concat_ws(' / ', {raws}) END"
    )


# -- what could not be read ------------------------------------------------------------------------


def _unread(fields: list[Field]) -> str:
    texts = [
        f"{literal(field.name + ': ')} || {_said(field)}"
        for field in fields
        if field.column and not field.has_places
    ]
    return f"nullif(concat_ws('; ', {', '.join(texts)}), '')" if texts else "CAST(NULL AS VARCHAR)"


# -- reasons ---------------------------------------------------------------------------------------


def _reasons(suite: Suite, fields: list[Field], partition: Partition, feed: Feed) -> str:
    cases: list[tuple[str, str]] = [
        ("foreign_row", ReasonCode.FOREIGN_AREA),
        ("conflicting", ReasonCode.CONFLICTING_VALUES),
    ]
    for field in fields:
        if field.column:
            cases += _column_reasons(feed, field)
    cases.append((_outside(suite.period, partition), ReasonCode.OUTSIDE_PARTITION))
    listed = ", ".join(f"CASE WHEN {test} THEN {literal(code)} END" for test, code in cases)
    some = " OR ".join(f"({test})" for test, _ in cases)
    # Nearly all records have no reason, so the list is only made for those that do.
    return (
        f"CASE WHEN {some} THEN list_filter([{listed}], lambda r: r IS NOT NULL) ELSE CAST([] AS "
        "VARCHAR[]) END"
    )


def _column_reasons(feed: Feed, field: Field) -> list[tuple[str, str]]:
    column, name = field.column, identifier(field.name)
    assert column is not None
    cases: list[tuple[str, str]] = []
    if column.required or field.national.key:
        cases.append((f"NOT ({field.given})", coded(ReasonCode.MISSING, field.name)))
    if column.area and column.area["by"] != "city":
        cases += _area_reasons(feed, field)
    else:
        cases.append(
            (f"{field.given} AND {name} IS NULL", coded(ReasonCode.UNREADABLE, field.name))
        )
    if layout_of(feed).wrong_unit(column):
        unit = identifier(field.name + ":unit")
        cases.append(
            (
                f"{field.given} AND coalesce({unit}, true)",
                coded(ReasonCode.UNEXPECTED_UNIT, field.name),
            )
        )
    return cases


def _area_reasons(feed: Feed, field: Field) -> list[tuple[str, str]]:
    name, code = identifier(field.name), literal(feed.city.code)
    return [
        (f"{field.given} AND {name} IS NULL", ReasonCode.UNKNOWN_AREA),
        (f"{name} IS NOT NULL AND left({name}, 2) <> {code}", ReasonCode.FOREIGN_AREA),
    ]


def _outside(period: NationalColumn, partition: Partition) -> str:
    name, first, last = identifier(period.name), partition.start, partition.end
    if period.type == "TIMESTAMPTZ":
        return (
            f"NOT ({name} >= TIMESTAMPTZ '{first} 00:00:00+07' "
            f"AND {name} < TIMESTAMPTZ '{last} 00:00:00+07' + INTERVAL 1 DAY)"
        )
    if period.type == "INTEGER":
        return f"{name} NOT BETWEEN {first.year} AND {last.year}"
    return f"{name} NOT BETWEEN DATE '{first}' AND DATE '{last}'"
