"""What was looked at on the platforms, and what arrived from them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select

from federation.contracts.pattern import Partition
from federation.ledger.records import Arrival, Check, Sighting
from federation.ledger.store import Row, Store, as_record, newest
from federation.ledger.tables import arrival as arrivals
from federation.ledger.tables import feed_check, sighting


@dataclass(frozen=True)
class Checks:
    """Looks at the feeds' places on their platforms."""

    store: Store

    def add(self, check: Check, sightings: Sequence[Sighting] = ()) -> None:
        self.store.append({feed_check: [check], sighting: sightings})

    def last_at(self) -> datetime | None:
        """Return when a platform was looked at last, whatever came of it, or None."""
        row = self.store.rows(select(func.max(feed_check.c.checked_at).label("at")))[0]
        return row["at"]  # type: ignore[no-any-return]

    def sightings(self, city: str, dataset: str) -> dict[str, Sighting]:
        """Return the newest sighting of every path of a feed that has one."""
        of_feed = (sighting.c.city == city) & (sighting.c.dataset == dataset)
        seen = self.store.before(sighting.c.seen_at)
        rows = self.store.rows(newest(sighting, "path").where(of_feed, seen))
        return {row["path"]: as_record(Sighting, row) for row in rows}

    def latest(self) -> list[Check]:
        """Return the newest check of every feed, sorted by city and dataset."""
        seen = self.store.before(feed_check.c.checked_at)
        rows = self.store.rows(newest(feed_check, "city", "dataset").where(seen))
        return [as_record(Check, row) for row in rows]


@dataclass(frozen=True)
class Arrivals:
    """Bytes that came from platforms, or came again."""

    store: Store

    def add(self, arrival: Arrival) -> None:
        partition = arrival.partition
        ends = {"partition_start": partition.start, "partition_end": partition.end}
        self.store.append({arrivals: [asdict(arrival) | ends]})

    def all(self) -> list[Arrival]:
        """Return every arrival of every feed, oldest first."""
        seen = self.store.before(arrivals.c.arrived_at)
        query = select(arrivals).where(seen).order_by(arrivals.c.arrival_id)
        return [_arrival(row) for row in self.store.rows(query)]

    def of_feed(self, city: str, dataset: str) -> list[Arrival]:
        """Return every arrival of a feed, oldest first."""
        of_feed = (arrivals.c.city == city) & (arrivals.c.dataset == dataset)
        seen = self.store.before(arrivals.c.arrived_at)
        query = select(arrivals).where(of_feed, seen).order_by(arrivals.c.arrival_id)
        return [_arrival(row) for row in self.store.rows(query)]

    def first(self) -> datetime | None:
        """Return when the first extract of all arrived, also where the ledger is seen as it was
        before."""
        query = select(func.min(arrivals.c.arrived_at).label("first"))
        first: datetime | None = self.store.rows(query)[0]["first"]
        return first


def _arrival(row: Row) -> Arrival:
    partition = Partition(row["partition_start"], row["partition_end"])
    return as_record(Arrival, row | {"partition": partition})
