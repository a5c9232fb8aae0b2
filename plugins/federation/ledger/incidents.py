"""What became of incidents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from federation.ledger.store import Row, Store
from federation.ledger.tables import incident_event


@dataclass(frozen=True)
class IncidentChange:
    """One thing that became of an incident, which is about a feed, a city or the nation."""

    incident_id: str
    event: str
    city: str
    dataset: str
    reason: str
    problem: Mapping[str, Any] = field(default_factory=dict)  # empty where it is as before
    by: str = ""
    note: str = ""


@dataclass(frozen=True)
class Incidents:
    """The events of incidents."""

    store: Store

    def events(self) -> list[Row]:
        """Return everything that became of incidents, oldest first."""
        seen = self.store.before(incident_event.c.at)
        query = select(incident_event).where(seen).order_by(incident_event.c.event_id)
        return self.store.rows(query)

    def add(self, change: IncidentChange) -> bool:
        """Record what became of an incident; return False where another process was first."""
        values = vars(change) | {"trouble": dict(change.problem)}
        row = self.store.row(incident_event, values)
        query = insert(incident_event).values(row).on_conflict_do_nothing()
        with self.store.engine.begin() as con:
            added = con.execute(query.returning(incident_event.c.event_id))
            return added.first() is not None
