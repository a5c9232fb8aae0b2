"""What each feed, city and the nation score in a release, and why, from its inputs and the
calendar of arrivals."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
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

# What the reasons of conforming are faults of; those of the profile, and all others, are of
# validity.
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


@dataclass(frozen=True)
class Scored:
    """One feed's scores, and what they rest on."""

    feed: Feed
    scores: Mapping[str, float | None]
    missing: int
    periods: int
    faults: Mapping[
        str, list[tuple[str, int]]
    ]  # dimension -> codes of what failed and records, the most first


def score_rows(
    con: duckdb.DuckDBPyConnection,
    inputs: Sequence[ReleaseInput],
    feeds: Sequence[Feed],
    today: date,
    kept: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """Return the rows of ops.scores; the facts of core must be there.

    `kept` are scores of the release before, of feeds whose contract is refused: what was accepted
    of them keeps serving, and a city gains nothing by breaking a contract.
    """
    scored = [
        _scored(con, feed, [entry for entry in inputs if entry.key == feed.key], today)
        for feed in feeds
    ]
    rows = [row for entry in scored for row in _rows("feed", *_of(entry), _reasons(entry))]
    scores = {entry.feed.key: entry.scores for entry in scored}
    for key, known in _kept_scores(kept).items():
        rows += _rows("feed", *key, known, dict.fromkeys(known, _CONTRACT_REFUSED))
        scores[key] = known
    cities = {}
    for city in dict.fromkeys(city for city, _ in scores):
        ours = {dataset: found for (owner, dataset), found in scores.items() if owner == city}
        cities[city] = combine_scores(list(ours.values()))
        titles = {name: load_suite(name).title for name in ours}
        rows += _rows("city", city, None, cities[city], _lowest(ours, titles))
    names = {city: {"th": city, "en": city} for city in cities}
    names |= {feed.city.key: {"th": feed.city.name_th, "en": feed.city.name_en} for feed in feeds}
    nation = combine_scores(list(cities.values()))
    return rows + _rows("nation", None, None, nation, _lowest(cities, names))


def _of(entry: Scored) -> tuple[str, str, Mapping[str, float | None]]:
    return *entry.feed.key, entry.scores


def _kept_scores(
    rows: Iterable[Mapping[str, Any]],
) -> dict[tuple[str, str], dict[str, float | None]]:
    found: dict[tuple[str, str], dict[str, float | None]] = {}
    for row in rows:
        unknown: dict[str, float | None] = dict.fromkeys((*DIMENSIONS, OVERALL))
        known = found.setdefault((row["city"], row["dataset"]), unknown)
        known[row["dimension"]] = row["score"]
    return found


def _scored(
    con: duckdb.DuckDBPyConnection, feed: Feed, inputs: Sequence[ReleaseInput], today: date
) -> Scored:
    suite = feed.suite
    expected = expected_arrivals(feed, inputs, today)
    grouped = _by_partition(inputs)
    known = [
        _period(feed, suite, entries, expected, _entities(con, suite, inputs))
        for entries in grouped
    ]
    covered = [(entries[0].first_date, entries[0].last_date) for entries in grouped]
    gone = [
        entry
        for entry in expected
        if entry.state == PeriodState.LATE and not _within(entry, covered)
    ]
    dated = [(entries[0].last_date, period) for entries, period in zip(grouped, known, strict=True)]
    dated += [
        (str(entry.last_date), Period((entry.last_date - entry.first_date).days + 1, None))
        for entry in gone
    ]
    dated = sorted(dated, key=lambda pair: pair[0])
    newest = dated[-PERIODS:]
    since = newest[0][0] if newest else ""
    measured = {entry.dimension for entry in suite.expectations if applies(entry, feed)} | set(
        _ALWAYS
    )
    recent = [
        entry
        for entry in inputs
        if entry.state != ExtractState.SUPERSEDED and entry.last_date >= since
    ]
    return Scored(
        feed,
        feed_scores([period for _, period in dated], sorted(measured)),
        sum(period.serving is None for _, period in newest),
        len(newest),
        _faults(feed.dataset, recent),
    )


def _by_partition(inputs: Sequence[ReleaseInput]) -> list[list[ReleaseInput]]:
    """Return the extracts period by period, oldest first, without periods that another one took
    over whole."""
    found: dict[tuple[str, str], list[ReleaseInput]] = {}
    for entry in inputs:
        found.setdefault((entry.last_date, entry.first_date), []).append(entry)
    return [
        found[key]
        for key in sorted(found)
        if any(entry.state != ExtractState.SUPERSEDED for entry in found[key])
    ]


def _within(entry: Expected, covered: Iterable[tuple[str, str]]) -> bool:
    return any(
        first <= str(entry.first_date) and str(entry.last_date) <= last for first, last in covered
    )


def _period(
    feed: Feed,
    suite: Suite,
    entries: Sequence[ReleaseInput],
    expected: Sequence[Expected],
    entities: int,
) -> Period:
    serving = next((entry for entry in entries if entry.state == ExtractState.CURRENT), None)
    others = [entry for entry in entries if entry is not serving]
    first, last = (
        date.fromisoformat(getattr(entries[0], name)) for name in ("first_date", "last_date")
    )
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
        promised=_promised(suite, first, _ended(last, expected), entities),
        days_late=_days_late(entries, expected, last),
    )


def _received(entry: ReleaseInput) -> int:
    return entry.records_received - entry.records_duplicate


def _ended(last: date, expected: Sequence[Expected]) -> date:
    """Return the last day that is due of a period: a running year owes what has ended and was
    due."""
    due = [entry.last_date for entry in expected if entry.state != PeriodState.NOT_DUE]
    return min(last, max(due)) if due else last


def _promised(suite: Suite, first: date, last: date, entities: int) -> float | None:
    """Return the records that the dataset's grain promises of a period: one per entity and step."""
    days = (last - first).days + 1
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    steps = {
        "hour": days * 24,
        "day": days,
        "month": months,
        "year": last.year - first.year + 1,
    }.get(suite.step)
    return float(entities * steps) if steps and steps > 0 and entities else None


def _entities(con: duckdb.DuckDBPyConnection, suite: Suite, inputs: Sequence[ReleaseInput]) -> int:
    """Return how many stations or areas the feed's newest periods tell of.

    1 where the city itself is the only one.
    """
    current = sorted(
        (entry for entry in inputs if entry.state == ExtractState.CURRENT),
        key=lambda entry: entry.last_date,
    )[-PERIODS:]
    named = [name for name in suite.key if name != suite.period.name]
    if not (suite.step and named and current):
        return 1
    query = compose(
        """
        SELECT count(*)
        FROM (SELECT DISTINCT {columns} FROM {fact} WHERE list_contains(?, extract_id))
        """,
        columns=identifiers(named),
        fact=identifier("core", suite.fact),
    )
    extract_ids = [entry.extract_id for entry in current]
    return int(con.execute(query, [extract_ids]).fetchall()[0][0])


def _days_late(entries: Sequence[ReleaseInput], expected: Sequence[Expected], last: date) -> int:
    """Return how late a period came.

    What fell due before the hub first looked at the feed was not late to it.
    """
    began = min((entry.loaded_at for entry in expected if entry.loaded_at), default=None)
    ours = [
        entry
        for entry in expected
        if entry.first_date <= last
        and entries[0].first_date <= str(entry.last_date)
        and entry.last_date <= last
        and began
        and entry.due_on > began.date()
    ]
    return max((entry.days_late for entry in ours if entry.state == PeriodState.ARRIVED), default=0)


def _delivery(dataset: str, entry: ReleaseInput) -> ScoredDelivery:
    failing: Counter[str] = Counter(
        {
            Dimension.COMPLETENESS: entry.records_quarantined,
            Dimension.UNIQUENESS: entry.records_duplicate,
        }
    )
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
    """Whether a reason tells of a fault of the data."""
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
    found: dict[str, Counter[str]] = {}
    for entry in entries:
        for reason in entry.reasons:
            if _counts(reason):
                dimension = dimension_of(dataset, reason.code)
                found.setdefault(dimension, Counter())[reason.code] += max(1, reason.records)
    return {dimension: counter.most_common(_REASONS_SHOWN) for dimension, counter in found.items()}


def _reasons(entry: Scored) -> dict[str, tuple[str, str]]:
    """Return dimension -> why, in Thai and English."""
    th = [f"ขาด {entry.missing} จาก {entry.periods} งวดล่าสุด"] if entry.missing else []
    en = (
        [f"{entry.missing} of the {entry.periods} newest periods are missing"]
        if entry.missing
        else []
    )
    faults = [fault for listed in entry.faults.values() for fault in listed]
    said = {dimension: entry.faults.get(dimension, []) for dimension in DIMENSIONS} | {
        OVERALL: faults[:_REASONS_SHOWN]
    }
    return {
        dimension: (
            "; ".join([*th, *_said(thai, entry, listed)]),
            "; ".join([*en, *_said(english, entry, listed)]),
        )
        for dimension, listed in said.items()
    }


def _said(
    words: Callable[[str, str], str], entry: Scored, faults: Iterable[tuple[str, int]]
) -> list[str]:
    return [f"{words(entry.feed.dataset, code)} ({records:,})" for code, records in faults]


def _lowest(
    scores: Mapping[str, Mapping[str, float | None]], names: Mapping[str, Mapping[str, str]]
) -> dict[str, tuple[str, str]]:
    found = {}
    for dimension in (*DIMENSIONS, OVERALL):
        known = sorted(
            (entry[dimension], key) for key, entry in scores.items() if entry[dimension] is not None
        )
        th, en = (
            ", ".join(f"{names[key][language]} {score:g}" for score, key in known[:_REASONS_SHOWN])
            for language in ("th", "en")
        )
        found[dimension] = (f"ต่ำสุด: {th}", f"lowest: {en}") if known else ("", "")
    return found


def _rows(
    scope: str,
    city: str | None,
    dataset: str | None,
    scores: Mapping[str, float | None],
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


def history_rows(releases: Iterable[Mapping[str, Any]], kept: int = 60) -> list[dict[str, Any]]:
    """Return the rows of ops.score_history from the manifests of the newest releases."""
    return [
        row
        | {
            "release_id": entry["release_id"],
            "measured_at": datetime.fromisoformat(entry["manifest"]["created_at"]),
        }
        for entry in list(releases)[:kept]
        for row in entry["manifest"].get("scores", [])
    ]
