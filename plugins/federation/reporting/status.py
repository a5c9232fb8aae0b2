"""City × dataset: how fresh, what verdict, how many records."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import groupby, takewhile

from federation.common.engine import connect
from federation.common.errors import ContractError
from federation.common.paths import Home
from federation.common.vocabulary import CheckOutcome, ExtractState, VerdictKind
from federation.conform.unplaced import Unplaced, queue
from federation.contracts.model import Feed
from federation.extracts.catalogue import FeedKey
from federation.extracts.expected_arrivals import expected_arrivals, late
from federation.extracts.snapshot import Snapshot
from federation.extracts.status import REJECTED, ExtractStatus
from federation.quality.scores import grade


@dataclass(frozen=True)
class FeedStatus:
    """One feed now; counts are records of its current extracts."""

    city: str
    dataset: str
    verdict: (
        VerdictKind  # of the newest extract; `waiting` before the gate, `none` before any arrival
    )
    platform: CheckOutcome  # how the last look at the platform ended
    data_up_to: str | None = None  # last day of the periods covered
    sent_at: str | None = None  # when the newest of their files was sent, by the platform's time
    loaded_at: str | None = None  # when that file was loaded
    last_checked_at: str | None = None
    extracts: int = 0
    extracts_rejected: int = 0
    records: int = 0
    quarantined: int = 0
    late: int = 0  # periods that are due and not there
    late_since: str | None = None  # due date of the longest overdue
    unplaced: list[Unplaced] = field(
        default_factory=list
    )  # texts without a place in a dimension, with suggestions
    score: float | None = None  # overall, in the release that serves; 0 to 100
    grade: str | None = None  # A to F
    clean_periods: int | None = (
        None  # newest periods in a row without a warning or quarantine; None: the city has joined
    )
    shadow_periods: int | None = None  # how many of them are asked before the city may join
    ready: bool = False  # every feed of the city has had as many: it may join
    refused: str | None = None  # key and reason, where the contract does not hold


def status(seen: Snapshot) -> list[FeedStatus]:
    """Return one status per feed, sorted by city and dataset; refused contracts too."""
    scores = _scores(seen.home)
    found = [_of(feed, seen, scores.get(feed.key)) for feed in seen.feeds]
    waiting = {
        entry.city for entry in found if (entry.clean_periods or 0) < (entry.shadow_periods or 0)
    }
    ready = [
        replace(entry, ready=entry.shadow_periods is not None and entry.city not in waiting)
        for entry in found
    ]
    refused = [
        _of_refused(key, error, seen, scores.get(key))
        for key, error in seen.catalogue.refused_feeds.items()
    ]
    return sorted([*ready, *refused], key=lambda entry: (entry.city, entry.dataset))


def _of_refused(
    key: FeedKey, error: ContractError, seen: Snapshot, score: float | None
) -> FeedStatus:
    """Return what is known of a feed without a contract: its last accepted data keep serving."""
    check = seen.checks.get(key)
    return FeedStatus(
        *key,
        verdict=VerdictKind.REFUSED,
        platform=check.outcome if check else CheckOutcome.NEVER,
        last_checked_at=_instant(check.checked_at if check else None),
        score=score,
        grade=grade(score),
        refused=f"{error.key}: {error.reason}",
    )


def _scores(home: Home) -> dict[tuple[str, str], float | None]:
    """Return what each feed scores in the release that serves; nothing before the first."""
    if not home.current.exists():
        return {}
    with connect(home.current.resolve(), read_only=True) as con:
        if not con.execute(
            "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'ops' AND table_name = 'scores'"
        ).fetchall():
            return {}  # made by an older hub
        rows = con.execute(
            "SELECT city, dataset, score FROM ops.scores WHERE scope = 'feed' AND dimension = "
            "'overall'"
        )
        return {(city, dataset): score for city, dataset, score in rows.fetchall()}


def clean_periods(placed: Sequence[ExtractStatus]) -> int:
    """Return how many of the newest periods in a row were accepted without a warning, a record
    quarantined or a hold."""
    standing = [entry for entry in placed if entry.state != ExtractState.SUPERSEDED]
    newest_first = sorted(standing, key=lambda entry: entry.extract.arrival.partition, reverse=True)
    periods = [
        list(entries)
        for _, entries in groupby(newest_first, key=lambda entry: entry.extract.arrival.partition)
    ]
    return len(list(takewhile(lambda entries: all(map(_is_clean, entries)), periods)))


def _is_clean(entry: ExtractStatus) -> bool:
    verdict = entry.extract.verdict
    clean = (
        verdict is not None
        and verdict.verdict == VerdictKind.ACCEPTED
        and not verdict.records_quarantined
    )
    return entry.state == ExtractState.CURRENT and clean


def _of(feed: Feed, seen: Snapshot, score: float | None) -> FeedStatus:
    placed, check = seen.of(feed), seen.checks.get(feed.key)
    current = [entry.extract for entry in placed if entry.state == ExtractState.CURRENT]
    received = sum(
        entry.record.records_received - entry.record.records_duplicate
        for entry in current
        if entry.record
    )
    quarantined = sum(entry.verdict.records_quarantined for entry in current if entry.verdict)
    latest = max(
        (entry.arrival for entry in current),
        key=lambda arrival: (arrival.partition.end, arrival.rank),
        default=None,
    )
    missing = late(expected_arrivals(feed, seen.inputs_of(feed), seen.today))
    newest = max(
        placed,
        key=lambda entry: (entry.extract.arrival.partition.end, entry.extract.arrival.rank),
        default=None,
    )
    return FeedStatus(
        city=feed.city.key,
        dataset=feed.dataset,
        verdict=newest.verdict if newest else VerdictKind.NONE,
        platform=check.outcome if check else CheckOutcome.NEVER,
        data_up_to=str(latest.partition.end) if latest else None,
        sent_at=_instant(latest.modified_at if latest else None),
        loaded_at=_instant(latest.arrived_at if latest else None),
        last_checked_at=_instant(check.checked_at if check else None),
        extracts=len(current),
        extracts_rejected=sum(entry.state in REJECTED for entry in placed),
        records=received - quarantined,
        quarantined=quarantined,
        late=len(missing),
        late_since=str(missing[0].due_on) if missing else None,
        unplaced=queue(feed, [entry.conformed for entry in current]) if quarantined else [],
        score=score,
        grade=grade(score),
        clean_periods=None if feed.city.shadow_periods is None else clean_periods(placed),
        shadow_periods=feed.city.shadow_periods,
    )


def _instant(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def as_json(found: Sequence[FeedStatus]) -> list[dict[str, object]]:
    """Return the list that `hub status --json` prints."""
    return [asdict(entry) for entry in found]
