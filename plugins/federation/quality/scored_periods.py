"""The periods of a feed as its score sees them: what came, what was replaced, what failed in it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from federation.common.reason import Reason, kind_of
from federation.common.vocabulary import (
    Consequence,
    Dimension,
    ExtractState,
    PeriodState,
    ReasonCode,
    VerdictKind,
)
from federation.contracts.model import Feed
from federation.datasets.suites import Expectation, load_suite
from federation.extracts.dated import Dated, records_owed
from federation.extracts.expected_arrivals import Expected
from federation.extracts.status import ReleaseInput
from federation.quality.scores import Period, ScoredDelivery

_ACCEPTED = (ExtractState.CURRENT, ExtractState.SUPERSEDED)
# The dimension of each reason that is not of an expectation; all others are of validity.
_DIMENSION = {
    ReasonCode.MISSING: Dimension.COMPLETENESS,
    ReasonCode.UNKNOWN_AREA: Dimension.CONSISTENCY,
    ReasonCode.FOREIGN_AREA: Dimension.CONSISTENCY,
    ReasonCode.OUTSIDE_PARTITION: Dimension.CONSISTENCY,
    ReasonCode.CONFLICTING_VALUES: Dimension.UNIQUENESS,
    ReasonCode.MISSING_COLUMN: Dimension.COMPLETENESS,
    ReasonCode.MISSING_MEASURE: Dimension.COMPLETENESS,
    ReasonCode.REPEATED_DELIVERY: Dimension.UNIQUENESS,
    ReasonCode.CONSTANT_COLUMN: Dimension.ACCURACY,
    ReasonCode.TIME_ZONE_SHIFT: Dimension.ACCURACY,
}


@dataclass(frozen=True)
class ScoredPeriods:
    """The periods of a feed for its score."""

    feed: Feed
    inputs: Sequence[ReleaseInput]
    expected: Sequence[Expected]
    told: Dated

    def all(self) -> list[tuple[str, Period]]:
        """Return (last day, period) of what came and of what is late, oldest first."""
        grouped = _by_partition(self.inputs)
        covered = [(entries[0].first_date, entries[0].last_date) for entries in grouped]
        periods = [(entries[0].last_date, self._period(entries)) for entries in grouped]
        for entry in self.expected:
            if entry.state == PeriodState.LATE and not _within(entry, covered):
                days = (entry.last_date - entry.first_date).days + 1
                periods.append((str(entry.last_date), Period(days, serving=None)))
        return sorted(periods, key=lambda pair: pair[0])

    def _period(self, entries: Sequence[ReleaseInput]) -> Period:
        serving = next((entry for entry in entries if entry.state == ExtractState.CURRENT), None)
        others = [entry for entry in entries if entry is not serving]
        first = date.fromisoformat(entries[0].first_date)
        last = date.fromisoformat(entries[0].last_date)
        replaced = [
            entry
            for entry in others
            if entry.state == ExtractState.SUPERSEDED and entry.verdict != VerdictKind.REJECTED
        ]
        return Period(
            days=(last - first).days + 1,
            serving=self._delivery(serving) if serving else None,
            others=[self._delivery(entry) for entry in replaced],
            most_of_others=max((_received(entry) for entry in others), default=0),
            promised=self._promised(first, last),
            days_late=_days_late(entries, self.expected, last),
        )

    def _promised(self, first: date, last: date) -> float | None:
        """Return the records that the dataset's grain promises of a period: of the first one since
        the feed began, of a running one up to what is due."""
        start, end = max(first, self._began or first), _ended(last, self.expected)
        owed = records_owed(self.feed.suite, start, end, self._entities)
        return None if owed is None else float(owed)

    @cached_property
    def _entities(self) -> int:
        """The number of stations or areas in the feed's newest periods; 1 for one without data."""
        current = [entry for entry in self.inputs if entry.state == ExtractState.CURRENT]
        return self.told.entities(current) or 1

    @cached_property
    def _began(self) -> date | None:
        """The first day that a record is about, of a feed whose extracts were all looked into."""
        return self.told.oldest(entry for entry in self.inputs if entry.state in _ACCEPTED)

    def _delivery(self, entry: ReleaseInput) -> ScoredDelivery:
        return _delivery(self.feed.dataset, entry)


def _by_partition(inputs: Sequence[ReleaseInput]) -> list[list[ReleaseInput]]:
    """Return the extracts period by period, oldest first, without periods whose extracts are all
    superseded."""
    by_period: dict[tuple[str, str], list[ReleaseInput]] = {}
    for entry in inputs:
        by_period.setdefault((entry.last_date, entry.first_date), []).append(entry)
    in_order = [by_period[key] for key in sorted(by_period)]
    return [
        entries
        for entries in in_order
        if any(entry.state != ExtractState.SUPERSEDED for entry in entries)
    ]


def _within(entry: Expected, covered: Iterable[tuple[str, str]]) -> bool:
    start, end = str(entry.first_date), str(entry.last_date)
    return any(first <= start and end <= last for first, last in covered)


def _received(entry: ReleaseInput) -> int:
    return entry.records_received - entry.records_duplicate


def _ended(last: date, expected: Sequence[Expected]) -> date:
    """Return the last day of a period that is due: of a running year, only a part is due."""
    due = [entry.last_date for entry in expected if entry.state != PeriodState.NOT_DUE]
    return min(last, max(due)) if due else last


def _days_late(entries: Sequence[ReleaseInput], expected: Sequence[Expected], last: date) -> int:
    """Return how many days late a period came.

    What was due before the hub first loaded a file of the feed does not count.
    """
    began = min((entry.loaded_at for entry in expected if entry.loaded_at), default=None)
    if began is None:
        return 0
    first = entries[0].first_date
    of_period = [entry for entry in expected if first <= str(entry.last_date) <= str(last)]
    days_late = [
        entry.days_late
        for entry in of_period
        if entry.due_on > began.date() and entry.state == PeriodState.ARRIVED
    ]
    return max(days_late, default=0)


def _delivery(dataset: str, entry: ReleaseInput) -> ScoredDelivery:
    failing = Counter[str]()
    failing[Dimension.COMPLETENESS] = entry.records_quarantined
    failing[Dimension.UNIQUENESS] = entry.records_duplicate
    findings_on_file: Counter[str] = Counter()
    for reason in entry.reasons:
        dimension = dimension_of(dataset, reason.code)
        if not counts(reason):
            continue
        if _about_the_file(dataset, reason) or not reason.records:
            findings_on_file[dimension] += 1
        else:
            failing[dimension] = max(failing[dimension], reason.records)
    return ScoredDelivery(_received(entry), failing, findings_on_file)


def counts(reason: Reason) -> bool:
    """Whether a reason is about a fault of the data."""
    held = reason.kind == ReasonCode.HELD_FOR_APPROVAL
    return not held and reason.consequence != Consequence.WAIVE


def _about_the_file(dataset: str, reason: Reason) -> bool:
    """Whether a reason is about an extract as a whole, not about single records."""
    expectation = _expectation(dataset, reason.code)
    if expectation:
        return expectation.about_the_file
    return reason.consequence != Consequence.QUARANTINE


def _expectation(dataset: str, code: str) -> Expectation | None:
    return next((entry for entry in load_suite(dataset).expectations if entry.id == code), None)


def dimension_of(dataset: str, code: str) -> Dimension:
    """Return the quality dimension that a reason's code is about."""
    kind = kind_of(code)
    if kind == ReasonCode.HELD_FOR_APPROVAL:
        return Dimension.CONSISTENCY
    expectation = _expectation(dataset, code)
    if expectation:
        return Dimension(expectation.dimension)
    return _DIMENSION.get(kind, Dimension.VALIDITY)
