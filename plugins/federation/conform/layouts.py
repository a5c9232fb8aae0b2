"""Undoing a city's layout: from its rows to one row per record.

A layout says three things in SQL: which relation holds one row per record, how a column's raw value
is read from it, and when that value is stated in another unit than the contract promises.
"""

from typing import Protocol

from federation.common.sql import identifier, literal
from federation.conform import expressions as sql
from federation.contracts.model import Column, Feed
from federation.datasets.units import COUNT_CODE, counted_quantities, known_units

# In a layout of months: the place of a record's month in its year.
PLACE = identifier("month:place")


class LayoutSQL(Protocol):
    """One layout's three answers."""

    def records(self, source: str) -> str:
        """Return a SELECT of one row per record from the relation `source`."""

    def value(self, column: Column) -> str:
        """Return the raw value of a column in `records`."""

    def wrong_unit(self, column: Column) -> str:
        """Return a predicate that says the value is in an undeclared unit, or '' where rows say
        no unit."""

    def said_unit(self, column: Column) -> str:
        """Return the unit that a row states where `wrong_unit` says so."""

    def conflict(self) -> str:
        """Return a predicate that says one record states two values for one measure, or ''."""


def layout_of(feed: Feed) -> LayoutSQL:
    """Return the layout that the contract declares."""
    return {
        "rows": Rows,
        "long": Long,
        "measures": Measures,
        "attributes": Attributes,
        "months": Months,
    }[feed.layout.kind](feed)


def unit_codes(unit: str) -> list[str]:
    """Return every text that means `unit`, the contract's own first."""
    meant = known_units()[unit]
    units = known_units().items()
    same = [name for name, other in units if other == meant and name != unit]
    return [unit, *same, *([COUNT_CODE] if meant.quantity in counted_quantities() else [])]


def _not_in(expression: str, unit: str) -> str:
    return f"{expression} NOT IN ({', '.join(map(literal, unit_codes(unit)))})"


class Rows:
    """One row per record."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed

    def records(self, source: str) -> str:
        return f"SELECT * FROM {source}"

    def value(self, column: Column) -> str:
        return identifier(column.sources[0])

    def wrong_unit(self, column: Column) -> str:
        return ""

    def said_unit(self, column: Column) -> str:
        return "NULL"

    def conflict(self) -> str:
        return ""


class Attributes(Rows):
    """NGSI-LD: a measure is a struct with its value and its UN/CEFACT unit code."""

    def value(self, column: Column) -> str:
        if not column.unit or column.transform:
            return super().value(column)
        return f"{identifier(column.sources[0])}.{identifier(self.feed.layout.value)}"

    def wrong_unit(self, column: Column) -> str:
        if not column.unit or column.transform:
            return ""
        return _not_in(self.said_unit(column), column.unit)

    def said_unit(self, column: Column) -> str:
        return f"{identifier(column.sources[0])}.{identifier(self.feed.layout.unit)}"


class Months(Rows):
    """One row per year and twelve columns per measure.

    The months stand in the order in which the year counts them.

    A record is a cell: row 1 holds the records 1 to 12, row 2 the records 13 to 24.
    """

    def records(self, source: str) -> str:
        number = f"(row_number - 1) * 12 + {PLACE} AS row_number"
        return (
            f"SELECT * REPLACE ({number}) FROM {source} CROSS JOIN (SELECT unnest(range(1, 13)) "
            f"AS {PLACE})"
        )

    def value(self, column: Column) -> str:
        if len(column.sources) < 2:
            return super().value(column)
        return f"[{', '.join(map(identifier, column.sources))}][{PLACE}]"


class Measures(Rows):
    """A list of structs, one per measure, in each row."""

    def _found(self, column: Column) -> str:
        layout = self.feed.layout
        test = f"m.{identifier(layout.parameter)} = {literal(column.measure)}"
        return f"list_filter({identifier(layout.list)}, lambda m: {test})"

    def value(self, column: Column) -> str:
        if not column.measure:
            return super().value(column)
        layout, first = self.feed.layout, f"{self._found(column)}[1]"
        value = f"{first}.{identifier(layout.value)}"
        if not layout.multiplier:
            return value
        power = f"{first}.{identifier(layout.multiplier)}"
        # Rounded like every conversion: 8.2 * 10^6 is 8199999.999999999. No multiplier leaves the
        # figure unreadable.
        scaled = f"round({value} * pow(10, {power}), CAST(greatest(0, 6 - {power}) AS INTEGER))"
        return f"CASE WHEN {value} IS NOT NULL THEN coalesce({scaled}, CAST('nan' AS DOUBLE)) END"

    def wrong_unit(self, column: Column) -> str:
        if not column.measure:
            return ""
        return _not_in(self.said_unit(column), column.unit)

    def said_unit(self, column: Column) -> str:
        return f"{self._found(column)}[1].{identifier(self.feed.layout.unit)}"

    def conflict(self) -> str:
        measured = [column for column in self.feed.national if column.measure]
        return " OR ".join(f"len(list_distinct({self._found(column)})) > 1" for column in measured)


class Long(Rows):
    """One row per record and measure; rows of one record agree in every column that is no measure.

    Rows that disagree in such a column form two records with one key, which conform then reports as
    conflicting.
    """

    def __init__(self, feed: Feed) -> None:
        super().__init__(feed)
        self.measured = [column for column in feed.national if column.measure]
        used = {source for column in feed.national for source in column.sources} | {feed.city_rows}
        own = {feed.layout.parameter, feed.layout.value, feed.layout.unit}
        self.shared = [name for name in feed.columns if name in used - own]

    def records(self, source: str) -> str:
        shared = ", ".join(map(identifier, self.shared))
        aggregates = ",\n  ".join(self._aggregates())
        return (
            f"SELECT min(row_number) AS row_number, {shared},\n  {aggregates}\n"
            f"FROM {self._on_the_hour(source)} GROUP BY {shared}"
        )

    def _on_the_hour(self, source: str) -> str:
        """The source, in which rows of one hour agree in it, be they a little early or not."""
        feed = self.feed
        period = next(column for column in feed.national if column.name == feed.suite.period.name)
        if not (feed.suite.is_hour(feed.suite.period) and period.format == "instant"):
            return source
        name = identifier(period.sources[0])
        return f"(SELECT * REPLACE ({sql.on_the_hour(name)} AS {name}) FROM {source})"

    def _aggregates(self) -> list[str]:
        value, bit = identifier(self.feed.layout.value), self._bit()
        aggregates = [
            f"bit_or(CASE WHEN {self._stranger()} THEN {bit} ELSE 0 END) AS wrong_units",
            f"min({identifier(self.feed.layout.unit)}) FILTER ({self._stranger()}) AS stated_unit",
            f"count(*) FILTER ({bit} > 0) > bit_count(bit_or({bit})) AS repeated",
            f"coalesce(bit_or({bit}) FILTER ({value} IS NULL), 0) "
            f"& coalesce(bit_or({bit}) FILTER ({value} IS NOT NULL), 0) > 0 AS half_missing",
        ]
        for column in self.measured:
            only = f"FILTER ({identifier(self.feed.layout.parameter)} = {literal(column.measure)})"
            aggregates.append(f"max({value}) {only} AS {identifier(column.name)}")
            aggregates.append(f"min({value}) {only} AS {identifier(column.name + ':low')}")
        return aggregates

    def _bit(self) -> str:
        """The measure of a source row as one bit; 0 for measures that the contract ignores."""
        cases = (
            f"WHEN {literal(column.measure)} THEN {1 << place}"
            for place, column in enumerate(self.measured)
        )
        return f"(CASE {identifier(self.feed.layout.parameter)} {' '.join(cases)} ELSE 0 END)"

    def _stranger(self) -> str:
        parameter, unit = identifier(self.feed.layout.parameter), identifier(self.feed.layout.unit)
        expected = " ".join(
            f"WHEN {literal(column.measure)} THEN coalesce({_not_in(unit, column.unit)}, true)"
            for column in self.measured
        )
        return f"CASE {parameter} {expected} ELSE false END"

    def value(self, column: Column) -> str:
        return identifier(column.name) if column.measure else super().value(column)

    def wrong_unit(self, column: Column) -> str:
        if not column.measure:
            return ""
        return f"wrong_units & {1 << self.measured.index(column)} > 0"

    def said_unit(self, column: Column) -> str:
        return "stated_unit"

    def conflict(self) -> str:
        differ = " OR ".join(
            f"{identifier(column.name)} <> {identifier(column.name + ':low')}"
            for column in self.measured
        )
        return f"repeated AND (half_missing OR {differ})"
