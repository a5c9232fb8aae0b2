"""A feed's calendar of arrivals: what should have come by when. No DAG need have run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from federation.common.vocabulary import ExtractState, PeriodState
from federation.contracts.model import Feed
from federation.extracts.status import ReleaseInput
from federation.reference.working_days import working_day

_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
_PARTS = (1, 9, 17, 25)  # first days of the parts of a month that is told four times


@dataclass(frozen=True)
class Expected:
    """One period that is due for a feed, with three times: what it covers, when it was sent, when
    it was loaded."""

    city: str
    dataset: str
    first_date: date
    last_date: date
    due_on: date
    state: PeriodState  # late: due and not there
    sent_at: datetime | None
    loaded_at: datetime | None
    days_late: int


def expected_arrivals(feed: Feed, inputs: Iterable[ReleaseInput], today: date) -> list[Expected]:
    """Return the periods that have ended since the feed began, in order; none for an irregular
    feed.

    A feed begins with its first accepted extract, or on the day from which its contract promises
    deliveries (`generalAvailability`) where that is earlier. A period has arrived with the first
    accepted extract that covers its last day and was sent after it: so the file of a running year
    is due again after each quarter.
    """
    accepted = [
        entry
        for entry in inputs
        if entry.key == feed.key and entry.state in (ExtractState.CURRENT, ExtractState.SUPERSEDED)
    ]
    first_dates = [date.fromisoformat(entry.first_date) for entry in accepted]
    if feed.latency_days is None or not (first_dates or feed.available_from):
        return []
    began = min([*first_dates, *filter(None, [feed.available_from])])
    return [
        _expected(feed, first, last, accepted, today)
        for first, last in periods(feed.cadence, began, today)
    ]


def periods(cadence: str, began: date, today: date) -> Iterator[tuple[date, date]]:
    """Yield the calendar periods of a cadence from the one that holds `began` to the last that
    ended before `today`."""
    first = _first_day(cadence, began)
    while True:
        following = _following(cadence, first)
        if following > today:
            return
        yield first, following - timedelta(days=1)
        first = following


def _first_day(cadence: str, day: date) -> date:
    if cadence == "four_times_a_month":
        return day.replace(day=max(part for part in _PARTS if part <= day.day))
    months = _MONTHS[cadence]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def _following(cadence: str, first: date) -> date:
    if cadence == "four_times_a_month" and first.day < _PARTS[-1]:
        return first.replace(day=_PARTS[_PARTS.index(first.day) + 1])
    months = first.month - 1 + _MONTHS.get(cadence, 1)
    return date(first.year + months // 12, months % 12 + 1, 1)


def _expected(
    feed: Feed, first: date, last: date, accepted: Iterable[ReleaseInput], today: date
) -> Expected:
    assert feed.latency_days is not None
    due_on = working_day(last + timedelta(days=feed.latency_days))
    came = sorted(
        (_sent(entry), entry.arrived_at or "")
        for entry in accepted
        if entry.first_date <= last.isoformat() <= entry.last_date
        and _sent(entry)[:10] > last.isoformat()
    )
    sent_at, loaded_at = map(_instant, came[0]) if came else (None, None)
    overdue = PeriodState.LATE if today > due_on else PeriodState.NOT_DUE
    state = PeriodState.ARRIVED if came else overdue
    until = sent_at.date() if sent_at else today
    days_late = max(0, (until - due_on).days)
    return Expected(*feed.key, first, last, due_on, state, sent_at, loaded_at, days_late)


def _sent(entry: ReleaseInput) -> str:
    return entry.modified_at or entry.arrived_at or ""


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def late(expected: Iterable[Expected]) -> list[Expected]:
    """Return the periods that are due and have not come, the longest overdue first."""
    return sorted(
        (entry for entry in expected if entry.state == PeriodState.LATE),
        key=lambda entry: entry.due_on,
    )
