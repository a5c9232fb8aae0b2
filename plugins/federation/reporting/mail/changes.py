"""What is new, mended and still open for a recipient since the last mail to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from federation.common.vocabulary import IncidentState, Severity
from federation.quality.incidents import Incident
from federation.reporting.mail.recipients import Scope

_ORDER = list(Severity)


@dataclass(frozen=True)
class Changes:
    """Incidents of a scope, told apart by the instant of the last mail."""

    new: Sequence[Incident]
    fixed: Sequence[Incident]
    still_open: Sequence[Incident]

    @property
    def changed(self) -> bool:
        return bool(self.new or self.fixed)

    @property
    def critical(self) -> bool:
        return any(
            entry.problem.severity == Severity.CRITICAL for entry in (*self.new, *self.still_open)
        )


def changes(all_incidents: Sequence[Incident], scope: Scope, since: datetime | None) -> Changes:
    """Return what changed in this scope since then, the most severe first.

    `since` is None when there was no mail yet: then all that is open is new.
    """
    in_scope = [
        entry for entry in all_incidents if scope.holds(entry.problem.city, entry.problem.dataset)
    ]
    in_scope.sort(key=_by_severity)
    standing = [entry for entry in in_scope if entry.state != IncidentState.CLOSED]
    new = [entry for entry in standing if since is None or entry.opened_at > since]
    fixed = [entry for entry in in_scope if since and _was_mended(entry, since)]
    return Changes(new, fixed, [entry for entry in standing if entry not in new])


def _by_severity(entry: Incident) -> tuple[int, str, str]:
    problem = entry.problem
    return _ORDER.index(problem.severity), problem.city, problem.dataset


def _was_mended(entry: Incident, since: datetime) -> bool:
    """Return whether an incident was open at that time and has been closed since."""
    closed_since = entry.closed_at is not None and entry.closed_at > since
    return closed_since and entry.opened_at <= since
