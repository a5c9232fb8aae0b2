"""What the people on call hear, by mail and by webhook: failures of the hub itself, the worst
first, with the log and the command to begin with. What is wrong with a city's data is its stewards'
matter: of what is overdue one line says how much there is.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from federation.common.bilingual import BilingualText
from federation.common.hashing import short_hash
from federation.common.settings import Settings
from federation.common.vocabulary import IncidentState, MailState, ProblemKind, Severity
from federation.datasets.suites import dataset_names, load_suite
from federation.ledger import Ledger
from federation.messages import said
from federation.messages.mail_words import ALERT_WORDS
from federation.messages.problem_words import FIRST_COMMANDS
from federation.messages.reasons import SEVERITY_EN, SEVERITY_TH
from federation.quality.contacts import on_call
from federation.quality.incidents import Incident, incidents, note_alerted
from federation.reporting.mail.mail import Mail, Smtp, plain_text, post
from federation.reporting.mail.subjects import cut
from federation.reporting.webhook import tell

ALERTED = (
    ProblemKind.TASK_FAILED,
    ProblemKind.HUB_TROUBLE,
    ProblemKind.BUILD_FAILED,
    ProblemKind.VERIFICATION_FAILED,
    ProblemKind.EXPIRED_WAIVER,
    ProblemKind.CONTRACT_REFUSED,
)
SUPPRESSED = timedelta(hours=24)  # what comes and goes is told once in this time
_SHOWN = 20  # incidents of a mail


def send_alerts(ledger: Ledger, settings: Settings) -> dict[MailState, int]:
    """Tell the people on call of new incidents; return how many mails are in which state.

    One mail holds several incidents. They are told when every mail went out, or when the webhook
    took them; else the next call tries again. What they heard of in the last 24 hours waits. Raises
    HubError when the webhook takes nothing, after the mails.
    """
    every = incidents(ledger)
    not_alerted = _not_alerted(every)
    if not not_alerted:
        return {}
    subject, content = _subject(not_alerted), _content(not_alerted, every)
    mails = _mails(not_alerted, subject, content)
    states = post(mails, ledger, settings.home, Smtp.from_settings(settings))
    if mails and not {MailState.UNREACHABLE, MailState.REFUSED} & set(states):
        _note_told(not_alerted, ledger)
    if tell(f"{subject}\n\n{plain_text('alert', content)}", settings):
        _note_told(not_alerted, ledger)
    return states


def _not_alerted(every: Sequence[Incident]) -> list[Incident]:
    """Return what is to be told, the worst and newest first."""
    now = datetime.now(UTC)
    lately = {
        entry.problem.key
        for entry in every
        if entry.alerted_at and now - entry.alerted_at < SUPPRESSED
    }
    found = [
        entry
        for entry in every
        if entry.state == IncidentState.OPEN
        and not entry.alerted
        and entry.problem.kind in ALERTED
        and entry.problem.key not in lately
    ]
    return sorted(found, key=_urgency, reverse=True)


def _note_told(told: Sequence[Incident], ledger: Ledger) -> None:
    for entry in told:
        note_alerted(entry, ledger)


def _mails(alerted: Sequence[Incident], subject: str, content: Mapping[str, Any]) -> list[Mail]:
    ids = sorted(entry.incident_id for entry in alerted)
    occasion, now = f"alert-{short_hash(*ids)[:12]}", datetime.now(UTC)
    return [
        Mail(occasion, now, "alert", contact, subject, "alert", content, languages=("en", "th"))
        for contact in on_call()
    ]


def _content(alerted: Sequence[Incident], every: Sequence[Incident]) -> dict[str, Any]:
    shown = alerted[:_SHOWN]
    return {
        "incidents": shown,
        "total": len(alerted),
        "about": about,
        "said": said,
        "words": ALERT_WORDS,
        "severity": {"en": SEVERITY_EN, "th": SEVERITY_TH},
        "first_commands": FIRST_COMMANDS,
        "overdue": _overdue(every),
        "logs": {
            entry.incident_id: place["log"]
            for entry in shown
            for place in entry.problem.evidence
            if "log" in place
        },
    }


def _overdue(every: Sequence[Incident]) -> BilingualText:
    """Return how many feeds are overdue, of which their stewards hear; empty when none is."""
    late = [
        entry.problem
        for entry in every
        if entry.state != IncidentState.CLOSED and entry.problem.kind == ProblemKind.LATE
    ]
    if not late:
        return said.NOTHING
    feeds = said.count(len(late), "feed is", "feeds are", "ชุดข้อมูล")
    cities = said.count(len({it.city for it in late}), "city", "cities", "เมือง")
    datasets = said.count(len({it.dataset for it in late}), "dataset", "datasets", "ประเภท")
    return BilingualText(
        f"{feeds.en} overdue ({datasets.en}, {cities.en}); their stewards are told",
        f"ขาดส่ง {feeds.th} ({datasets.th} {cities.th}) แจ้งผู้ดูแลแล้ว",
    )


def _subject(alerted: Sequence[Incident]) -> str:
    """Return how many failures there are, and what the worst and newest one is."""
    count = said.count(len(alerted), "failure", "failures", "เรื่อง")
    first = alerted[0].problem.message_en.splitlines()[0]
    return cut(" ".join(f"[hub] {count.en}: {about(alerted[0]).en}, {first}".split()))


def _urgency(entry: Incident) -> tuple[bool, datetime]:
    return entry.problem.severity == Severity.CRITICAL, entry.opened_at


def about(entry: Incident) -> BilingualText:
    """Return what an incident is about: a feed, a task, or the hub."""
    problem = entry.problem
    if problem.dataset in dataset_names():
        title = load_suite(problem.dataset).title
        return BilingualText(f"{problem.city}, {title['en']}", f"{problem.city} {title['th']}")
    name = problem.city or problem.about
    return BilingualText(name, name) if name else BilingualText("the hub", "ระบบกลาง")
