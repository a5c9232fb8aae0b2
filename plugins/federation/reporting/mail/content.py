"""What a mail says: the one thing that matters, what is new, mended and still open, and how each
feed stands."""

from collections.abc import Callable, Mapping, Sequence
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
from federation.reporting.mail.recipients import Draft
from federation.reporting.mail.subscriptions import Subscription

_SHOWN = 20  # incidents of a kind; a mail is no list of all
_SHOWN_OF_NATION = 10
_PLACES = 3  # files or rows of an incident
_LONGEST_SUBJECT = 80  # characters of one language


def mail(
    occasion: str,
    created_at: datetime,
    draft: Draft,
    subscription: Subscription,
    content: Mapping[str, Any],
    pictures: Sequence[Picture] = (),
    attachments: Sequence[Attachment] = (),
) -> Mail:
    """Return one mail; `content` is what `told` returns."""
    said = {language: content[f"subject_{language}"] for language in subscription.languages}
    return Mail(
        occasion,
        created_at,
        draft.kind,
        draft.recipient,
        " / ".join(said.values()),
        "report",
        {
            **content,
            "languages": subscription.languages,
            "pictures": pictures,
            "attachments": attachments,
        },
        tuple(pictures),
        tuple(attachments),
    )


def told(
    draft: Draft,
    release_id: str,
    reports: Sequence[CityReport],
    changed: Changes,
    known: Sequence[City],
    site: str | None,
) -> dict[str, Any]:
    """Return what the templates show.

    `reports` are those of the draft's scope, `known` all cities; `release_id` is empty before the
    first release.
    """
    names = {city.key: (city.name_th, city.name_en) for city in known}
    national = not draft.scope.city
    named = partial(
        _about, names if national else {draft.scope.city: ("", "")}
    )  # the heading names the city already
    subject_th, subject_en = subject(draft.heading, reports, changed, named)
    return {
        "heading_th": draft.heading.th,
        "heading_en": draft.heading.en,
        "release_id": release_id,
        "nation": reports if national else [],
        "reports": [] if national else reports,
        "subject_th": subject_th,
        "subject_en": subject_en,
        "changes": changed,
        "shown": _SHOWN_OF_NATION if national else _SHOWN,
        "about": partial(_about, names),
        "where": where,
        "words": REPORT,
        "site": _page(draft, release_id, site),
    }


def _page(draft: Draft, release_id: str, site: str | None) -> str:
    """Return the address of the page about the draft's scope, or nothing without a site."""
    if not (site and release_id):
        return ""
    named = (
        "-".join([draft.scope.city, *draft.scope.datasets])
        if len(draft.scope.datasets) < 2
        else draft.scope.city
    )
    return f"{site.rstrip('/')}/reports/{release_id}/{named or 'index'}.html"


def _about(names: Mapping[str, tuple[str, str]], entry: Incident, th: bool) -> str:
    """Return the city and dataset that an incident is about, by name."""
    nation = ("ทั้งประเทศ", "Nation")
    city, dataset = entry.problem.city, entry.problem.dataset
    title = (
        load_suite(dataset).title["th" if th else "en"] if dataset in dataset_names() else dataset
    )
    return " · ".join(
        filter(None, [names.get(city, (city, city) if city else nation)[0 if th else 1], title])
    )


def where(entry: Incident, th: bool) -> str:
    """Return the first periods, with rows where known, that an incident is about."""
    rows: dict[str, list[str]] = {}
    for place in entry.problem.evidence:
        rows.setdefault(place["partition"], []).extend(
            [str(place["row_number"])] if place.get("row_number") else []
        )
    row = "แถว" if th else "row"
    said = [
        f"{partition} ({row} {', '.join(numbers)})" if numbers else partition
        for partition, numbers in rows.items()
    ]
    more = (
        len(said) > _PLACES
        or entry.problem.extracts > len(said)
        or entry.problem.records > sum(map(len, rows.values())) > 0
    )
    return ", ".join(said[:_PLACES]) + (" …" if said and more else "")


def subject(
    heading: BilingualText,
    reports: Sequence[CityReport],
    changed: Changes,
    about: Callable[[Incident, bool], str],
) -> tuple[str, str]:
    """Return the one thing that matters most, in Thai and in English.

    `about` names what an incident is about.
    """
    th, en = _matters(reports, changed, about)
    return _short(f"{heading.th}: {th}"), _short(f"{heading.en}: {en}")


def _matters(
    reports: Sequence[CityReport], changed: Changes, about: Callable[[Incident, bool], str]
) -> tuple[str, str]:
    worst = [entry for entry in changed.new if entry.problem.severity == Severity.CRITICAL] or list(
        changed.new
    )
    reasons = {entry.problem.reason for entry in worst}
    if len(worst) == 1:
        return _one(worst[0], about)
    if worst and worst[0].problem.severity == Severity.CRITICAL:
        return f"เรื่องร้ายแรงใหม่ {len(worst)} เรื่อง", f"{len(worst)} new critical incidents"
    if reasons == {ProblemKind.LATE}:
        return f"ข้อมูลเลยกำหนดส่ง {len(worst)} ชุดข้อมูล", f"{len(worst)} feeds overdue"
    if worst:
        return f"เรื่องใหม่ {len(worst)} เรื่อง", f"{len(worst)} new incidents"
    if len(changed.fixed) == 1:
        th, en = _one(changed.fixed[0], about)
        return f"แก้ไขแล้ว {th}", f"mended: {en}"
    if changed.fixed:
        return f"แก้ไขแล้ว {len(changed.fixed)} เรื่อง", f"{len(changed.fixed)} incidents mended"
    if changed.still_open:
        count = len(changed.still_open)
        return f"ยังเปิดอยู่ {count} เรื่อง ไม่มีเรื่องใหม่", f"nothing new, still open: {count}"
    return _accepted(reports)


def _one(entry: Incident, about: Callable[[Incident, bool], str]) -> tuple[str, str]:
    problem = entry.problem
    return (
        f"{about(entry, True)} {problem.message_th}".strip(),
        f"{about(entry, False)}: {problem.message_en}".strip(": "),
    )


def _accepted(reports: Sequence[CityReport]) -> tuple[str, str]:
    """What is left to say where no trouble is known: how many feeds have data."""
    verdicts = [feed.verdict for city in reports for feed in city.feeds]
    empty = verdicts.count(VerdictKind.NONE)
    if not empty:
        return "ผ่านทุกชุดข้อมูล", "all feeds accepted"
    if empty == len(verdicts):
        return "ยังไม่มีข้อมูล", "no data yet"
    known = len(verdicts) - empty
    return (
        f"ผ่าน {known} จาก {len(verdicts)} ชุดข้อมูล ที่เหลือยังไม่มีข้อมูล",
        f"{known} of {len(verdicts)} feeds accepted, no data yet of the others",
    )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SUBJECT else text[: _LONGEST_SUBJECT - 1] + "…"
