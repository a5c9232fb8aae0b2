"""Which months or years of a feed are there, for calendars of coverage."""

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
    return con.execute(
        "SELECT first_date, last_date FROM ops.expected_arrivals WHERE city = ? AND dataset = ? "
        "AND state = 'late'",
        [city, dataset],
    ).fetchall()


def by_month(extracts: Sequence[Extract], late: Sequence[Span], today: date) -> list[Row]:
    """Return a row for each of the newest years that the feed tells of, with a state for each
    month."""
    years = _years(extracts, late, today)
    state = _judge(extracts, late, today)
    return [
        Row(str(year), tuple(state(_month(year, month)) for month in range(1, 13)))
        for year in years
    ]


def by_year(
    extracts: Sequence[Extract], late: Sequence[Span], years: Sequence[int], label: str, today: date
) -> Row:
    """Return one row with a state for each of these years."""
    state = _judge(extracts, late, today)
    return Row(label, tuple(state((date(year, 1, 1), date(year, 12, 31))) for year in years))


def _years(extracts: Sequence[Extract], late: Sequence[Span], today: date) -> list[int]:
    known = [extract.first_date.year for extract in extracts] + [first.year for first, _ in late]
    last = max(
        [*(extract.last_date.year for extract in extracts), *(end.year for _, end in late)],
        default=today.year,
    )
    return list(range(max(min(known, default=today.year), last - YEARS + 1), last + 1))


def _month(year: int, month: int) -> Span:
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1)


def _judge(
    extracts: Sequence[Extract], late: Sequence[Span], today: date
) -> Callable[[Span], str | None]:
    """Return what says of a span whether it is there.

    None before the feed began and for what is yet to come.
    """
    current = [extract for extract in extracts if extract.state == ExtractState.CURRENT]
    began = min(
        [*(extract.first_date for extract in current), *(first for first, _ in late)], default=today
    )

    def state(span: Span) -> str | None:
        there = [
            extract for extract in current if _meet((extract.first_date, extract.last_date), span)
        ]
        if any(_meet(entry, span) for entry in late):  # in part at least
            return "late"
        if there:
            return "quarantined" if any(extract.quarantined for extract in there) else "covered"
        return "missing" if began <= span[1] and span[0] <= _last(current, late) else None

    return state


def _last(current: Sequence[Extract], late: Sequence[Span]) -> date:
    return max(
        [*(extract.last_date for extract in current), *(end for _, end in late)], default=date.min
    )


def _meet(one: Span, other: Span) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
