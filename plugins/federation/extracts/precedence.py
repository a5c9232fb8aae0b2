"""Which extract of a partition is current: a pure function of what arrived, what was accepted
and what people decided."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from federation.common.vocabulary import Delivery, ExtractDecision, ExtractState
from federation.contracts.model import Feed
from federation.contracts.pattern import Partition
from federation.ledger.records import Arrival

Rank = Callable[[Arrival], Any]


@dataclass(frozen=True)
class Precedence:
    """One extract's place: `current`, `superseded` (by `other`), `overlapping` (in conflict with
    `other`) or `held`."""

    arrival: Arrival
    state: ExtractState
    other: str = ""


@dataclass(frozen=True)
class PrecedenceRules:
    """What decides between the extracts of one feed, beside their rank."""

    delivery: str = Delivery.FULL_PARTITION
    shrink_tolerance_pct: float = 100.0
    records: Mapping[str, int] = field(
        default_factory=dict
    )  # extract_id -> records for the warehouse; not listed: not held
    decisions: Mapping[str, str] = field(
        default_factory=dict
    )  # extract_id -> ExtractDecision of a person

    def supersedes(self, arrival: Arrival, other: Arrival) -> bool:
        """Return whether the extract takes the place of another one, ranked lower, that is about
        some of its days."""
        if self.delivery == Delivery.SNAPSHOT:
            return True
        return self.delivery != Delivery.UPSERT and arrival.partition.covers(other.partition)

    def conflict(self, arrival: Arrival, other: Arrival) -> bool:
        """Return whether the two cannot both be current."""
        whole = self.delivery == Delivery.FULL_PARTITION
        return (
            whole
            and arrival.partition.overlaps(other.partition)
            and not arrival.partition.covers(other.partition)
        )

    def holds(self, arrival: Arrival, replaced: Iterable[Arrival]) -> bool:
        """Return whether a person must look first: someone said so, or the extract takes away
        more than is tolerated."""
        decided = self.decisions.get(arrival.extract_id)
        if decided or arrival.extract_id not in self.records:
            return decided == ExtractDecision.HOLD
        before = sum(self.records.get(other.extract_id, 0) for other in replaced)
        return self.records[arrival.extract_id] < before * (1 - self.shrink_tolerance_pct / 100)


def rank_of(feed: Feed, arrivals: Sequence[Arrival]) -> Rank:
    """Return the key by which a feed's deliveries are ranked; `arrivals` are all of the feed,
    oldest first.

    A version in the path, then the platform's time unless the contract trusts the order of arrival
    alone, then the order of arrival. Where files tell states (append, upsert, snapshot), the later
    period comes before all that. For one path the bytes that came last rank highest, whatever time
    the platform states: that is what it shows now.
    """
    by_period, by_time = feed.delivery != Delivery.FULL_PARTITION, feed.version_rule == "modified"
    times = _times(arrivals) if by_time else {}

    def rank(arrival: Arrival) -> Any:
        version, _, number = arrival.rank
        time = times.get(number, 0.0)
        return arrival.partition.end if by_period else None, version, time, number

    return rank


def _times(arrivals: Sequence[Arrival]) -> dict[int, float]:
    """Return number of arrival -> the time by which it ranks among those of other paths.

    That is the time that the platform states, but no later than that of what came after it under
    the same path: a wrong time ends with the delivery that it stands beside.
    """
    told, latest, times = _told(arrivals), dict[str, float](), dict[int, float]()
    for arrival in reversed(arrivals):
        time = min(told[arrival.arrival_id], latest.get(arrival.path, math.inf))
        times[arrival.arrival_id] = latest[arrival.path] = time
    return times


def _told(arrivals: Sequence[Arrival]) -> dict[int, float]:
    """Return number of arrival -> the platform's time.

    Where it states none, or none that is possible, the order of arrival decides: the time is that
    of the latest before it that is about some of its days.
    """
    told: dict[int, float] = {}
    newest: dict[Partition, float] = {}
    for arrival in arrivals:
        time = arrival.sent_at.timestamp() if arrival.sent_at else None
        if time is None:
            before = (found for other, found in newest.items() if other.overlaps(arrival.partition))
            time = max(before, default=0.0)
        told[arrival.arrival_id] = time
        newest[arrival.partition] = max(time, newest.get(arrival.partition, 0.0))
    return told


def _own_rank(arrival: Arrival) -> Any:
    return arrival.rank


def latest_arrivals(arrivals: Iterable[Arrival], rank: Rank = _own_rank) -> list[Arrival]:
    """Return one arrival per extract, the one that ranks highest, in order of rank."""
    best: dict[str, Arrival] = {}
    for arrival in arrivals:
        other = best.get(arrival.extract_id)
        if other is None or rank(arrival) > rank(other):
            best[arrival.extract_id] = arrival
    return sorted(best.values(), key=rank)


def decide_precedence(
    accepted: Iterable[Arrival], rules: PrecedenceRules | None = None, rank: Rank = _own_rank
) -> dict[str, Precedence]:
    """Return extract_id -> its standing among the accepted extracts of one feed.

    Extracts take their turn in order of rank. One that covers every current extract it touches
    supersedes them; one that covers only part of any is overlapping and stays out, unless the
    feed's files may overlap. The result does not depend on the order in which the extracts came,
    but for equal versions and times.
    """
    rules = rules or PrecedenceRules()
    result: dict[str, Precedence] = {}
    for arrival in latest_arrivals(accepted, rank):
        result[arrival.extract_id] = _precedence(arrival, result, rules)
        if result[arrival.extract_id].state == ExtractState.CURRENT:
            result |= {
                key: Precedence(other.arrival, ExtractState.SUPERSEDED, arrival.extract_id)
                for key, other in result.items()
                if _gives_way(other, arrival, rules)
            }
    return result


def _precedence(
    arrival: Arrival, before: Mapping[str, Precedence], rules: PrecedenceRules
) -> Precedence:
    current = [other.arrival for other in before.values() if other.state == ExtractState.CURRENT]
    conflicting = [other.extract_id for other in current if rules.conflict(arrival, other)]
    if conflicting:
        return Precedence(arrival, ExtractState.OVERLAPPING, conflicting[0])
    replaced = [other for other in current if rules.supersedes(arrival, other)]
    if rules.holds(arrival, replaced):
        return Precedence(arrival, ExtractState.HELD, replaced[0].extract_id if replaced else "")
    return Precedence(arrival, ExtractState.CURRENT)


def _gives_way(other: Precedence, arrival: Arrival, rules: PrecedenceRules) -> bool:
    return (
        other.state in (ExtractState.CURRENT, ExtractState.HELD)
        and other.arrival.extract_id != arrival.extract_id
        and rules.supersedes(arrival, other.arrival)
    )
