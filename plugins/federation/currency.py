"""Which extract of a partition is current: a pure function of what arrived and what was accepted."""

from collections.abc import Iterable
from dataclasses import dataclass

from federation.ledger.records import Arrival


@dataclass(frozen=True)
class Standing:
    """One extract's place: `current`, `superseded` (by `other`) or `overlapping` (in conflict with `other`)."""

    arrival: Arrival
    state: str
    other: str = ""


def latest_arrivals(arrivals: Iterable[Arrival]) -> list[Arrival]:
    """Return one arrival per extract, the one that ranks highest, in order of rank."""
    best: dict[str, Arrival] = {}
    for arrival in arrivals:
        known = best.get(arrival.extract_id)
        if known is None or arrival.rank > known.rank:
            best[arrival.extract_id] = arrival
    return sorted(best.values(), key=lambda arrival: arrival.rank)


def standings(accepted: Iterable[Arrival]) -> dict[str, Standing]:
    """Return extract_id -> its standing among the accepted extracts of one feed.

    Extracts take their turn in order of rank. One that covers every current extract it touches supersedes them;
    one that covers only part of any is overlapping and stays out. The result does not depend on the order in which
    the extracts came, but for equal versions and times.
    """
    result: dict[str, Standing] = {}
    for arrival in latest_arrivals(accepted):
        touched = [other for other in result.values()
                   if other.state == "current" and other.arrival.partition.overlaps(arrival.partition)]
        partial = [other for other in touched if not arrival.partition.covers(other.arrival.partition)]
        if partial:
            result[arrival.extract_id] = Standing(arrival, "overlapping", partial[0].arrival.extract_id)
            continue
        for other in touched:
            key = other.arrival.extract_id
            result[key] = Standing(other.arrival, "superseded", arrival.extract_id)
        result[arrival.extract_id] = Standing(arrival, "current")
    return result
