"""What is new, what is mended and what is still open for a recipient since the last mail to
them."""

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


def changes(known: Sequence[Incident], scope: Scope, since: datetime | None) -> Changes:
    """Return what changed in this scope since then.

    None: nothing was ever told, so all that is open is new.
    """
    ours = sorted(
        (entry for entry in known if scope.holds(entry.problem.city, entry.problem.dataset)),
        key=lambda entry: (
            _ORDER.index(entry.problem.severity),
            entry.problem.city,
            entry.problem.dataset,
        ),
    )
    standing = [entry for entry in ours if entry.state != IncidentState.CLOSED]
    new = [entry for entry in standing if since is None or entry.opened_at > since]
    fixed = [
        entry
        for entry in ours
        if since and entry.closed_at and entry.closed_at > since and entry.opened_at <= since
    ]
    return Changes(new, fixed, [entry for entry in standing if entry not in new])
