"""The scores of feeds, cities and the nation in a release, with reasons, from its inputs and the
calendar of arrivals."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from federation.common.reason import Reason
from federation.common.vocabulary import (
    Consequence,
    Dimension,
    ExtractState,
)
from federation.contracts.model import Feed
from federation.datasets.suites import load_suite
from federation.extracts.catalogue import FeedKey
from federation.extracts.dated import NEWEST_PERIODS as PERIODS
from federation.extracts.dated import Dated
from federation.extracts.expected_arrivals import Expected, expected_arrivals, is_dormant
from federation.extracts.status import ReleaseInput
from federation.gate.extracts import applies
from federation.messages.reasons import english, thai
from federation.quality.lost_points import Shortfall, shortfall_of
from federation.quality.scored_periods import ScoredPeriods, counts, dimension_of
from federation.quality.scores import (
    DIMENSIONS,
    OVERALL,
    combine_scores,
    feed_scores,
    grade,
    score_of_what_came,
)

_ALWAYS = (
    Dimension.COMPLETENESS,
    Dimension.VALIDITY,
    Dimension.UNIQUENESS,
    Dimension.TIMELINESS,
)
_OF_TIME = (Dimension.COMPLETENESS, Dimension.TIMELINESS, OVERALL)
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

    is_retired: bool = False  # its city has stopped it for good, so it has no score

    @property
    def is_dormant(self) -> bool:
        """Whether it has been silent for so long that nobody waits any more."""
        return is_dormant(self.expected)


def score_rows(
    scored: Sequence[Scored], scores_kept: Sequence[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """Return the rows of ops.scores for the scores of feeds.

    A feed that its city has stopped for good has none and does not count for the city.
    `scores_kept` are rows of the release before, of feeds whose contract is refused: what was
    accepted of them keeps serving, and a city gains nothing by breaking a contract.
    """
    rows = []
    scores: dict[FeedKey, Scores] = {}
    for entry in scored:
        if entry.is_retired:
            continue
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
    dated_periods = ScoredPeriods(feed, inputs, expected, told).all()
    periods = [period for _, period in dated_periods]
    newest = dated_periods[-PERIODS:]
    since = newest[0][0] if newest else ""
    applied = [entry for entry in feed.suite.expectations if applies(entry, feed)]
    measured = sorted({*_ALWAYS, *(entry.dimension for entry in applied)})
    is_regular, is_retired = feed.latency_days is not None, feed.is_retired(today)
    standing = [entry for entry in inputs if entry.state != ExtractState.SUPERSEDED]
    recent = [entry for entry in standing if entry.last_date >= since]
    return Scored(
        feed=feed,
        scores=dict.fromkeys((*DIMENSIONS, OVERALL))
        if is_retired
        else feed_scores(periods, measured, is_regular=is_regular),
        what_came=score_of_what_came(periods, measured),
        shortfall=shortfall_of(periods, recent, is_regular=is_regular),
        faults=_faults(feed.dataset, recent),
        expected=expected,
        is_retired=is_retired,
    )


def _faults(dataset: str, entries: Iterable[ReleaseInput]) -> dict[str, list[tuple[str, int]]]:
    """Return dimension -> (code of what failed, records), the most records first."""
    counters: dict[str, Counter[str]] = {}
    reasons = [
        reason
        for entry in entries
        for reason in entry.reasons
        if counts(reason) and _costs_points(entry, reason)
    ]
    for reason in reasons:
        counter = counters.setdefault(dimension_of(dataset, reason.code), Counter())
        counter[reason.code] += max(1, reason.records)
    return {
        dimension: counter.most_common(_REASONS_SHOWN) for dimension, counter in counters.items()
    }


def _costs_points(entry: ReleaseInput, reason: Reason) -> bool:
    """Whether a reason is why points are lost: of an extract that does not serve, why not."""
    return entry.state == ExtractState.CURRENT or reason.consequence == Consequence.REJECT


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
