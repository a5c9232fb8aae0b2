"""Incidents: one for each problem of a feed, a city or the nation, from its first day to its last.

They open and close by themselves, from what each pass finds; a person only acknowledges. `problems`
finds what is wrong now; `refresh` compares it with the open incidents of the ledger.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from federation.common.bilingual import BilingualText
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
from federation.ledger.incidents import IncidentChange
from federation.quality.contacts import repair_within_working_days
from federation.reference.working_days import working_days_after

EVIDENCE = 5  # rows or files shown
# Others open and close them: what a pass finds wrong with data neither holds nor closes them.
OUTSIDE = (ProblemKind.TASK_FAILED, ProblemKind.HUB_TROUBLE)


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
    # {extract_id, partition, row_number, quarantine_id}
    evidence: list[dict[str, Any]] = field(default_factory=list)
    todo_th: str = ""  # what the owner is asked to do
    todo_en: str = ""
    meanwhile_th: str = ""  # what happens until it is done
    meanwhile_en: str = ""

    def asking(self, todo: BilingualText, meanwhile: BilingualText) -> "Problem":
        """Return it with what the owner is asked to do, and what happens until then."""
        return replace(
            self,
            todo_th=todo.th,
            todo_en=todo.en,
            meanwhile_th=meanwhile.th,
            meanwhile_en=meanwhile.en,
        )

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
    """The life of one problem, which is as it was last seen. Instants are UTC."""

    incident_id: str
    problem: Problem
    state: IncidentState
    opened_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    closed_at: datetime | None = None
    alerted_at: datetime | None = None  # when the people on call heard of it

    @property
    def alerted(self) -> bool:
        """Whether the people on call have heard of it."""
        return self.alerted_at is not None

    @property
    def opened_on(self) -> date:
        """The local day (Asia/Bangkok) on which it was first seen."""
        return self.opened_at.astimezone(BANGKOK).date()

    @property
    def repair_by(self) -> date | None:
        """The local day by which it should be gone, from its severity (`_national.yml`); None for
        a remark, which asks nobody to act by a day."""
        if self.problem.severity == Severity.INFO:
            return None
        days = repair_within_working_days()[self.problem.severity]
        return working_days_after(self.opened_on, days)

    @property
    def hours_to_acknowledge(self) -> float | None:
        return _hours(self.opened_at, self.acknowledged_at)

    @property
    def hours_to_repair(self) -> float | None:
        return _hours(self.opened_at, self.closed_at)

    def row(self) -> dict[str, Any]:
        """Return the row of ops.incidents; also what `hub incidents --json` prints."""
        life = vars(self) | {
            "repair_by": self.repair_by,
            "hours_to_acknowledge": self.hours_to_acknowledge,
            "hours_to_repair": self.hours_to_repair,
        }
        del life["problem"], life["alerted_at"]
        return asdict(self.problem) | life


def _hours(start: datetime, end: datetime | None) -> float | None:
    return round((end - start).total_seconds() / 3600, 2) if end else None


def incidents(ledger: Ledger) -> list[Incident]:
    """Return every incident, the newest first."""
    events_of: dict[str, list[Mapping[str, Any]]] = {}
    for event in ledger.incidents.events():
        events_of.setdefault(event["incident_id"], []).append(event)
    all_incidents = map(_incident, events_of.values())
    return sorted(all_incidents, key=lambda entry: entry.opened_at, reverse=True)


def _incident(events: Sequence[Mapping[str, Any]]) -> Incident:
    first = events[0]
    last = {event["event"]: event for event in events}
    problem = [event["trouble"] for event in events if event["trouble"]][-1]
    acknowledged = last.get(IncidentEvent.ACKNOWLEDGED)
    closed = last.get(IncidentEvent.CLOSED)
    alerted = last.get(IncidentEvent.ALERTED)
    state = IncidentState.ACKNOWLEDGED if acknowledged else IncidentState.OPEN
    return Incident(
        incident_id=first["incident_id"],
        problem=_problem(first, problem),
        state=IncidentState.CLOSED if closed else state,
        opened_at=first["at"],
        acknowledged_at=acknowledged["at"] if acknowledged else None,
        acknowledged_by=acknowledged["by"] if acknowledged else "",
        closed_at=closed["at"] if closed else None,
        alerted_at=alerted["at"] if alerted else None,
    )


def _problem(event: Mapping[str, Any], values: Mapping[str, Any]) -> Problem:
    typed = {
        "severity": Severity(values["severity"]),
        "dimension": Dimension(values["dimension"]),
    }
    return Problem(event["city"], event["dataset"], event["reason"], **{**values, **typed})


def refresh(found: Iterable[Problem], ledger: Ledger, about: Iterable[str] | None = None) -> None:
    """Open an incident for each problem that has none, and close those whose problem is gone.

    `about` are the cities that were looked at (None: all); incidents of others stay as they are.
    """
    now = {problem.key: problem for problem in found}
    all_incidents = incidents(ledger)
    standing = {
        entry.problem.key: entry for entry in all_incidents if entry.state != IncidentState.CLOSED
    }
    for key, problem in now.items():
        if key not in standing:
            open_incident(problem, ledger, all_incidents)
        elif problem != standing[key].problem:
            _note(standing[key], IncidentEvent.CHANGED, ledger, problem)
    looked_at = None if about is None else {*about}
    for key, entry in standing.items():
        was_looked_at = looked_at is None or entry.problem.city in looked_at
        if key not in now and was_looked_at and entry.problem.kind not in OUTSIDE:
            _note(entry, IncidentEvent.CLOSED, ledger)


def open_incident(
    problem: Problem, ledger: Ledger, all_incidents: Sequence[Incident] | None = None
) -> bool:
    """Open an incident unless the problem has one; return whether it did.

    Where two processes see the same problem, one of them opens it.
    """
    if all_incidents is None:
        all_incidents = incidents(ledger)
    before = [entry for entry in all_incidents if entry.problem.key == problem.key]
    if any(entry.state != IncidentState.CLOSED for entry in before):
        return False
    incident_id = f"i{short_hash(*problem.key, len(before))[:8]}"
    return ledger.incidents.add(
        IncidentChange(
            incident_id, IncidentEvent.OPENED, *problem.key, problem=_without_key(problem)
        )
    )


def close_incident(key: tuple[str, str, str], ledger: Ledger) -> None:
    """Close the incident that is open for this problem, if any."""
    for entry in incidents(ledger):
        if entry.problem.key == key and entry.state != IncidentState.CLOSED:
            _note(entry, IncidentEvent.CLOSED, ledger)


def refresh_troubles(troubles: Iterable[Problem], ledger: Ledger, *, close: bool) -> None:
    """Open an incident for each trouble of the hub itself; where a pass looked at everything
    (`close`), close those that it did not meet."""
    met = {problem.key: problem for problem in troubles}
    for problem in met.values():
        open_incident(problem, ledger)
    if not close:
        return
    for entry in incidents(ledger):
        is_trouble = entry.problem.kind == ProblemKind.HUB_TROUBLE
        is_over = entry.problem.key not in met
        if is_trouble and is_over and entry.state != IncidentState.CLOSED:
            _note(entry, IncidentEvent.CLOSED, ledger)


def acknowledge(entry: Incident, by: str, note: str, ledger: Ledger) -> None:
    """Record that a person knows of an incident and acts on it."""
    event = IncidentEvent.ACKNOWLEDGED
    ledger.incidents.add(
        IncidentChange(entry.incident_id, event, *entry.problem.key, by=by, note=note)
    )


def note_alerted(entry: Incident, ledger: Ledger) -> None:
    """Record that the people on call have heard of an incident."""
    _note(entry, IncidentEvent.ALERTED, ledger)


def _note(
    entry: Incident, event: IncidentEvent, ledger: Ledger, problem: Problem | None = None
) -> None:
    values = _without_key(problem) if problem else {}
    ledger.incidents.add(
        IncidentChange(entry.incident_id, event, *entry.problem.key, problem=values)
    )


def _without_key(problem: Problem) -> dict[str, Any]:
    values = asdict(problem)
    for name in ("city", "dataset", "reason"):
        del values[name]
    return values
