"""A release as mails: what each recipient is told, with pictures and, for stewards, a workbook to send back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from federation.contracts.model import Contact
from federation.report.changes import Changes
from federation.report.content import CityReport
from federation.report.mail import Attachment, Letter, Picture
from federation.report.subscriptions import Subscription
from federation.report.words import SEVERITY_EN, SEVERITY_TH, VERDICTS_EN, VERDICTS_TH
from federation.suites import load_suite

_SHOWN = 20  # incidents of a kind; a mail is no list of all
_LONGEST_SUBJECT = 80  # characters of one language


@dataclass(frozen=True)
class Heading:
    """Whom a mail is about."""

    th: str
    en: str


def letter(occasion: str, created_at: datetime, kind: str, recipient: Contact, subscription: Subscription,
           content: Mapping[str, Any], pictures: Sequence[Picture] = (), attachments: Sequence[Attachment] = ()) -> Letter:
    """Return one mail; `content` is what `told` returns."""
    said = {language: content[f"subject_{language}"] for language in subscription.languages}
    return Letter(occasion, created_at, kind, recipient, " / ".join(said.values()), "report",
                  {**content, "languages": subscription.languages, "pictures": pictures, "attachments": attachments},
                  tuple(pictures), tuple(attachments))


def told(heading: Heading, release_id: str, reports: Sequence[CityReport], changed: Changes,
         site: str | None) -> dict[str, Any]:
    """Return what the templates show."""
    subject_th, subject_en = subject(heading, reports, changed)
    return {"heading_th": heading.th, "heading_en": heading.en, "release_id": release_id, "reports": reports,
            "subject_th": subject_th, "subject_en": subject_en, "changes": changed, "shown": _SHOWN,
            "titles": {feed.dataset: load_suite(feed.dataset).title for city in reports for feed in city.feeds},
            "cities": {city.key: {"th": city.name_th, "en": city.name_en} for city in reports},
            "verdicts_th": VERDICTS_TH, "verdicts_en": VERDICTS_EN, "severity_th": SEVERITY_TH, "severity_en": SEVERITY_EN,
            "site": f"{site.rstrip('/')}/reports/{release_id}/index.html" if site else ""}


def subject(heading: Heading, reports: Sequence[CityReport], changed: Changes) -> tuple[str, str]:
    """Return the one thing that matters most, in Thai and in English."""
    th, en = _matters(reports, changed)
    return _short(f"{heading.th}: {th}"), _short(f"{heading.en}: {en}")


def _matters(reports: Sequence[CityReport], changed: Changes) -> tuple[str, str]:
    worst = [entry for entry in changed.new if entry.trouble.severity == "critical"] or list(changed.new)
    if len(worst) == 1:
        trouble = worst[0].trouble
        title = load_suite(trouble.dataset).title if trouble.dataset else {"th": "", "en": ""}
        return f"{title['th']} {trouble.message_th}".strip(), f"{title['en']}: {trouble.message_en}".strip(": ")
    if worst and worst[0].trouble.severity == "critical":
        return f"เรื่องร้ายแรงใหม่ {len(worst)} เรื่อง", f"{len(worst)} new critical incidents"
    unreachable = sum(feed.platform != "ok" for city in reports for feed in city.feeds)
    if unreachable:
        return f"ติดต่อแพลตฟอร์มไม่ได้ {unreachable} ชุดข้อมูล", f"{unreachable} feed(s) unreachable"
    if worst:
        return f"เรื่องใหม่ {len(worst)} เรื่อง", f"{len(worst)} new incidents"
    if changed.fixed:
        return f"แก้ไขแล้ว {len(changed.fixed)} เรื่อง", f"{len(changed.fixed)} incident(s) mended"
    if changed.still_open:
        count = len(changed.still_open)
        return f"ยังเปิดอยู่ {count} เรื่อง ไม่มีเรื่องใหม่", f"{count} incident(s) still open, nothing new"
    return "ผ่านทุกชุดข้อมูล", "all feeds accepted"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SUBJECT else text[: _LONGEST_SUBJECT - 1] + "…"
