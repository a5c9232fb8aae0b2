"""What a mail says: the one line that matters, what is to be done by when, how each feed is, what
was fixed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

from federation.common.bilingual import BilingualText
from federation.common.vocabulary import Severity
from federation.contracts.model import City, Feed
from federation.datasets.suites import dataset_names, load_suite
from federation.messages import said
from federation.messages.mail_words import MAIL_WORDS
from federation.messages.status_words import STATUS_WORDS, FeedStatus, feed_status, in_use
from federation.quality.contacts import national
from federation.quality.incidents import Incident
from federation.reporting.lifts import lifts
from federation.reporting.mail.causes import Cause, causes
from federation.reporting.mail.changes import Changes
from federation.reporting.mail.context import CityReport, FeedReport, Mark
from federation.reporting.mail.mail import Attachment, Mail, Picture
from federation.reporting.mail.recipients import Draft, Scope
from federation.reporting.mail.subjects import Situation, cut, heading, preheader
from federation.reporting.mail.subscriptions import Language
from federation.reporting.mail.welcome import promises
from federation.reporting.score_change import Change
from federation.reporting.score_order import best_first

_FIRST = 3  # causes above the table of a steward
_FIRST_OF_NATION = 5
_SHOWN = 20  # causes below it; a mail does not list all
_NATION = BilingualText("The nation", "ทั้งประเทศ")


@dataclass(frozen=True)
class Occasion:
    """Why a mail is sent now: a release, a day or a week; and the time that the mail carries."""

    name: str
    created_at: datetime
    thread: str = ""  # id of the first mail of its kind to this recipient


@dataclass(frozen=True)
class Manner:
    """How a mail speaks to its recipient: in which languages, and whether it is the first one."""

    languages: Sequence[Language]
    welcome: Sequence[Feed] | None = None  # the feeds that a first mail introduces
    unpromised: Sequence[Feed] = ()  # those of whose cadence the first mail of a year asks


@dataclass(frozen=True)
class ReleaseInMails:
    """The release that mails are about: its cities, and the addresses, if any, of the hub's site
    and of the pages of `hub serve`."""

    release_id: str  # empty before the first release
    cities: Sequence[City]
    site: str | None
    today: date  # local day (Asia/Bangkok)
    answers: str | None = None
    change: Change | None = None  # of the national score

    def answer_page(self, scope: Scope) -> str:
        """Return the address at which a steward answers; empty where `hub serve` has none."""
        if not self.answers:
            return ""
        only = _only(scope.datasets)
        return f"{self.answers.rstrip('/')}/answers" + (f"/{scope.city}/{only}" if only else "")

    def mails_page(self, scope: Scope) -> str:
        """Return the address at which a steward chooses how to hear; empty for others."""
        return f"{self.answers.rstrip('/')}/mails" if self.answers and scope.city else ""

    def page(self, city: str, dataset: str = "", incident_id: str = "") -> str:
        """Return the address of the page about a feed, a city or the nation, at an incident;
        empty without a site or a release."""
        if not (self.site and self.release_id):
            return ""
        name = "-".join(filter(None, [city, dataset])) or "index"
        place = f"#{incident_id}" if incident_id else ""
        return f"{self.site.rstrip('/')}/reports/{self.release_id}/{name}.html{place}"


@dataclass(frozen=True)
class FeedLine:
    """One line of the table of feeds."""

    name: BilingualText
    status: FeedStatus
    mark: Mark
    latest: date | None
    todo: BilingualText
    is_stale: bool  # the platform did not answer last

    @property
    def shape(self) -> str:
        return STATUS_WORDS[self.status].shape

    @property
    def words(self) -> BilingualText:
        return STATUS_WORDS[self.status].words


def mail(
    occasion: Occasion,
    draft: Draft,
    content: Mapping[str, Any],
    pictures: Sequence[Picture] = (),
    attachments: Sequence[Attachment] = (),
) -> Mail:
    """Return one mail; `content` is what `mail_content` returns."""
    subjects = [cut(getattr(content["heading"], language)) for language in content["languages"]]
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
        occasion.thread,
        content["languages"],
    )


def mail_content(
    draft: Draft,
    manner: Manner,
    release: ReleaseInMails,
    reports: Sequence[CityReport],
    changed: Changes,
) -> dict[str, Any]:
    """Return what the templates show; `reports` are those of the draft's scope."""
    national_mail = not draft.scope.city
    standing = [*changed.new, *changed.still_open]
    names = _names(release.cities, draft.scope)

    def grouped(incidents: Sequence[Incident]) -> list[Cause]:
        return causes(incidents, names, changed.new, by_dataset=national_mail)

    urgent = grouped([entry for entry in standing if entry.problem.severity != Severity.INFO])
    remarks = grouped([entry for entry in standing if entry.problem.severity == Severity.INFO])
    if national_mail:
        reports = best_first(reports, lambda city: city.mark.score)
    lines = {city.key: _lines(city, standing) for city in reports}
    situation = Situation(
        about=_about(draft, reports),
        is_nation=national_mail,
        day=release.today,
        statuses=[line.status for of_city in lines.values() for line in of_city],
        urgent=urgent,
        fixed=grouped(changed.fixed),
        remarks=remarks,
        changed=changed.changed,
        score=_score_of_nation(reports) if national_mail else "",
    )
    first = _FIRST_OF_NATION if national_mail else _FIRST
    return {
        **_frame(draft, manner, release, reports),
        "heading": heading(situation),
        "preheader": preheader(situation),
        "lead": _lead(situation, reports, release.change if national_mail else None),
        "first": urgent[:first],
        "rest": len(urgent) - first,
        "urgent": urgent[:_SHOWN],
        "remarks": remarks[:_SHOWN],
        "fixed": situation.fixed[:_SHOWN],
        "is_nation": national_mail,
        "cities": reports,
        "lines": lines,
        "datasets": _matrix(reports, lines) if national_mail else [],
        "release_id": release.release_id,
        "answer_page": release.answer_page(draft.scope),
        "lifts": [] if national_mail else [*chain.from_iterable(map(_lifts, reports))],
        "page": release.page(draft.scope.city, _only(draft.scope.datasets)),
        "link": lambda cause: _link(release, cause),
    }


def _lifts(city: CityReport) -> list[tuple[BilingualText, BilingualText]]:
    """Return the feeds that cost a city points, the dearest first: the name with what the city
    would gain, and why."""
    told = []
    for feed, points in lifts(city.feeds, lambda feed: feed.mark.score):
        gain = f" (+{points:.1f})" if len(city.feeds) > 1 else ""
        name = BilingualText(f"{feed.title_en}{gain}", f"{feed.title_th}{gain}")
        told.append((name, BilingualText(feed.mark.reasons_en, feed.mark.reasons_th)))
    return told


def _frame(
    draft: Draft, manner: Manner, release: ReleaseInMails, reports: Sequence[CityReport]
) -> dict[str, Any]:
    """Return what does not depend on the findings: the words, and who writes to whom and why."""
    return {
        "languages": tuple(manner.languages),
        "words": MAIL_WORDS,
        "said": said,
        "capital": lambda text: text[:1].upper() + text[1:],
        "welcome": None if manner.welcome is None else promises(manner.welcome, release.today),
        "unpromised": said.names([_short(feed.dataset) for feed in manner.unpromised]),
        "recipient": draft.recipient,
        "role": _role(draft, reports),
        "mails_page": release.mails_page(draft.scope),
        "publisher": national().publisher,
    }


def _only(datasets: Sequence[str]) -> str:
    return datasets[0] if len(datasets) == 1 else ""


def _link(release: ReleaseInMails, cause: Cause) -> str:
    problem = cause.incidents[0].problem
    if len({entry.problem.key for entry in cause.incidents}) > 1:
        return release.page(problem.city if _one_city(cause) else "")
    return release.page(problem.city, problem.dataset, cause.incidents[0].incident_id)


def _one_city(cause: Cause) -> bool:
    return len({entry.problem.city for entry in cause.incidents}) == 1


def _names(cities: Sequence[City], scope: Scope) -> Any:
    """Return the function that names what an incident is about, without what the mail is about
    anyway."""
    city_of = {city.key: BilingualText(city.name_en, city.name_th) for city in cities}

    def named(entry: Incident) -> tuple[BilingualText, BilingualText]:
        problem = entry.problem
        title = said.NOTHING
        if problem.dataset in dataset_names():
            title = _short(problem.dataset)
        elif problem.dataset:
            title = BilingualText(problem.dataset, problem.dataset)
        if scope.city and problem.dataset:
            return said.NOTHING, said.NOTHING if _only(scope.datasets) else title
        key = problem.city
        return city_of.get(key, BilingualText(key, key) if key else _NATION), title

    return named


def _short(dataset: str) -> BilingualText:
    short = load_suite(dataset).short
    return BilingualText(short["en"], short["th"])


def _about(draft: Draft, reports: Sequence[CityReport]) -> BilingualText:
    """Return the name of what a mail is about: the city, with the dataset of a steward of one."""
    dataset = _only(draft.scope.datasets)
    if not dataset:
        return draft.heading
    return said.joined(draft.heading, _short(dataset))


def _score_of_nation(reports: Sequence[CityReport]) -> str:
    scores = [city.mark.score for city in reports if city.mark.score is not None]
    if not scores:
        return ""
    from federation.quality.scores import grade

    mean = sum(scores) / len(scores)
    return f"{grade(mean)} {mean:.1f}"


def _lines(city: CityReport, standing: Sequence[Incident]) -> list[FeedLine]:
    return [_line(feed, standing) for feed in city.feeds]


def _line(feed: FeedReport, standing: Sequence[Incident]) -> FeedLine:
    of_feed = [
        entry
        for entry in standing
        if (entry.problem.city, entry.problem.dataset) == (feed.city, feed.dataset)
    ]
    found = [(entry.problem.reason, entry.problem.severity) for entry in of_feed]
    status = feed_status(feed.verdict, found, is_retired=feed.is_retired)
    urgent = [entry for entry in of_feed if entry.problem.severity != Severity.INFO]
    todo = said.NOTHING
    if urgent:
        by = said.day_and_month(min(entry.repair_by or date.max for entry in urgent))
        items = said.count(len(urgent), "item", "items", "รายการ")
        todo = BilingualText(f"{items.en} by {by.en}", f"{items.th} ภายใน {by.th}")
    return FeedLine(
        _short(feed.dataset), status, feed.mark, feed.latest, todo, feed.platform != "ok"
    )


def _lead(now: Situation, reports: Sequence[CityReport], change: Change | None) -> BilingualText:
    """Return the day, the score with its change and how many feeds are in order."""
    day = said.day(now.day)
    statuses = in_use(now.statuses)
    good = sum(status == FeedStatus.OK for status in statuses)
    parts = [day]
    marks = [city.mark for city in reports if city.mark.score is not None]
    if len(now.statuses) == 1 and reports:
        marks = [feed.mark for feed in reports[0].feeds]
    if now.score:
        changed = (
            BilingualText(f"({change.words.en})", f"({change.words.th})")
            if change
            else said.NOTHING
        )
        grade = BilingualText(f"grade {now.score}", f"ระดับ {now.score}")
        parts.append(said.joined(grade, changed))
    elif len(marks) == 1 and marks[0].grade:
        mark = f"{marks[0].grade} {marks[0].score:.1f}"
        parts.append(BilingualText(f"grade {mark}", f"ระดับ {mark}"))
    if len(statuses) > 1:
        total = len(statuses)
        parts.append(
            BilingualText(f"{good} of {total} datasets in order", f"ปกติ {good} จาก {total} ชุดข้อมูล")
        )
    return said.joined(*parts, by=" · ")


def _matrix(
    reports: Sequence[CityReport], lines: Mapping[str, Sequence[FeedLine]]
) -> list[tuple[BilingualText, list[FeedLine | None]]]:
    """Return a row per dataset with the line of each city, None where it has no such feed."""
    by_feed = {
        (city.key, feed.dataset): line
        for city in reports
        for feed, line in zip(city.feeds, lines[city.key], strict=True)
    }
    present = [name for name in dataset_names() if any(key[1] == name for key in by_feed)]
    return [(_short(name), [by_feed.get((city.key, name)) for city in reports]) for name in present]


def _role(draft: Draft, reports: Sequence[CityReport]) -> BilingualText:
    """Return why a person gets this mail."""
    if not draft.scope.city:
        return BilingualText("one who follows the national data", "ผู้ติดตามข้อมูลระดับชาติ")
    names = [draft.heading]
    if draft.scope.datasets:
        names = [said.joined(draft.heading, said.names([*map(_short, draft.scope.datasets)]))]
    about = said.names(names)
    return BilingualText(f"steward of {about.en}", f"ผู้ดูแลข้อมูล{about.th}")
