"""What a mail says: the most important thing, what is new, mended and still open, and the state of
each feed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from federation.common.bilingual import BilingualText
from federation.common.vocabulary import ProblemKind, Severity, VerdictKind
from federation.contracts.model import City
from federation.datasets.suites import dataset_names, load_suite
from federation.messages.reasons import REPORT
from federation.quality.incidents import Incident
from federation.reporting.mail.changes import Changes
from federation.reporting.mail.context import CityReport
from federation.reporting.mail.mail import Attachment, Mail, Picture
from federation.reporting.mail.recipients import Draft, Scope
from federation.reporting.mail.subscriptions import Language

_SHOWN = 20  # incidents of a kind; a mail does not list all
_SHOWN_OF_NATION = 10
_PERIODS = 3  # of an incident
_LONGEST_SUBJECT = 80  # characters of one language
_NATION = BilingualText("Nation", "ทั้งประเทศ")


@dataclass(frozen=True)
class Occasion:
    """Why a mail is sent now: a release, a day or a week; and the time that the mail carries."""

    name: str
    created_at: datetime


@dataclass(frozen=True)
class ReleaseInMails:
    """The release that mails are about: its cities, and the address of the hub's site if any."""

    release_id: str  # empty before the first release
    cities: Sequence[City]
    site: str | None

    def page(self, scope: Scope) -> str:
        """Return the address of the page about a scope; empty without a site or a release."""
        if not (self.site and self.release_id):
            return ""
        parts = [scope.city]
        if len(scope.datasets) == 1:
            parts += scope.datasets
        name = "-".join(parts) or "index"
        return f"{self.site.rstrip('/')}/reports/{self.release_id}/{name}.html"


def mail(
    occasion: Occasion,
    draft: Draft,
    content: Mapping[str, Any],
    pictures: Sequence[Picture] = (),
    attachments: Sequence[Attachment] = (),
) -> Mail:
    """Return one mail; `content` is what `mail_content` returns."""
    subjects = [content[f"subject_{language}"] for language in content["languages"]]
    return Mail(
        occasion.name,
        occasion.created_at,
        draft.kind,
        draft.recipient,
        " / ".join(subjects),
        "report",
        {**content, "pictures": pictures, "attachments": attachments},
        tuple(pictures),
        tuple(attachments),
    )


def mail_content(
    draft: Draft,
    languages: Sequence[Language],
    release: ReleaseInMails,
    reports: Sequence[CityReport],
    changed: Changes,
) -> dict[str, Any]:
    """Return what the templates show, in these languages; `reports` are those of the draft's
    scope."""
    names = {city.key: BilingualText(city.name_en, city.name_th) for city in release.cities}
    national = not draft.scope.city
    # The heading of a city's mail names the city already.
    names_in_subject = names if national else {draft.scope.city: BilingualText("", "")}
    about = partial(_about, names_in_subject)
    subject_th, subject_en = subject(draft.heading, reports, changed, about)
    return {
        "languages": languages,
        "heading_th": draft.heading.th,
        "heading_en": draft.heading.en,
        "release_id": release.release_id,
        "nation": reports if national else [],
        "reports": [] if national else reports,
        "subject_th": subject_th,
        "subject_en": subject_en,
        "changes": changed,
        "shown": _SHOWN_OF_NATION if national else _SHOWN,
        "about": partial(_about, names),
        "where": where,
        "words": REPORT,
        "site": release.page(draft.scope),
    }


def _about(names: Mapping[str, BilingualText], entry: Incident, th: bool) -> str:
    """Return the city and dataset that an incident is about, by name."""
    city, title = entry.problem.city, entry.problem.dataset
    name = names.get(city, BilingualText(city, city) if city else _NATION)
    if title in dataset_names():
        title = load_suite(title).title["th" if th else "en"]
    return " · ".join(filter(None, [name.th if th else name.en, title]))


def where(entry: Incident, th: bool) -> str:
    """Return the first periods, with rows where known, that an incident is about."""
    problem = entry.problem
    rows: dict[str, list[str]] = {}
    for evidence in problem.evidence:
        numbers = rows.setdefault(evidence["partition"], [])
        if evidence.get("row_number"):
            numbers.append(str(evidence["row_number"]))
    row = "แถว" if th else "row"
    periods = [
        f"{partition} ({row} {', '.join(numbers)})" if numbers else partition
        for partition, numbers in rows.items()
    ]
    rows_shown = sum(map(len, rows.values()))
    more_periods = len(periods) > _PERIODS or problem.extracts > len(periods)
    more_rows = problem.records > rows_shown > 0
    rest = " …" if periods and (more_periods or more_rows) else ""
    return ", ".join(periods[:_PERIODS]) + rest


def subject(
    heading: BilingualText,
    reports: Sequence[CityReport],
    changed: Changes,
    about: Callable[[Incident, bool], str],
) -> tuple[str, str]:
    """Return the most important thing, in Thai and in English.

    `about` names what an incident is about.
    """
    th, en = _most_important(reports, changed, about)
    return _short(f"{heading.th}: {th}"), _short(f"{heading.en}: {en}")


def _most_important(
    reports: Sequence[CityReport], changed: Changes, about: Callable[[Incident, bool], str]
) -> tuple[str, str]:
    if changed.new:
        return _new(changed.new, about)
    if changed.fixed:
        return _mended(changed.fixed, about)
    if changed.still_open:
        count = len(changed.still_open)
        return f"ยังเปิดอยู่ {count} เรื่อง ไม่มีเรื่องใหม่", f"nothing new, still open: {count}"
    return _accepted(reports)


def _new(new: Sequence[Incident], about: Callable[[Incident, bool], str]) -> tuple[str, str]:
    """Return what is new: only the critical incidents where there are any."""
    critical = [entry for entry in new if entry.problem.severity == Severity.CRITICAL]
    worst = critical or new
    count = len(worst)
    if count == 1:
        return _one(worst[0], about)
    if critical:
        return f"เรื่องร้ายแรงใหม่ {count} เรื่อง", f"{count} new critical incidents"
    if all(entry.problem.reason == ProblemKind.LATE for entry in new):
        return f"ข้อมูลเลยกำหนดส่ง {count} ชุดข้อมูล", f"{count} feeds overdue"
    return f"เรื่องใหม่ {count} เรื่อง", f"{count} new incidents"


def _mended(fixed: Sequence[Incident], about: Callable[[Incident, bool], str]) -> tuple[str, str]:
    count = len(fixed)
    if count == 1:
        th, en = _one(fixed[0], about)
        return f"แก้ไขแล้ว {th}", f"resolved: {en}"
    return f"แก้ไขแล้ว {count} เรื่อง", f"{count} incidents resolved"


def _one(entry: Incident, about: Callable[[Incident, bool], str]) -> tuple[str, str]:
    problem = entry.problem
    return (
        f"{about(entry, True)} {problem.message_th}".strip(),
        f"{about(entry, False)}: {problem.message_en}".strip(": "),
    )


def _accepted(reports: Sequence[CityReport]) -> tuple[str, str]:
    """Return what to say where there is no incident: how many feeds have data."""
    verdicts = [feed.verdict for city in reports for feed in city.feeds]
    empty = verdicts.count(VerdictKind.NONE)
    if not empty:
        return "ผ่านทุกชุดข้อมูล", "all feeds accepted"
    if empty == len(verdicts):
        return "ยังไม่มีข้อมูล", "no data yet"
    accepted = len(verdicts) - empty
    return (
        f"ผ่าน {accepted} จาก {len(verdicts)} ชุดข้อมูล ที่เหลือยังไม่มีข้อมูล",
        f"{accepted} of {len(verdicts)} feeds accepted, no data yet of the others",
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SUBJECT else text[: _LONGEST_SUBJECT - 1] + "…"
