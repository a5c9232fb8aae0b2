"""For which months or years a feed has data, as rows of coverage calendars."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from federation.common.vocabulary import ExtractState, PeriodState
from federation.messages.said import BE
from federation.reporting.charts.coverage import Cell, Row
from federation.reporting.site.expectations import Extract
from federation.reporting.site.rows import rows

YEARS = 10  # the newest ones that a calendar shows
Span = tuple[date, date]


@dataclass(frozen=True)
class Owed:
    """The periods of a feed that are due: those that came, those of which too little came, each
    with the share that did, and those of which nothing came."""

    arrived: tuple[Span, ...] = ()
    partly: tuple[tuple[Span, str], ...] = ()
    missing: tuple[Span, ...] = ()


def owed(con: duckdb.DuckDBPyConnection, city: str, dataset: str) -> Owed:
    """Return the periods of a feed that are due."""
    found = rows(
        con, "SELECT * FROM ops.expected_arrivals WHERE city = ? AND dataset = ?", [city, dataset]
    )
    spans: dict[str, list[Span]] = {}
    for row in found:
        spans.setdefault(row["state"], []).append((row["first_date"], row["last_date"]))
    partly = [row for row in found if row["state"] == PeriodState.PARTLY]
    return Owed(
        tuple(spans.get(PeriodState.ARRIVED, ())),
        tuple(((row["first_date"], row["last_date"]), _per_cent(row)) for row in partly),
        (*spans.get(PeriodState.LATE, ()), *spans.get(PeriodState.EMPTY, ())),
    )


def _per_cent(row: Mapping[str, Any]) -> str:
    records, promised = row.get("records"), row.get("owed")
    return f"{100 * records // promised}%" if records is not None and promised else ""


def by_month(extracts: Sequence[Extract], due: Owed, today: date) -> list[Row]:
    """Return a row for each of the feed's newest years, with a cell for each month."""
    cell = _judge(extracts, due, today)
    lines = []
    for year in _years(extracts, due.missing, today):
        months = [_month(year, month) for month in range(1, 13)]
        lines.append(Row(f"{year + BE} ({year})", tuple(map(cell, months))))
    return lines


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

    There is none before the feed began and for what is yet to come. A span of which some came is
    there in part.
    """
    current = [extract for extract in extracts if extract.state == ExtractState.CURRENT]
    spans = [*map(_span, current), *due.missing]
    began = min((first for first, _ in spans), default=today)
    ended = max((last for _, last in spans), default=date.min)

    def cell(span: Span) -> Cell | None:
        if owing := _owing(span, due):
            return owing
        delivered = [extract for extract in current if _meet(_span(extract), span)]
        if any(extract.quarantined for extract in delivered):
            return Cell("quarantined")
        if delivered:
            return Cell("covered")
        return Cell("missing") if _meet((began, ended), span) else None

    return cell


def _owing(span: Span, due: Owed) -> Cell | None:
    """Return the cell of a span of which something is owed, or None where all of it came."""
    arrived = sum(_meet(one, span) for one in due.arrived)
    partly = [share for one, share in due.partly if _meet(one, span)]
    missing = sum(_meet(one, span) for one in due.missing)
    if missing and not arrived and not partly:
        return Cell("late")
    if len(partly) == 1 and not arrived and not missing:
        return Cell("partly", partly[0])
    if missing or partly:
        return Cell("partly", f"{arrived}/{arrived + len(partly) + missing}")
    return None


def _meet(one: Span, other: Span) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
