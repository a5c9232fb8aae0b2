"""A feed's calendar of arrivals: what should have come by when. No DAG need have run."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from federation.common.vocabulary import ExtractState, PeriodState
from federation.contracts.model import Feed
from federation.extracts.dated import NEWEST_PERIODS, Dated, is_sufficient, records_owed
from federation.extracts.status import ReleaseInput
from federation.reference.working_days import working_day

NOT_LOOKED_INTO = Dated()
_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
_PARTS = (1, 9, 17, 25)  # first days of the parts of a month that is told four times


@dataclass(frozen=True)
class Expected:
    """One period that is due for a feed, with three times: what it covers, when it was sent, when
    it was loaded; and how many records are dated in it."""

    city: str
    dataset: str
    first_date: date
    last_date: date
    due_on: date
    state: PeriodState
    sent_at: datetime | None
    loaded_at: datetime | None
    days_late: int
    records: int | None = None  # None: nobody looked into its extracts
    owed: int | None = None  # records that the grain promises; None: nobody knows
    newest: date | None = None  # the last day of the feed that a record is about

    @property
    def has_come(self) -> bool:
        """Whether records dated in the period came."""
        return self.state in (PeriodState.ARRIVED, PeriodState.PARTLY)

    @property
    def is_missing(self) -> bool:
        """Whether it is due, and no record dated in it came."""
        return self.state in (PeriodState.LATE, PeriodState.EMPTY)


def expected_arrivals(
    feed: Feed, inputs: Iterable[ReleaseInput], today: date, told: Dated = NOT_LOOKED_INTO
) -> list[Expected]:
    """Return the periods that have ended since the feed began, in order; none for an irregular
    feed.

    A feed begins with the first record of its first accepted extract, or on the day from which its
    contract promises deliveries (`generalAvailability`) where that is earlier. A period has arrived
    with the first accepted extract that covers its last day, was sent after it and holds records of
    it: so the file of a running year is due again after each quarter. `told` says what extracts
    hold; one that nobody looked into, or of a dataset of events, is taken at its path. A feed that
    its city has stopped (`endOfLife`) owes no period that ends later.
    """
    accepted = [
        entry
        for entry in inputs
        if entry.key == feed.key and entry.state in (ExtractState.CURRENT, ExtractState.SUPERSEDED)
    ]
    if feed.latency_days is None or not (accepted or feed.available_from):
        return []
    began = min([*_first_days(feed, accepted, told), *filter(None, [feed.available_from])])
    calendar = _Calendar(feed, accepted, told, began, today)
    spans = [span for span in periods(feed.cadence, began, today) if _is_owed(feed, span[1])]
    return [calendar.expected(first, last) for first, last in spans]


def _is_owed(feed: Feed, last_day: date) -> bool:
    """Whether a feed promises the whole of a period that ends on a day; a city that has stopped a
    feed does not."""
    return feed.retirement is None or last_day <= feed.retirement.last_day


def _first_days(feed: Feed, accepted: Sequence[ReleaseInput], told: Dated) -> list[date]:
    """Return the day on which the feed's first extract begins, as a list of one or of none: a
    yearly file may begin in its middle."""
    if not accepted:
        return []
    first_date = min(entry.first_date for entry in accepted)
    first = [entry for entry in accepted if entry.first_date == first_date]
    oldest = told.oldest(first) if feed.suite.step else None
    return [oldest or date.fromisoformat(first_date)]


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


@dataclass(frozen=True)
class _Calendar:
    """The accepted extracts of a feed, to be held against its periods."""

    feed: Feed
    accepted: Sequence[ReleaseInput]
    told: Dated
    began: date
    today: date

    @cached_property
    def current(self) -> list[ReleaseInput]:
        return [entry for entry in self.accepted if entry.state == ExtractState.CURRENT]

    @cached_property
    def entities(self) -> int:
        return self.told.entities(self.current)

    @cached_property
    def newest(self) -> date | None:
        return self.told.newest(self.current)

    def expected(self, first: date, last: date) -> Expected:
        """Return one period with its state."""
        assert self.feed.latency_days is not None
        due_on = working_day(last + timedelta(days=self.feed.latency_days))
        covering = [
            entry
            for entry in self.accepted
            if entry.first_date <= last.isoformat() <= entry.last_date
            and _sent(entry)[:10] > last.isoformat()
        ]
        came = sorted(
            (_sent(entry), entry.arrived_at or "")
            for entry in covering
            if self._holds(entry, first, last)
        )
        sent_at, loaded_at = map(_instant, came[0]) if came else (None, None)
        records, owed = self._records(first, last)
        state = self._state(bool(came), bool(covering), records, owed)
        if not came and self.today <= due_on:
            state = PeriodState.NOT_DUE
        until = sent_at.date() if sent_at else self.today
        return Expected(
            *self.feed.key,
            first,
            last,
            due_on,
            state,
            sent_at,
            loaded_at,
            days_late=max(0, (until - due_on).days),
            records=records,
            owed=owed,
            newest=self.newest,
        )

    def _holds(self, entry: ReleaseInput, first: date, last: date) -> bool:
        held = self.told.of(entry)
        return held is None or not self.feed.suite.step or held.within(first, last) > 0

    def _records(self, first: date, last: date) -> tuple[int | None, int | None]:
        """Return how many records of the period serve, and how many are owed."""
        start, end = first.isoformat(), last.isoformat()
        about = [
            entry for entry in self.current if entry.first_date <= end and start <= entry.last_date
        ]
        if not about:
            return 0, None
        owed = records_owed(self.feed.suite, max(first, self.began), last, self.entities)
        return self.told.within(about, first, last), owed

    @staticmethod
    def _state(came: bool, is_covered: bool, records: int | None, owed: int | None) -> PeriodState:
        if not came:
            return PeriodState.EMPTY if is_covered else PeriodState.LATE
        if records is not None and not is_sufficient(records, owed):
            return PeriodState.PARTLY
        return PeriodState.ARRIVED


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


def silent(expected: Sequence[Expected]) -> list[Expected]:
    """Return the periods that are due and have not come since the newest that came, oldest
    first."""
    since = max((place + 1 for place, entry in enumerate(expected) if entry.has_come), default=0)
    return [entry for entry in expected[since:] if entry.is_missing]


def is_dormant(expected: Sequence[Expected]) -> bool:
    """Return whether a feed has been silent for so many periods that nobody waits any more."""
    return len(silent(expected)) > NEWEST_PERIODS
