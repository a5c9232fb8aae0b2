"""What a contract promises of each delivered column; the sandbox compares the bytes with it."""

from collections.abc import Collection, Iterator

from federation.conform.sandbox.job import ExpectedColumn
from federation.conform.select import columns_read
from federation.contracts.model import Column, Feed
from federation.datasets.suites import NationalColumn

# Formats of several columns -> what the first of them alone looks like.
_FIRST_PART = {
    "dd/mm/yyyy hh:mi": "dd/mm/yyyy",
    "d mon yy hh:mi": "d mon yy",
    "year month": "year",
    "fiscal_year fiscal_month": "year",
}


def expected_columns_of(feed: Feed) -> list[ExpectedColumn]:
    """Return what is promised of each delivered column that a national column is read from, and of
    every other column that holds texts."""
    national = {column.name: column for column in feed.suite.columns}
    found = [
        promise
        for column in feed.national
        for promise in _promises(feed, column, national[column.name])
    ]
    return [*found, *_other_texts(feed, {promise.column for promise in found})]


def _other_texts(feed: Feed, known: Collection[str]) -> Iterator[ExpectedColumn]:
    """Yield what is promised of the columns that nothing is read from, or only an expression or
    another member: their letters."""
    read = columns_read(feed)
    for name, kind in feed.columns.items():
        if name not in known and ("string" in kind or "binary" in kind):
            encoding = feed.encoding if kind == "binary" else "utf-8"
            yield ExpectedColumn(name, name, "text", encoding=encoding, is_read=name in read)


def _promises(feed: Feed, column: Column, national: NationalColumn) -> list[ExpectedColumn]:
    columns = _delivered(feed, column)
    if column.transform and not any("<" in feed.columns.get(name, "<") for name in columns):
        # an expression rewrites the texts first; inside a nested column it only says where the
        # value stands
        return []
    if column.format:
        # A time in several columns is told by the first; the others are hours or months.
        in_parts = len(columns) > 1 or _is_month_column(feed, column)
        form = _FIRST_PART.get(column.format, column.format) if in_parts else column.format
        names, kind = columns[:1], "time"
    else:
        is_number = column.unit or column.units or national.type in ("DOUBLE", "BIGINT")
        names, kind, form = columns, "number" if is_number else "text", ""
    facts = column.facts
    return [
        ExpectedColumn(
            column=name,
            name=column.name,
            kind=kind,
            format=form,
            calendar=facts.get("calendar", "CE"),
            zone=facts.get("zone", "Asia/Bangkok"),
            prefix=column.prefix,
            digits=facts.get("digits", "arabic"),
            encoding=feed.encoding if feed.columns.get(name) == "binary" else "utf-8",
            thousands=facts.get("thousands", ""),
            missing=tuple(facts.get("missing", ())),
            is_day=kind == "time" and national.type in ("DATE", "INTEGER"),
            is_hour=kind == "time" and feed.suite.is_hour(national),
            is_measure=kind == "number" and national.unit not in ("", "degrees"),
        )
        for name in names
    ]


def _is_month_column(feed: Feed, column: Column) -> bool:
    return feed.layout.kind == "months" and column.format == "year month"


def _delivered(feed: Feed, column: Column) -> list[str]:
    layout = feed.layout
    if column.measure:
        value = f"{layout.list}.{layout.value}" if layout.list else layout.value
        return [f"{value}[{column.measure}]"]
    if layout.kind == "attributes" and column.unit and not column.transform:
        return [f"{column.sources[0]}.{layout.value}"]
    return list(column.sources)
