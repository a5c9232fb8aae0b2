"""Mails to the people on call, once per incident: failures of the hub, missed arrivals, expired
waivers."""

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
    """Mail the people on call about new incidents; return how many mails are in which state.

    One mail holds several incidents. One that could not be sent is tried again with the next call.
    """
    not_alerted = [
        entry
        for entry in incidents(ledger)
        if entry.state == IncidentState.OPEN and not entry.alerted and entry.problem.kind in ALERTED
    ]
    mails = _mails(not_alerted) if not_alerted else []
    states = post(mails, ledger, settings.home, Smtp.from_settings(settings))
    if mails and not {MailState.UNREACHABLE, MailState.REFUSED} & set(states):
        for entry in not_alerted:
            note_alerted(entry, ledger)
    return states


def _mails(alerted: Sequence[Incident]) -> list[Mail]:
    ids = sorted(entry.incident_id for entry in alerted)
    occasion = f"alert-{short_hash(*ids)[:12]}"
    subject = _subject(alerted)
    content = {"incidents": alerted, "severity_th": SEVERITY_TH, "severity_en": SEVERITY_EN}
    return [
        Mail(occasion, datetime.now(UTC), "alert", contact, subject, "alert", content)
        for contact in on_call()
    ]


def _subject(alerted: Sequence[Incident]) -> str:
    """Return what the worst and newest incident is, and how many more there are."""
    first = max(alerted, key=_urgency)
    thai = f"{_about(first)} {first.problem.message_th[:60]}"
    english = first.problem.message_en[:60]
    more = len(alerted) - 1
    if more:
        thai += f" และอีก {more} เรื่อง"
        english += f" and {more} more"
    subject = f"[hub] {thai} / {english}"
    return " ".join(subject.split())


def _urgency(entry: Incident) -> tuple[bool, datetime]:
    return entry.problem.severity == Severity.CRITICAL, entry.opened_at


def _about(entry: Incident) -> str:
    feed = "/".join(filter(None, [entry.problem.city, entry.problem.dataset]))
    return feed or entry.problem.about or "hub"
