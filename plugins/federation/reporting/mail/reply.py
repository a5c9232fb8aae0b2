"""The mail to whoever sent a workbook back: what was taken over, what was not, and why."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from federation.common.bilingual import BilingualText
from federation.common.hashing import sha256_of_file, short_hash
from federation.common.settings import Settings
from federation.common.vocabulary import MailState
from federation.contracts.model import Contact, Feed
from federation.ledger import Ledger
from federation.messages import said
from federation.messages.mail_words import REPLY_WORDS
from federation.messages.workbook_words import OUTCOMES
from federation.quality.contacts import national
from federation.reporting.mail.mail import Mail, Smtp, post
from federation.reporting.mail.recipients import drafts
from federation.reporting.mail.subscriptions import Language, subscription
from federation.reporting.workbook.answers import Taken

_SHOWN = 50


@dataclass(frozen=True)
class Answered:
    """A workbook that was taken over: who sent it, and what became of each answer."""

    by: str  # an address
    file: Path
    taken: Sequence[Taken]


def send_reply(
    answered: Answered,
    feeds: Sequence[Feed],
    ledger: Ledger,
    settings: Settings,
) -> dict[MailState, int]:
    """Mail the sender of a workbook what became of each answer, in their languages; the same
    workbook with the same outcome is answered once."""
    to, file, taken = answered.by, answered.file, answered.taken
    draft = next((entry for entry in drafts(feeds) if entry.recipient.email == to), None)
    recipient = draft.recipient if draft else Contact("", to)
    languages = subscription(to, ledger).languages
    content = reply_content(recipient, file.name, taken, languages)
    outcomes = "".join(sorted(entry.outcome[:2] for entry in taken))
    mail = Mail(
        f"answer-{sha256_of_file(file)[:12]}-{short_hash(outcomes)[:6]}",
        datetime.now(UTC),
        "answer",
        recipient,
        " / ".join(getattr(content["heading"], language) for language in languages),
        "reply",
        content,
        thread=ledger.mails.first_to(to, draft.kind) if draft else "",
        languages=languages,
    )
    return post([mail], ledger, settings.home, Smtp.from_settings(settings))


def reply_content(
    recipient: Contact, file: str, taken: Sequence[Taken], languages: Sequence[Language]
) -> dict[str, Any]:
    """Return what the templates show."""
    refused = [entry for entry in taken if entry.outcome == "refused"]
    kept = Counter(entry.outcome for entry in taken if entry.outcome != "refused")
    good, bad = said.count(sum(kept.values()), "answer", "answers", "รายการ"), len(refused)
    mark = "✓" if kept else "✗"
    heading = BilingualText(
        f"{mark} {good.en} taken" + (f", {bad} not taken" if bad else "") + f" ({file})",
        f"{mark} รับคำตอบแล้ว {good.th}" + (f" ยังรับไม่ได้ {bad} รายการ" if bad else "") + f" ({file})",
    )
    return {
        "heading": heading,
        "kept": [(OUTCOMES[outcome], count) for outcome, count in sorted(kept.items())],
        "refused": refused[:_SHOWN],
        "more": max(0, bad - _SHOWN),
        "recipient": recipient,
        "languages": languages,
        "words": REPLY_WORDS,
        "publisher": national().publisher,
    }
