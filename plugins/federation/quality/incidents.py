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
from federation.common.reason import split_code
from federation.common.vocabulary import (
    Dimension,
    IncidentEvent,
    IncidentState,
    ProblemKind,
    Severity,
)
from federation.ledger import Ledger
from federation.quality.contacts import repair_within_working_days
from federation.reference.working_days import working_days_after

EVIDENCE = 5  # rows or files shown
OUTSIDE = ProblemKind.TASK_FAILED  # others open and close it: a pass neither sees nor closes it


@dataclass(frozen=True)
class Problem:
    """What is wrong now, with a feed, a city (dataset empty) or the nation (city empty too)."""

    city: str
    dataset: str
    reason: str  # the code of a Reason, or a ProblemKind with what it is about
    severity: Severity
    dimension: Dimension
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

    @property
    def kind(self) -> ProblemKind | None:
        """Which problem of the closed list it is; None for what was found in extracts."""
        name, _ = split_code(self.reason)
        return ProblemKind(name) if name in _KINDS else None

    @property
    def about(self) -> str:
        """The waiver or task that it is about, or nothing."""
        return split_code(self.reason)[1]


_KINDS = frozenset(ProblemKind)


@dataclass(frozen=True)
class Incident:
    """One trouble's life; the trouble is as it was last seen. Instants are UTC."""

    incident_id: str
    problem: Problem
    state: IncidentState
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
    for event in ledger.incidents.events():
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
    problem = _problem(first, told["trouble"])
    acknowledged = last.get(IncidentEvent.ACKNOWLEDGED)
    closed = last.get(IncidentEvent.CLOSED)
    taken_up = IncidentState.ACKNOWLEDGED if acknowledged else IncidentState.OPEN
    state = IncidentState.CLOSED if closed else taken_up
    return Incident(
        first["incident_id"],
        problem,
        state,
        first["at"],
        acknowledged["at"] if acknowledged else None,
        acknowledged["by"] if acknowledged else "",
        closed["at"] if closed else None,
        IncidentEvent.ALERTED in last,
    )


def _problem(event: Mapping[str, Any], told: Mapping[str, Any]) -> Problem:
    typed = {
        "severity": Severity(told["severity"]),
        "dimension": Dimension(told["dimension"]),
    }
    return Problem(event["city"], event["dataset"], event["reason"], **{**told, **typed})


def refresh(found: Iterable[Problem], ledger: Ledger, about: Iterable[str] | None = None) -> None:
    """Open an incident for each trouble that has none, and close those whose trouble is gone.

    `about` are the cities that were looked at; incidents of others stay as they are. None: all
    were.
    """
    now = {problem.key: problem for problem in found}
    known = incidents(ledger)
    standing = {entry.problem.key: entry for entry in known if entry.state != IncidentState.CLOSED}
    looked_at = None if about is None else {*about}
    for key, problem in now.items():
        if key not in standing:
            open_incident(problem, ledger, known)
        elif problem != standing[key].problem:
            _note(standing[key], IncidentEvent.CHANGED, ledger, problem)
    for key, entry in standing.items():
        seen = entry.problem.kind != OUTSIDE and (
            looked_at is None or entry.problem.city in looked_at
        )
        if seen and key not in now:
            _note(entry, IncidentEvent.CLOSED, ledger)


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
    if any(entry.state != IncidentState.CLOSED for entry in before):
        return False
    incident_id = f"i{short_hash(*problem.key, len(before))[:8]}"
    return ledger.incidents.add_event(
        incident_id, IncidentEvent.OPENED, *problem.key, problem=_told(problem)
    )


def close_incident(key: tuple[str, str, str], ledger: Ledger) -> None:
    """Close the incident that stands for this trouble, if any."""
    for entry in incidents(ledger):
        if entry.problem.key == key and entry.state != IncidentState.CLOSED:
            _note(entry, IncidentEvent.CLOSED, ledger)


def acknowledge(entry: Incident, by: str, note: str, ledger: Ledger) -> None:
    """Record that a person has taken an incident up."""
    ledger.incidents.add_event(
        entry.incident_id, IncidentEvent.ACKNOWLEDGED, *entry.problem.key, by=by, note=note
    )


def note_alerted(entry: Incident, ledger: Ledger) -> None:
    """Record that the people on call have heard of an incident."""
    _note(entry, IncidentEvent.ALERTED, ledger)


def _note(
    entry: Incident, event: IncidentEvent, ledger: Ledger, problem: Problem | None = None
) -> None:
    ledger.incidents.add_event(
        entry.incident_id, event, *entry.problem.key, problem=_told(problem) if problem else {}
    )


def _told(problem: Problem) -> dict[str, Any]:
    return {
        name: value
        for name, value in asdict(problem).items()
        if name not in ("city", "dataset", "reason")
    }
