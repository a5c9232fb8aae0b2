"""What became of incidents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from federation.ledger.store import Row, Store
from federation.ledger.tables import incident_event


@dataclass(frozen=True)
class Incidents:
    """The events of incidents."""

    store: Store

    def events(self) -> list[Row]:
        """Return everything that became of incidents, oldest first."""
        seen = self.store.before(incident_event.c.at)
        query = select(incident_event).where(seen).order_by(incident_event.c.event_id)
        return self.store.rows(query)

    def add_event(
        self,
        incident_id: str,
        event: str,
        city: str,
        dataset: str,
        reason: str,
        *,
        problem: Mapping[str, Any] | None = None,
        by: str = "",
        note: str = "",
    ) -> bool:
        """Record what became of an incident.

        Return False where another had it opened or closed already.
        """
        values = {
            "incident_id": incident_id,
            "event": event,
            "city": city,
            "dataset": dataset,
            "reason": reason,
            "trouble": dict(problem or {}),
            "by": by,
            "note": note,
        }
        row = self.store.row(incident_event, values)
        query = insert(incident_event).values(row).on_conflict_do_nothing()
        with self.store.engine.begin() as con:
            added = con.execute(query.returning(incident_event.c.event_id))
            return added.first() is not None
