"""For which months or years a feed has data, as rows of coverage calendars."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from federation.common.vocabulary import ExtractState
from federation.messages.said import BE
from federation.reporting.charts.coverage import Cell, Row
from federation.reporting.site.expectations import Extract

YEARS = 10  # the newest ones that a calendar shows
Span = tuple[date, date]


@dataclass(frozen=True)
class Owed:
    """The periods of a feed that are due: those that came, and those that have not."""

    arrived: tuple[Span, ...]
    late: tuple[Span, ...]


def owed(con: duckdb.DuckDBPyConnection, city: str, dataset: str) -> Owed:
    """Return the periods of a feed that are due."""
    query = """
        SELECT first_date, last_date, state = 'arrived'
        FROM ops.expected_arrivals
        WHERE city = ? AND dataset = ? AND state <> 'not_due'
        """
    found = con.execute(query, [city, dataset]).fetchall()
    spans = {
        came: [(first, last) for first, last, here in found if here == came]
        for came in (True, False)
    }
    return Owed(tuple(spans[True]), tuple(spans[False]))


def by_month(extracts: Sequence[Extract], due: Owed, today: date) -> list[Row]:
    """Return a row for each of the feed's newest years, with a cell for each month."""
    cell = _judge(extracts, due, today)
    rows = []
    for year in _years(extracts, due.late, today):
        months = [_month(year, month) for month in range(1, 13)]
        rows.append(Row(f"{year + BE} ({year})", tuple(map(cell, months))))
    return rows


def by_year(
    extracts: Sequence[Extract], due: Owed, years: Sequence[int], label: str, today: date
) -> Row:
    """Return one row with a cell for each of these years."""
    cell = _judge(extracts, due, today)
    spans = [(date(year, 1, 1), date(year, 12, 31)) for year in years]
    return Row(label, tuple(map(cell, spans)))


def _years(extracts: Sequence[Extract], late: Sequence[Span], today: date) -> list[int]:
    spans = [*map(_span, extracts), *late]
    first_year = min((first.year for first, _ in spans), default=today.year)
    last_year = max((last.year for _, last in spans), default=today.year)
    return list(range(max(first_year, last_year - YEARS + 1), last_year + 1))


def _span(extract: Extract) -> Span:
    return extract.first_date, extract.last_date


def _month(year: int, month: int) -> Span:
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1)


def _judge(extracts: Sequence[Extract], due: Owed, today: date) -> Callable[[Span], Cell | None]:
    """Return the function that gives the cell of a span.

    There is none before the feed began and for what is yet to come. What is there is asked before
    what is late: a period of which some came is there in part.
    """
    current = [extract for extract in extracts if extract.state == ExtractState.CURRENT]
    spans = [*map(_span, current), *due.late]
    began = min((first for first, _ in spans), default=today)
    ended = max((last for _, last in spans), default=date.min)

    def cell(span: Span) -> Cell | None:
        delivered = [extract for extract in current if _meet(_span(extract), span)]
        if any(_meet(late_span, span) for late_span in due.late):
            return Cell("partly", _share(span, due)) if delivered else Cell("late")
        if any(extract.quarantined for extract in delivered):
            return Cell("quarantined")
        if delivered:
            return Cell("covered")
        return Cell("missing") if _meet((began, ended), span) else None

    return cell


def _share(span: Span, due: Owed) -> str:
    """Return how many of the periods in a span came, of those that are due in it."""
    arrived, late = (sum(_meet(one, span) for one in spans) for spans in (due.arrived, due.late))
    return f"{arrived}/{arrived + late}" if arrived else ""


def _meet(one: Span, other: Span) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
