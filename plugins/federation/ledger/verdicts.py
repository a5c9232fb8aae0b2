"""The results of conforming, the decisions of the gate, and what was measured for them."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from federation.ledger.records import Conformed, Measured, Verdict
from federation.ledger.store import Row, Store, as_record, newest
from federation.ledger.tables import arrival, quality_result
from federation.ledger.tables import conformed as conformings
from federation.ledger.tables import verdict as verdicts


@dataclass(frozen=True)
class Conformings:
    """The results of conforming extracts; always those known today."""

    store: Store

    def add(self, conformed: Conformed) -> None:
        self.store.append({conformings: [conformed]})

    def newest(self) -> list[Conformed]:
        """Return the newest conforming of every extract under each key."""
        query = newest(conformings, "city", "dataset", "conform_key", "extract_id")
        return [as_record(Conformed, row) for row in self.store.rows(query)]

    def of(self, extract_id: str, conform_key: str) -> Conformed | None:
        """Return the newest conforming of one extract under one key, or None."""
        query = newest(conformings, "extract_id").where(
            conformings.c.extract_id == extract_id, conformings.c.conform_key == conform_key
        )
        return next((as_record(Conformed, row) for row in self.store.rows(query)), None)

    def most_rows(self, city: str, dataset: str) -> int:
        """Return the rows of the feed's largest extract that became conformed records, or 0."""
        query = select(func.coalesce(func.max(conformings.c.source_rows), 0).label("rows")).where(
            conformings.c.city == city,
            conformings.c.dataset == dataset,
            conformings.c.output_sha256 != "",
        )
        return int(next(iter(self.store.rows(query)))["rows"])

    def keys(self) -> set[str]:
        """Return every key under which an extract has become conformed records."""
        has_records = conformings.c.output_sha256 != ""
        query = select(conformings.c.conform_key).distinct().where(has_records)
        return {row["conform_key"] for row in self.store.rows(query)}


@dataclass(frozen=True)
class Verdicts:
    """The gate's decisions; always what is known today."""

    store: Store

    def add(self, verdict: Verdict, results: Iterable[Measured]) -> None:
        """Record a verdict with the results it rests on, both or neither."""
        self.store.append({quality_result: results, verdicts: [verdict]})

    def newest(self) -> list[Verdict]:
        """Return the newest verdict on every extract under each key."""
        query = newest(verdicts, "city", "dataset", "work_key", "extract_id")
        return [as_record(Verdict, row) for row in self.store.rows(query)]


@dataclass(frozen=True)
class Results:
    """What expectations measured."""

    store: Store

    def add(self, results: Iterable[Measured]) -> None:
        self.store.append({quality_result: results})

    def all(self) -> list[Row]:
        """Return every result, oldest first; with `until`, those on extracts that had arrived."""
        query = select(quality_result).order_by(quality_result.c.result_id)
        return self.store.rows(self._of_known_extracts(query) if self.store.until else query)

    def _of_known_extracts(self, query: Select[tuple[object, ...]]) -> Select[tuple[object, ...]]:
        arrived = select(arrival.c.extract_id).where(self.store.before(arrival.c.arrived_at))
        of_build = quality_result.c.extract_id == ""
        return query.where(of_build | quality_result.c.extract_id.in_(arrived))
