"""The scores of feeds, cities and the nation in a release, with reasons, from its inputs and the
calendar of arrivals."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from federation.common.reason import Reason, kind_of
from federation.common.sql import compose, identifier, identifiers
from federation.common.vocabulary import (
    Consequence,
    Dimension,
    ExtractState,
    PeriodState,
    ReasonCode,
    VerdictKind,
)
from federation.contracts.model import Feed
from federation.datasets.suites import Expectation, Suite, load_suite
from federation.extracts.catalogue import FeedKey
from federation.extracts.expected_arrivals import Expected, expected_arrivals
from federation.extracts.status import ReleaseInput
from federation.gate.extracts import applies
from federation.messages.reasons import english, thai
from federation.quality.scores import (
    DIMENSIONS,
    OVERALL,
    PERIODS,
    Period,
    ScoredDelivery,
    combine_scores,
    feed_scores,
    grade,
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
    missing: int  # of the newest periods
    periods: int  # the newest ones
    # dimension -> (code of what failed, records), the most records first
    faults: Mapping[str, list[tuple[str, int]]]


def score_rows(
    con: duckdb.DuckDBPyConnection,
    inputs: Sequence[ReleaseInput],
    feeds: Sequence[Feed],
    today: date,
    scores_kept: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """Return the rows of ops.scores; the facts of core must be there.

    `scores_kept` are rows of the release before, of feeds whose contract is refused: what was
    accepted of them keeps serving, and a city gains nothing by breaking a contract.
    """
    rows = []
    scores: dict[FeedKey, Scores] = {}
    for feed in feeds:
        inputs_of_feed = [entry for entry in inputs if entry.key == feed.key]
        scored = _scored(con, feed, inputs_of_feed, today)
        scores[feed.key] = scored.scores
        rows += _rows("feed", *feed.key, scored.scores, _reasons(scored))
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
    names |= {feed.city.key: {"th": feed.city.name_th, "en": feed.city.name_en} for feed in feeds}
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


def _scored(
    con: duckdb.DuckDBPyConnection, feed: Feed, inputs: Sequence[ReleaseInput], today: date
) -> Scored:
    periods = _periods(con, feed, inputs, expected_arrivals(feed, inputs, today))
    newest = periods[-PERIODS:]
    since = newest[0][0] if newest else ""
    applied = [entry for entry in feed.suite.expectations if applies(entry, feed)]
    measured = {*_ALWAYS, *(entry.dimension for entry in applied)}
    standing = [entry for entry in inputs if entry.state != ExtractState.SUPERSEDED]
    recent = [entry for entry in standing if entry.last_date >= since]
    return Scored(
        feed=feed,
        scores=feed_scores([period for _, period in periods], sorted(measured)),
        missing=sum(period.serving is None for _, period in newest),
        periods=len(newest),
        faults=_faults(feed.dataset, recent),
    )


def _periods(
    con: duckdb.DuckDBPyConnection,
    feed: Feed,
    inputs: Sequence[ReleaseInput],
    expected: Sequence[Expected],
) -> list[tuple[str, Period]]:
    """Return (last day, period) of what came and of what is late, oldest first."""
    grouped = _by_partition(inputs)
    covered = [(entries[0].first_date, entries[0].last_date) for entries in grouped]
    entities = _entities(con, feed.suite, inputs) if grouped else 0
    periods = [
        (entries[0].last_date, _period(feed, entries, expected, entities)) for entries in grouped
    ]
    for entry in expected:
        if entry.state == PeriodState.LATE and not _within(entry, covered):
            days = (entry.last_date - entry.first_date).days + 1
            periods.append((str(entry.last_date), Period(days, serving=None)))
    return sorted(periods, key=lambda pair: pair[0])


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


def _period(
    feed: Feed, entries: Sequence[ReleaseInput], expected: Sequence[Expected], entities: int
) -> Period:
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
        serving=_delivery(feed.dataset, serving) if serving else None,
        others=[_delivery(feed.dataset, entry) for entry in replaced],
        most_of_others=max((_received(entry) for entry in others), default=0),
        promised=_promised(feed.suite, first, _ended(last, expected), entities),
        days_late=_days_late(entries, expected, last),
    )


def _received(entry: ReleaseInput) -> int:
    return entry.records_received - entry.records_duplicate


def _ended(last: date, expected: Sequence[Expected]) -> date:
    """Return the last day of a period that is due: of a running year, only a part is due."""
    due = [entry.last_date for entry in expected if entry.state != PeriodState.NOT_DUE]
    return min(last, max(due)) if due else last


def _promised(suite: Suite, first: date, last: date, entities: int) -> float | None:
    """Return the records that the dataset's grain promises of a period: one per entity and step."""
    days = (last - first).days + 1
    years = last.year - first.year
    months = years * 12 + last.month - first.month
    steps_by_name = {"hour": days * 24, "day": days, "month": months + 1, "year": years + 1}
    steps = steps_by_name.get(suite.step, 0)
    return float(entities * steps) if steps > 0 and entities else None


def _entities(con: duckdb.DuckDBPyConnection, suite: Suite, inputs: Sequence[ReleaseInput]) -> int:
    """Return the number of stations or areas in the feed's newest periods.

    It is 1 where the city itself is the only one.
    """
    current = [entry for entry in inputs if entry.state == ExtractState.CURRENT]
    current.sort(key=lambda entry: entry.last_date)
    newest = current[-PERIODS:]
    named = [name for name in suite.key if name != suite.period.name]
    if not (suite.step and named and newest):
        return 1
    query = compose(
        """
        SELECT count(*)
        FROM (SELECT DISTINCT {columns} FROM {fact} WHERE list_contains(?, extract_id))
        """,
        columns=identifiers(named),
        fact=identifier("core", suite.fact),
    )
    extract_ids = [entry.extract_id for entry in newest]
    return int(con.execute(query, [extract_ids]).fetchall()[0][0])


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
    return {name: _reason(entry, faults_of.get(name, [])) for name in names}


def _reason(entry: Scored, faults: Sequence[tuple[str, int]]) -> tuple[str, str]:
    th = [f"{thai(entry.feed.dataset, code)} ({records:,})" for code, records in faults]
    en = [f"{english(entry.feed.dataset, code)} ({records:,})" for code, records in faults]
    if entry.missing:
        th.insert(0, f"ขาด {entry.missing} จาก {entry.periods} งวดล่าสุด")
        en.insert(0, f"{entry.missing} of the {entry.periods} newest periods are missing")
    return "; ".join(th), "; ".join(en)


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


def history_rows(releases: Iterable[Mapping[str, Any]], newest: int = 60) -> list[dict[str, Any]]:
    """Return the rows of ops.score_history from the manifests of the newest releases."""
    rows = []
    for release in list(releases)[:newest]:
        manifest = release["manifest"]
        measured_at = datetime.fromisoformat(manifest["created_at"])
        origin = {"release_id": release["release_id"], "measured_at": measured_at}
        rows += [score | origin for score in manifest.get("scores", [])]
    return rows
