"""Incidents: one per trouble of a feed (or city, or the nation) from when it is first seen until
it is gone.

They open and close by themselves, from what each pass finds; a person only acknowledges. `troubles`
says what is wrong now, `refresh` holds it against what the ledger has open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from federation.common.hashing import short_hash
from federation.common.periods import BANGKOK
from federation.ledger import Ledger
from federation.quality.contacts import repair_within_working_days
from federation.reference.working_days import working_days_after

EVIDENCE = 5  # rows or files shown
OUTSIDE = "task_failed"  # reasons that others open and close: a pass neither sees nor closes them


@dataclass(frozen=True)
class Problem:
    """What is wrong now, with a feed, a city (dataset empty) or the nation (city empty too)."""

    city: str
    dataset: str
    reason: str
    severity: str  # critical, warning, info
    dimension: str
    message_th: str
    message_en: str
    owner: str  # who is asked to act: an address
    records: int = 0
    extracts: int = 0
    evidence: list[dict[str, Any]] = field(
        default_factory=list
    )  # {extract_id, partition, row_number, quarantine_id}

    @property
    def key(self) -> tuple[str, str, str]:
        return self.city, self.dataset, self.reason


@dataclass(frozen=True)
class Incident:
    """One trouble's life; the trouble is as it was last seen. Instants are UTC."""

    incident_id: str
    problem: Problem
    state: str  # open, acknowledged, closed
    opened_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    closed_at: datetime | None = None
    alerted: bool = False  # whether the people on call have heard of it

    @property
    def opened_on(self) -> date:
        """The local day (Asia/Bangkok) on which it was first seen."""
        return self.opened_at.astimezone(BANGKOK).date()

    @property
    def repair_by(self) -> date:
        """The local day by which it should be gone, from its severity (`_national.yml`)."""
        return working_days_after(
            self.opened_on, repair_within_working_days()[self.problem.severity]
        )

    @property
    def hours_to_acknowledge(self) -> float | None:
        return _hours(self.opened_at, self.acknowledged_at)

    @property
    def hours_to_repair(self) -> float | None:
        return _hours(self.opened_at, self.closed_at)

    def row(self) -> dict[str, Any]:
        """Return the row of ops.incidents; also what `hub incidents --json` prints."""
        told = {
            name: value for name, value in vars(self).items() if name not in ("problem", "alerted")
        }
        return (
            asdict(self.problem)
            | told
            | {
                "repair_by": self.repair_by,
                "hours_to_acknowledge": self.hours_to_acknowledge,
                "hours_to_repair": self.hours_to_repair,
            }
        )


def _hours(start: datetime, end: datetime | None) -> float | None:
    return round((end - start).total_seconds() / 3600, 2) if end else None


def incidents(ledger: Ledger) -> list[Incident]:
    """Return every incident, the newest first."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for event in ledger.incident_events():
        found.setdefault(event["incident_id"], []).append(event)
    return sorted(
        (_incident(events) for events in found.values()),
        key=lambda entry: entry.opened_at,
        reverse=True,
    )


def _incident(events: Sequence[Mapping[str, Any]]) -> Incident:
    first = events[0]
    last = {event["event"]: event for event in events}
    told = [event for event in events if event["trouble"]][-1]
    problem = Problem(first["city"], first["dataset"], first["reason"], **told["trouble"])
    acknowledged, closed = last.get("acknowledged"), last.get("closed")
    state = "closed" if closed else "acknowledged" if acknowledged else "open"
    return Incident(
        first["incident_id"],
        problem,
        state,
        first["at"],
        acknowledged["at"] if acknowledged else None,
        acknowledged["by"] if acknowledged else "",
        closed["at"] if closed else None,
        "alerted" in last,
    )


def refresh(found: Iterable[Problem], ledger: Ledger, about: Iterable[str] | None = None) -> None:
    """Open an incident for each trouble that has none, and close those whose trouble is gone.

    `about` are the cities that were looked at; incidents of others stay as they are. None: all
    were.
    """
    now = {problem.key: problem for problem in found}
    known = incidents(ledger)
    standing = {entry.problem.key: entry for entry in known if entry.state != "closed"}
    looked_at = None if about is None else {*about}
    for key, problem in now.items():
        if key not in standing:
            open_incident(problem, ledger, known)
        elif problem != standing[key].problem:
            _note(standing[key], "changed", ledger, problem)
    for key, entry in standing.items():
        seen = not entry.problem.reason.startswith(OUTSIDE) and (
            looked_at is None or entry.problem.city in looked_at
        )
        if seen and key not in now:
            _note(entry, "closed", ledger)


def open_incident(
    problem: Problem, ledger: Ledger, known: Sequence[Incident] | None = None
) -> bool:
    """Open an incident unless the trouble has one; return whether it did.

    Two that see the same trouble open one.
    """
    before = [
        entry
        for entry in (incidents(ledger) if known is None else known)
        if entry.problem.key == problem.key
    ]
    if any(entry.state != "closed" for entry in before):
        return False
    incident_id = f"i{short_hash(*problem.key, len(before))[:8]}"
    return ledger.add_incident_event(incident_id, "opened", *problem.key, problem=_told(problem))


def close_incident(key: tuple[str, str, str], ledger: Ledger) -> None:
    """Close the incident that stands for this trouble, if any."""
    for entry in incidents(ledger):
        if entry.problem.key == key and entry.state != "closed":
            _note(entry, "closed", ledger)


def acknowledge(entry: Incident, by: str, note: str, ledger: Ledger) -> None:
    """Record that a person has taken an incident up."""
    ledger.add_incident_event(
        entry.incident_id, "acknowledged", *entry.problem.key, by=by, note=note
    )


def note_alerted(entry: Incident, ledger: Ledger) -> None:
    """Record that the people on call have heard of an incident."""
    _note(entry, "alerted", ledger)


def _note(entry: Incident, event: str, ledger: Ledger, problem: Problem | None = None) -> None:
    ledger.add_incident_event(
        entry.incident_id, event, *entry.problem.key, problem=_told(problem) if problem else {}
    )


def _told(problem: Problem) -> dict[str, Any]:
    return {
        name: value
        for name, value in asdict(problem).items()
        if name not in ("city", "dataset", "reason")
    }
