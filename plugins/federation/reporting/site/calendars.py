"""For which months or years a feed has data, as rows of coverage calendars."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import duckdb

from federation.common.vocabulary import ExtractState
from federation.reporting.charts.coverage import Row
from federation.reporting.site.expectations import Extract

YEARS = 16  # the newest ones that a calendar shows
Span = tuple[date, date]


def late_spans(con: duckdb.DuckDBPyConnection, city: str, dataset: str) -> list[Span]:
    """Return the periods of a feed that are due and have not come."""
    query = """
        SELECT first_date, last_date
        FROM ops.expected_arrivals
        WHERE city = ? AND dataset = ? AND state = 'late'
        """
    return con.execute(query, [city, dataset]).fetchall()


def by_month(extracts: Sequence[Extract], late: Sequence[Span], today: date) -> list[Row]:
    """Return a row for each of the feed's newest years, with a state for each month."""
    state = _judge(extracts, late, today)
    rows = []
    for year in _years(extracts, late, today):
        months = [_month(year, month) for month in range(1, 13)]
        rows.append(Row(str(year), tuple(map(state, months))))
    return rows


def by_year(
    extracts: Sequence[Extract], late: Sequence[Span], years: Sequence[int], label: str, today: date
) -> Row:
    """Return one row with a state for each of these years."""
    state = _judge(extracts, late, today)
    spans = [(date(year, 1, 1), date(year, 12, 31)) for year in years]
    return Row(label, tuple(map(state, spans)))


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


def _judge(
    extracts: Sequence[Extract], late: Sequence[Span], today: date
) -> Callable[[Span], str | None]:
    """Return the function that gives the state of a span.

    The state is None before the feed began and for what is yet to come.
    """
    current = [extract for extract in extracts if extract.state == ExtractState.CURRENT]
    spans = [*map(_span, current), *late]
    began = min((first for first, _ in spans), default=today)
    ended = max((last for _, last in spans), default=date.min)

    def state(span: Span) -> str | None:
        if any(_meet(late_span, span) for late_span in late):  # in part at least
            return "late"
        delivered = [extract for extract in current if _meet(_span(extract), span)]
        if any(extract.quarantined for extract in delivered):
            return "quarantined"
        if delivered:
            return "covered"
        return "missing" if _meet((began, ended), span) else None

    return state


def _meet(one: Span, other: Span) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
