"""What the people on call hear, once per incident, by mail and by webhook: troubles of the hub
itself. What is wrong with a city's data is its stewards' matter.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from federation.common.hashing import short_hash
from federation.common.settings import Settings
from federation.common.vocabulary import IncidentState, MailState, ProblemKind, Severity
from federation.ledger import Ledger
from federation.messages.problem_words import FIRST_COMMANDS
from federation.messages.reasons import SEVERITY_EN, SEVERITY_TH
from federation.quality.contacts import on_call
from federation.quality.incidents import Incident, incidents, note_alerted
from federation.reporting.mail.mail import Mail, Smtp, plain_text, post
from federation.reporting.webhook import tell

ALERTED = (
    ProblemKind.TASK_FAILED,
    ProblemKind.HUB_TROUBLE,
    ProblemKind.BUILD_FAILED,
    ProblemKind.VERIFICATION_FAILED,
    ProblemKind.EXPIRED_WAIVER,
    ProblemKind.CONTRACT_REFUSED,
)


def send_alerts(ledger: Ledger, settings: Settings) -> dict[MailState, int]:
    """Tell the people on call of new incidents; return how many mails are in which state.

    One mail holds several incidents. They are told when every mail went out, or when the webhook
    took them; else the next call tries again. Raises HubError when the webhook takes nothing, after
    the mails.
    """
    not_alerted = [
        entry
        for entry in incidents(ledger)
        if entry.state == IncidentState.OPEN and not entry.alerted and entry.problem.kind in ALERTED
    ]
    if not not_alerted:
        return {}
    subject, content = _subject(not_alerted), _content(not_alerted)
    mails = _mails(not_alerted, subject, content)
    states = post(mails, ledger, settings.home, Smtp.from_settings(settings))
    if mails and not {MailState.UNREACHABLE, MailState.REFUSED} & set(states):
        _note_told(not_alerted, ledger)
    if tell(f"{subject}\n\n{plain_text('alert', content)}", settings):
        _note_told(not_alerted, ledger)
    return states


def _note_told(told: Sequence[Incident], ledger: Ledger) -> None:
    for entry in told:
        note_alerted(entry, ledger)


def _mails(alerted: Sequence[Incident], subject: str, content: Mapping[str, Any]) -> list[Mail]:
    ids = sorted(entry.incident_id for entry in alerted)
    occasion = f"alert-{short_hash(*ids)[:12]}"
    return [
        Mail(occasion, datetime.now(UTC), "alert", contact, subject, "alert", content)
        for contact in on_call()
    ]


def _content(alerted: Sequence[Incident]) -> dict[str, Any]:
    return {
        "incidents": alerted,
        "severity_th": SEVERITY_TH,
        "severity_en": SEVERITY_EN,
        "first_commands": FIRST_COMMANDS,
        "logs": {
            entry.incident_id: place["log"]
            for entry in alerted
            for place in entry.problem.evidence
            if "log" in place
        },
    }


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
