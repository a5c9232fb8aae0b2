"""The scores of feeds, cities and the nation in a release, with reasons, from its inputs and the
calendar of arrivals."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

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
from federation.extracts.catalogue import FeedKey
from federation.extracts.dated import NEWEST_PERIODS as PERIODS
from federation.extracts.dated import Dated, records_owed
from federation.extracts.expected_arrivals import Expected, expected_arrivals, is_dormant
from federation.extracts.status import ReleaseInput
from federation.gate.extracts import applies
from federation.messages.reasons import english, thai
from federation.quality.lost_points import Shortfall, shortfall_of
from federation.quality.scores import (
    DIMENSIONS,
    OVERALL,
    Period,
    ScoredDelivery,
    combine_scores,
    feed_scores,
    grade,
    score_of_what_came,
)

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
_ALWAYS = (
    Dimension.COMPLETENESS,
    Dimension.VALIDITY,
    Dimension.UNIQUENESS,
    Dimension.TIMELINESS,
)
_OF_TIME = (Dimension.COMPLETENESS, Dimension.TIMELINESS, OVERALL)
_ACCEPTED = (ExtractState.CURRENT, ExtractState.SUPERSEDED)
_REASONS_SHOWN = 3
_CONTRACT_REFUSED = (
    "ข้อตกลงใช้ไม่ได้ คะแนนเป็นของชุดก่อนหน้า",
    "the contract is refused; the score is that of the release before",
)


Scores = Mapping[str, float | None]  # by dimension, `overall` among them


@dataclass(frozen=True)
class Scored:
    """One feed's scores, and their reasons."""

    feed: Feed
    scores: Scores
    what_came: float | None  # how much of what came is there and right, however old it is
    shortfall: Shortfall
    expected: Sequence[Expected]  # its calendar
    # dimension -> (code of what failed, records), the most records first
    faults: Mapping[str, list[tuple[str, int]]]

    @property
    def is_dormant(self) -> bool:
        """Whether it has been silent for so long that nobody waits any more."""
        return is_dormant(self.expected)


def score_rows(
    scored: Sequence[Scored], scores_kept: Sequence[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """Return the rows of ops.scores for the scores of feeds.

    `scores_kept` are rows of the release before, of feeds whose contract is refused: what was
    accepted of them keeps serving, and a city gains nothing by breaking a contract.
    """
    rows = []
    scores: dict[FeedKey, Scores] = {}
    for entry in scored:
        scores[entry.feed.key] = entry.scores
        of_feed = _rows("feed", *entry.feed.key, entry.scores, _reasons(entry))
        rows += _ungraded(of_feed) if entry.is_dormant else of_feed
    for key, scores_before in _by_feed(scores_kept).items():
        scores[key] = scores_before
        rows += _rows("feed", *key, scores_before, dict.fromkeys(scores_before, _CONTRACT_REFUSED))
    of_cities = {}
    for city in dict.fromkeys(city for city, _ in scores):
        of_feeds = {dataset: entry for (owner, dataset), entry in scores.items() if owner == city}
        of_cities[city] = combine_scores(list(of_feeds.values()))
        titles = {name: load_suite(name).title for name in of_feeds}
        rows += _rows("city", city, None, of_cities[city], _lowest(of_feeds, titles))
    names = {city: {"th": city, "en": city} for city in of_cities}
    cities = {entry.feed.city.key: entry.feed.city for entry in scored}
    names |= {key: {"th": city.name_th, "en": city.name_en} for key, city in cities.items()}
    of_nation = combine_scores(list(of_cities.values()))
    return rows + _rows("nation", None, None, of_nation, _lowest(of_cities, names))


def _by_feed(rows: Iterable[Mapping[str, Any]]) -> dict[FeedKey, Scores]:
    """Return the scores of rows of ops.scores; one that has no row is None."""
    by_feed: dict[FeedKey, dict[str, float | None]] = {}
    for row in rows:
        no_scores: dict[str, float | None] = dict.fromkeys((*DIMENSIONS, OVERALL))
        scores = by_feed.setdefault((row["city"], row["dataset"]), no_scores)
        scores[row["dimension"]] = row["score"]
    return {**by_feed}


def score_feeds(
    inputs: Sequence[ReleaseInput], feeds: Sequence[Feed], told: Dated, today: date
) -> list[Scored]:
    """Return what each feed scores; `told` says what its newest extracts hold."""
    return [
        _scored(feed, [entry for entry in inputs if entry.key == feed.key], told, today)
        for feed in feeds
    ]


def _scored(feed: Feed, inputs: Sequence[ReleaseInput], told: Dated, today: date) -> Scored:
    expected = expected_arrivals(feed, inputs, today, told)
    dated_periods = _Periods(feed, inputs, expected, told).all()
    periods = [period for _, period in dated_periods]
    newest = dated_periods[-PERIODS:]
    since = newest[0][0] if newest else ""
    applied = [entry for entry in feed.suite.expectations if applies(entry, feed)]
    measured = sorted({*_ALWAYS, *(entry.dimension for entry in applied)})
    is_regular = feed.latency_days is not None
    standing = [entry for entry in inputs if entry.state != ExtractState.SUPERSEDED]
    recent = [entry for entry in standing if entry.last_date >= since]
    return Scored(
        feed=feed,
        scores=feed_scores(periods, measured, is_regular=is_regular),
        what_came=score_of_what_came(periods, measured),
        shortfall=shortfall_of(periods, recent, is_regular=is_regular),
        faults=_faults(feed.dataset, recent),
        expected=expected,
    )


@dataclass(frozen=True)
class _Periods:
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
        held = [self.told.of(entry) for entry in self.inputs if entry.state in _ACCEPTED]
        oldest = [entry.oldest for entry in held if entry and entry.oldest]
        return min(oldest) if oldest and None not in held else None

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
        if not _counts(reason):
            continue
        if _about_the_file(dataset, reason) or not reason.records:
            findings_on_file[dimension] += 1
        else:
            failing[dimension] = max(failing[dimension], reason.records)
    return ScoredDelivery(_received(entry), failing, findings_on_file)


def _counts(reason: Reason) -> bool:
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


def _faults(dataset: str, entries: Iterable[ReleaseInput]) -> dict[str, list[tuple[str, int]]]:
    """Return dimension -> (code of what failed, records), the most records first."""
    counters: dict[str, Counter[str]] = {}
    reasons = [reason for entry in entries for reason in entry.reasons if _counts(reason)]
    for reason in reasons:
        counter = counters.setdefault(dimension_of(dataset, reason.code), Counter())
        counter[reason.code] += max(1, reason.records)
    return {
        dimension: counter.most_common(_REASONS_SHOWN) for dimension, counter in counters.items()
    }


def _reasons(entry: Scored) -> dict[str, tuple[str, str]]:
    """Return dimension -> why, in Thai and English."""
    all_faults = [fault for faults in entry.faults.values() for fault in faults]
    faults_of = {**entry.faults, OVERALL: all_faults[:_REASONS_SHOWN]}
    names = (*DIMENSIONS, OVERALL)
    return {name: _reason(entry, name, faults_of.get(name, [])) for name in names}


def _reason(entry: Scored, dimension: str, faults: Sequence[tuple[str, int]]) -> tuple[str, str]:
    said_first = list(entry.shortfall.why(dimension))
    th = [f"{thai(entry.feed.dataset, code)} ({records:,})" for code, records in faults]
    en = [f"{english(entry.feed.dataset, code)} ({records:,})" for code, records in faults]
    if entry.is_dormant and dimension in _OF_TIME:
        th.insert(0, "ไม่เป็นปัจจุบัน")
        en.insert(0, "silent for long")
    return (
        "; ".join([*(text.th for text in said_first), *th]),
        "; ".join([*(text.en for text in said_first), *en]),
    )


def _lowest(
    scores: Mapping[str, Scores], names: Mapping[str, Mapping[str, str]]
) -> dict[str, tuple[str, str]]:
    """Return dimension -> the lowest scores with their names, in Thai and English."""
    lowest = {}
    for dimension in (*DIMENSIONS, OVERALL):
        scored = [(entry[dimension], key) for key, entry in scores.items()]
        present = sorted((score, key) for score, key in scored if score is not None)
        worst = present[:_REASONS_SHOWN]
        th = ", ".join(f"{names[key]['th']} {score:g}" for score, key in worst)
        en = ", ".join(f"{names[key]['en']} {score:g}" for score, key in worst)
        lowest[dimension] = (f"ต่ำสุด: {th}", f"lowest: {en}") if worst else ("", "")
    return lowest


def _rows(
    scope: str,
    city: str | None,
    dataset: str | None,
    scores: Scores,
    reasons: Mapping[str, tuple[str, str]],
) -> list[dict[str, Any]]:
    return [
        {
            "scope": scope,
            "city": city,
            "dataset": dataset,
            "dimension": dimension,
            "score": score,
            "grade": grade(score),
            "reasons_th": reasons[dimension][0],
            "reasons_en": reasons[dimension][1],
        }
        for dimension, score in scores.items()
    ]


def _ungraded(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of a dormant feed: what it does not send has no grade, though its score
    counts for the city."""
    return [row | {"grade": None} if row["dimension"] in _OF_TIME else row for row in rows]


def history_rows(releases: Iterable[Mapping[str, Any]], newest: int = 60) -> list[dict[str, Any]]:
    """Return the rows of ops.score_history from the manifests of the newest releases."""
    rows = []
    for release in list(releases)[:newest]:
        manifest = release["manifest"]
        measured_at = datetime.fromisoformat(manifest["created_at"])
        origin = {"release_id": release["release_id"], "measured_at": measured_at}
        rows += [score | origin for score in manifest.get("scores", [])]
    return rows
