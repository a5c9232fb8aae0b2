"""What the people on call must hear at once: failures of the hub, missed arrivals, expired waivers.

Once per incident.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from federation.common.hashing import short_hash
from federation.common.settings import Settings
from federation.common.vocabulary import IncidentState, MailState, ProblemKind, Severity
from federation.ledger import Ledger
from federation.messages.reasons import SEVERITY_EN, SEVERITY_TH
from federation.quality.contacts import on_call
from federation.quality.incidents import Incident, incidents, note_alerted
from federation.reporting.mail.mail import Mail, Smtp, post

ALERTED = (
    ProblemKind.TASK_FAILED,
    ProblemKind.LATE,
    ProblemKind.BUILD_FAILED,
    ProblemKind.VERIFICATION_FAILED,
    ProblemKind.EXPIRED_WAIVER,
    ProblemKind.CONTRACT_REFUSED,
)


def send_alerts(ledger: Ledger, settings: Settings) -> dict[MailState, int]:
    """Mail the people on call about incidents that they have not heard of.

    Return how many mails are in which state.

    Several incidents go in one mail. One that could not be sent is tried again with the next call.
    """
    untold = [
        entry
        for entry in incidents(ledger)
        if entry.state == IncidentState.OPEN and not entry.alerted and entry.problem.kind in ALERTED
    ]
    mails = _mails(untold) if untold else []
    states = post(mails, ledger, settings.home, Smtp.from_settings(settings))
    if mails and not {MailState.UNREACHABLE, MailState.REFUSED} & set(states):
        for entry in untold:
            note_alerted(entry, ledger)
    return states


def _mails(found: Sequence[Incident]) -> list[Mail]:
    occasion = f"alert-{short_hash(*sorted(entry.incident_id for entry in found))[:12]}"
    first = max(
        found, key=lambda entry: (entry.problem.severity == Severity.CRITICAL, entry.opened_at)
    )
    more_th, more_en = (
        (f" และอีก {len(found) - 1} เรื่อง", f" and {len(found) - 1} more")
        if len(found) > 1
        else ("", "")
    )
    subject = (
        f"[hub] {_about(first)} {first.problem.message_th[:60]}{more_th} / "
        f"{first.problem.message_en[:60]}{more_en}"
    )
    content = {"incidents": found, "severity_th": SEVERITY_TH, "severity_en": SEVERITY_EN}
    return [
        Mail(
            occasion,
            datetime.now(UTC),
            "alert",
            contact,
            " ".join(subject.split()),
            "alert",
            content,
        )
        for contact in on_call()
    ]


def _about(entry: Incident) -> str:
    feed = "/".join(filter(None, [entry.problem.city, entry.problem.dataset]))
    return feed or entry.problem.about or "hub"
