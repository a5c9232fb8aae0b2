"""One national column on its way from the city's columns: its raw values, before they are typed."""

from dataclasses import dataclass

from federation.common.sql import identifier, literal
from federation.conform import expressions as sql
from federation.conform.layouts import PLACE, layout_of
from federation.contracts.model import Column, Feed
from federation.datasets.suites import NationalColumn

_TEXT_TYPES = {"string", "large_string", "binary", "large_binary"}


@dataclass(frozen=True)
class Field:
    """One national column; `reads` says how many raw values it is made from."""

    national: NationalColumn
    column: Column | None  # None: the city does not publish it
    reads: int = 0
    by_word: bool = False

    @property
    def name(self) -> str:
        return self.national.name

    def raw(self, place: int = 0) -> str:
        return identifier(f"{self.name}:raw{place}")

    @property
    def has_places(self) -> bool:
        """Whether a value must have its place in a dimension: an area, or a word of a closed
        list."""
        return bool(
            self.column and (self.column.area.get("by", "city") != "city" or self.national.values)
        )

    @property
    def given(self) -> str:
        """A predicate: the city gave a value, or a part of one that is a sum."""
        if self.by_word:
            return identifier(f"{self.name}:given")
        parts = self.reads if self.column and self.column.units else 1
        return "(" + " OR ".join(f"{self.raw(place)} IS NOT NULL" for place in range(parts)) + ")"


def fields_of(feed: Feed) -> list[Field]:
    """Return one field per national column of the dataset, in the suite's order."""
    mapped = {column.name: column for column in feed.national}
    return [_field(feed, national, mapped.get(national.name)) for national in feed.suite.columns]


def _field(feed: Feed, national: NationalColumn, column: Column | None) -> Field:
    return (
        Field(national, column, _reads(feed, column), _by_word(feed, column))
        if column
        else Field(national, None)
    )


def _reads(feed: Feed, column: Column) -> int:
    if column.transform or column.unit or not column.sources:
        return 1  # a layout of months reads twelve columns as one value
    return len(column.sources) + (feed.layout.kind == "months" and bool(column.format))


def _by_word(feed: Feed, column: Column) -> bool:
    if column.transform or len(column.sources) != 1 or feed.layout.kind in ("long", "months"):
        return False
    return feed.columns[column.sources[0]] in _TEXT_TYPES


def raw_value(feed: Feed, column: Column, place: int) -> str:
    """Return one raw value in `records`: without the city's markers, digits and prefix."""
    value = _untreated(feed, column, place)
    kind = kind_of(feed, column, place)
    if kind != "other":
        value = sql.without_markers(value, column.facts.get("missing", ()), kind == "text")
    if kind == "text" and column.facts.get("digits") == "thai":
        value = sql.arabic_digits(value)
    if column.prefix:
        value = (
            f"CASE WHEN starts_with({value}, {literal(column.prefix)}) "
            f"THEN substr({value}, {len(column.prefix) + 1}) WHEN {value} IS NOT NULL THEN "
            "'\ufffd' END"
        )
    return value


def _untreated(feed: Feed, column: Column, place: int) -> str:
    if column.transform:
        return f"({column.transform})"
    if place == 0 and (column.measure or column.unit or not column.sources):
        return (
            layout_of(feed).value(column)
            if column.measure or column.sources
            else literal(feed.city.code)
        )
    return identifier(column.sources[place]) if place < len(column.sources) else PLACE


def kind_of(feed: Feed, column: Column, place: int = 0) -> str:
    """Return what the raw value is: `text`, `number` or `other` (a time of its own type)."""
    if column.measure or (column.unit and (column.transform or feed.layout.kind == "attributes")):
        return "number"
    if column.transform or not column.sources:
        return "text"
    if place >= len(column.sources):
        return "number"
    kind = feed.columns[column.sources[place]]
    if kind in _TEXT_TYPES:
        return "text"
    return "number" if kind.startswith(("int", "uint", "double", "float", "decimal")) else "other"
