"""What people decided on extracts and on quarantined records."""

from collections.abc import Iterable
from dataclasses import dataclass

from federation.ledger.records import Decision, RowDecision
from federation.ledger.store import Store, as_record, newest
from federation.ledger.tables import extract_decision, quarantine_decision


@dataclass(frozen=True)
class ExtractDecisions:
    """Decisions on whole extracts: `hold` or `approve`."""

    store: Store

    def add(self, decision: Decision) -> None:
        self.store.append({extract_decision: [decision]})

    def newest(self) -> list[Decision]:
        """Return what was decided last on every extract."""
        seen = self.store.before(extract_decision.c.decided_at)
        query = newest(extract_decision, "city", "dataset", "extract_id").where(seen)
        return [as_record(Decision, row) for row in self.store.rows(query)]


@dataclass(frozen=True)
class RowDecisions:
    """Decisions on quarantined records; always those known today."""

    store: Store

    def add(self, decisions: Iterable[RowDecision]) -> None:
        """Record what a person decided on some records, all or none."""
        self.store.append({quarantine_decision: decisions})

    def newest(self) -> list[RowDecision]:
        """Return what was decided last on every quarantined record."""
        query = newest(quarantine_decision, "extract_id", "row_number")
        return [as_record(RowDecision, row) for row in self.store.rows(query)]
