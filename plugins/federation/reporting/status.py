"""The state of each feed now: how fresh it is, its verdict, how many records it has."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime

import duckdb

from federation.common.engine import connect
from federation.common.errors import ContractError
from federation.common.paths import Home
from federation.common.vocabulary import CheckOutcome, ExtractState, IncidentState, VerdictKind
from federation.conform.unplaced import Unplaced, queue
from federation.contracts.model import Feed
from federation.contracts.pattern import Partition
from federation.extracts.catalogue import FeedKey
from federation.extracts.expected_arrivals import expected_arrivals, is_dormant, late
from federation.extracts.extract import Extract
from federation.extracts.snapshot import Snapshot
from federation.extracts.status import REJECTED, ExtractStatus
from federation.ledger import Arrival, Remark
from federation.messages.status_words import FeedStatus as Status
from federation.messages.status_words import feed_status
from federation.quality.incidents import Incident
from federation.quality.scores import grade


@dataclass(frozen=True)
class FeedStatus:
    """One feed now; counts are records of its current extracts."""

    city: str
    dataset: str
    # Of the newest extract; `waiting` before the gate, `none` before the first arrival.
    verdict: VerdictKind
    platform: CheckOutcome  # how the last look at the platform ended
    state: Status = Status.NONE  # the worst of the verdict and of what is open about it
    data_up_to: str | None = None  # last local day that a record is about
    sent_at: str | None = None  # when the newest of their files was sent, by the platform's time
    loaded_at: str | None = None  # when that file was loaded
    last_checked_at: str | None = None
    extracts: int = 0
    extracts_rejected: int = 0
    records: int = 0
    quarantined: int = 0
    late: int = 0  # periods that are due and not there
    late_since: str | None = None  # due date of the longest overdue
    # Texts that match no member of a dimension, with suggestions.
    unplaced: list[Unplaced] = field(default_factory=list)
    score: float | None = None  # overall, in the release that serves; 0 to 100
    grade: str | None = None  # A to F
    # Newest periods in a row without a warning or quarantine; None: the city has joined.
    clean_periods: int | None = None
    shadow_periods: int | None = None  # clean periods that the city needs before it may join
    ready: bool = False  # every feed of the city has that many: it may join
    refused: str | None = None  # key and reason, when the contract is refused
    # What the last look noticed of single files on the platform.
    noticed: list[Remark] = field(default_factory=list)


def status(seen: Snapshot, all_incidents: Iterable[Incident] = ()) -> list[FeedStatus]:
    """Return one status per feed, sorted by city and dataset; refused contracts too.

    The open ones of `all_incidents` say how a feed is.
    """
    scores, found = _scores(seen.home), _open_problems(all_incidents)
    accepted = [
        _of(feed, seen, scores.get(feed.key), found.get(feed.key, [])) for feed in seen.feeds
    ]
    refused = [
        _of_refused(key, error, seen, scores.get(key))
        for key, error in seen.catalogue.refused_feeds.items()
    ]
    statuses = [*_with_ready(accepted), *refused]
    return sorted(statuses, key=lambda feed: (feed.city, feed.dataset))


def _open_problems(all_incidents: Iterable[Incident]) -> dict[FeedKey, list[tuple[str, str]]]:
    """Return reason and severity of what is open, by feed."""
    found: dict[FeedKey, list[tuple[str, str]]] = {}
    for entry in all_incidents:
        if entry.state != IncidentState.CLOSED:
            problem = entry.problem
            of_feed = found.setdefault((problem.city, problem.dataset), [])
            of_feed.append((problem.reason, problem.severity))
    return found


def _with_ready(feeds: Sequence[FeedStatus]) -> list[FeedStatus]:
    """Return the statuses with `ready` set for each city whose feeds all have their periods."""
    waiting = {
        feed.city for feed in feeds if (feed.clean_periods or 0) < (feed.shadow_periods or 0)
    }
    return [
        replace(feed, ready=feed.shadow_periods is not None and feed.city not in waiting)
        for feed in feeds
    ]


def _of_refused(
    key: FeedKey, error: ContractError, seen: Snapshot, score: float | None
) -> FeedStatus:
    """Return the status of a feed whose contract is refused; its last accepted data stay in use."""
    check = seen.checks.get(key)
    return FeedStatus(
        *key,
        verdict=VerdictKind.REFUSED,
        state=Status.REFUSED,
        platform=check.outcome if check else CheckOutcome.NEVER,
        last_checked_at=_instant(check.checked_at if check else None),
        score=score,
        grade=grade(score),
        refused=f"{error.key}: {error.reason}",
    )


def _scores(home: Home) -> dict[tuple[str, str], float | None]:
    """Return each feed's score in the release that serves; nothing before the first."""
    if not home.current.exists():
        return {}
    with connect(home.current.resolve(), read_only=True) as con:
        if not _has_scores(con):
            return {}  # made by an older hub
        rows = con.execute(
            """
            SELECT city, dataset, score
            FROM ops.scores
            WHERE scope = 'feed' AND dimension = 'overall'
            """
        ).fetchall()
    return {(city, dataset): score for city, dataset, score in rows}


def _has_scores(con: duckdb.DuckDBPyConnection) -> bool:
    query = "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'ops' AND table_name = 'scores'"
    return bool(con.execute(query).fetchall())


def clean_periods(extracts: Sequence[ExtractStatus]) -> int:
    """Return how many of the newest periods in a row were accepted without a warning, a record
    quarantined or a hold."""
    periods: dict[Partition, list[ExtractStatus]] = {}
    for entry in extracts:
        if entry.state != ExtractState.SUPERSEDED:
            periods.setdefault(entry.extract.arrival.partition, []).append(entry)
    clean = 0
    for period in sorted(periods, reverse=True):
        if not all(map(_is_clean, periods[period])):
            break
        clean += 1
    return clean


def _is_clean(entry: ExtractStatus) -> bool:
    verdict = entry.extract.verdict
    clean = (
        verdict is not None
        and verdict.verdict == VerdictKind.ACCEPTED
        and not verdict.records_quarantined
    )
    return entry.state == ExtractState.CURRENT and clean


def _of(
    feed: Feed, seen: Snapshot, score: float | None, found: Sequence[tuple[str, str]]
) -> FeedStatus:
    extracts = seen.of(feed)
    check = seen.checks.get(feed.key)
    current = [entry.extract for entry in extracts if entry.state == ExtractState.CURRENT]
    last = max(reversed(current), key=_last_day, default=None)
    arrival = last.arrival if last else None
    # They come in order of rank, and of equal periods `max` returns the first: the highest rank.
    newest = max(reversed(extracts), key=lambda entry: _last_day(entry.extract), default=None)
    records, quarantined = _records(current)
    expected = expected_arrivals(feed, seen.inputs_of(feed), seen.today, seen.dated)
    missing = late(expected)
    verdict = newest.verdict if newest else VerdictKind.NONE
    in_shadow, is_retired = feed.city.shadow_periods is not None, feed.is_retired(seen.today)
    return FeedStatus(
        city=feed.city.key,
        dataset=feed.dataset,
        verdict=verdict,
        platform=check.outcome if check else CheckOutcome.NEVER,
        state=feed_status(verdict, found, is_retired=is_retired),
        data_up_to=_newest_day(feed, seen, arrival),
        sent_at=_instant(arrival.sent_at if arrival else None),
        loaded_at=_instant(arrival.arrived_at if arrival else None),
        last_checked_at=_instant(check.checked_at if check else None),
        extracts=len(current),
        extracts_rejected=sum(entry.state in REJECTED for entry in extracts),
        records=records,
        quarantined=quarantined,
        late=len(missing),
        late_since=str(missing[0].due_on) if missing else None,
        unplaced=queue(feed, [entry.conformed for entry in current]) if quarantined else [],
        score=None if is_retired else score,
        grade=None if is_retired or is_dormant(expected) else grade(score),
        clean_periods=clean_periods(extracts) if in_shadow else None,
        shadow_periods=feed.city.shadow_periods,
        noticed=check.remarks if check else [],
    )


def _newest_day(feed: Feed, seen: Snapshot, arrival: Arrival | None) -> str | None:
    """Return the last day that a record is about; of extracts that nobody looked into, the last
    day of the newest one's period."""
    current = [entry for entry in seen.inputs_of(feed) if entry.state == ExtractState.CURRENT]
    day = seen.dated.newest(current) or (arrival.partition.end if arrival else None)
    return str(day) if day else None


def _last_day(extract: Extract) -> date:
    return extract.arrival.partition.end


def _records(current: Sequence[Extract]) -> tuple[int, int]:
    """Return how many records are valid, and how many are quarantined."""
    quarantined = sum(entry.verdict.records_quarantined for entry in current if entry.verdict)
    records = [entry.record for entry in current if entry.record]
    received = sum(record.records_received - record.records_duplicate for record in records)
    return received - quarantined, quarantined


def _instant(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def as_json(feeds: Sequence[FeedStatus]) -> list[dict[str, object]]:
    """Return the list `feeds` that `hub status --json` prints."""
    return [asdict(feed) for feed in feeds]
