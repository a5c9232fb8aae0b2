"""After a release: who is told of it, and that everybody hears once a week at least."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import chain
from typing import Any

from federation.contracts.model import City, Contact, Feed
from federation.engine import connect
from federation.incidents import Incident, incidents
from federation.ledger import Ledger
from federation.paths import Home
from federation.report.changes import Changes, changes
from federation.report.content import CityReport, read_reports
from federation.report.letters import Heading, letter, told
from federation.report.mail import Attachment, Letter, Picture, Smtp, note, post
from federation.report.pictures import city_pictures, national_pictures
from federation.report.subscriptions import subscription
from federation.report.workbook import workbook_of
from federation.stakeholders import stakeholders

HEARTBEAT = timedelta(days=7)
_SETTLED = ("sent", "sending", "not_wanted", "bounced")


@dataclass(frozen=True)
class Draft:
    """One mail that may be due: to whom, about which cities. Its kind is `city:<key>` or `national`."""

    kind: str
    recipient: Contact
    heading: Heading
    cities: tuple[str, ...]


@dataclass
class Edition:
    """A release about to be told; what several mails show is made once."""

    manifest: Mapping[str, Any]
    feeds: Sequence[Feed]
    ledger: Ledger
    home: Home
    site: str | None = None
    _pictures: dict[str, list[Picture]] = field(default_factory=dict)
    _workbooks: dict[str, list[Attachment]] = field(default_factory=dict)

    @property
    def release_id(self) -> str:
        return str(self.manifest["release_id"])

    @cached_property
    def cities(self) -> list[City]:
        return sorted({feed.city.key: feed.city for feed in self.feeds}.values(), key=lambda city: city.code)

    @cached_property
    def reports(self) -> dict[str, CityReport]:
        platform = {(check.city, check.dataset): check.outcome for check in self.ledger.latest_checks()}
        found = read_reports(self.home.release(self.release_id), self.cities, platform)
        return {entry.key: entry for entry in found}

    @cached_property
    def incidents(self) -> list[Incident]:
        return incidents(self.ledger)

    @cached_property
    def states(self) -> dict[tuple[str, str], str]:
        """The state of each mail of this release that was begun, by recipient and kind."""
        return {(row["recipient"], row["kind"]): row["state"] for row in self.ledger.mails(self.release_id)}

    def drafts(self) -> Iterator[Draft]:
        """Yield every mail that may be due; nobody gets two about the same city."""
        for city in self.cities:
            for contact in stewards(city, self.feeds):
                yield Draft(f"city:{city.key}", contact, Heading(city.name_th, city.name_en), (city.key,))
        for contact in stakeholders():
            keys = tuple(city.key for city in self.cities)
            yield Draft("national", contact, Heading("สหพันธ์ข้อมูลเมือง", "City data federation"), ("", *keys))

    def letter(self, draft: Draft, occasion: str, created_at: datetime, changed: Changes) -> Letter:
        """Return the mail of a draft, with what changed since the last one."""
        reports = [self.reports[key] for key in draft.cities if key]
        content = told(draft.heading, self.release_id, reports, changed, self.site)
        return letter(occasion, created_at, draft.kind, draft.recipient, subscription(draft.recipient.email), content,
                      self.pictures(draft, changed), self.workbooks(draft))

    def pictures(self, draft: Draft, changed: Changes) -> list[Picture]:
        if draft.kind not in self._pictures:
            with connect(self.home.release(self.release_id), read_only=True) as con:
                self._pictures[draft.kind] = (
                    national_pictures(con) if draft.kind == "national"
                    else city_pictures(con, self.reports[draft.cities[0]], changed, self.ledger.today))
        return self._pictures[draft.kind]

    def workbooks(self, draft: Draft) -> list[Attachment]:
        if draft.kind == "national":
            return []
        key = draft.cities[0]
        if key not in self._workbooks:
            with connect(self.home.release(self.release_id), read_only=True) as con:
                found = workbook_of(con, self.reports[key], self.release_id)
            self._workbooks[key] = [found] if found else []
        return self._workbooks[key]


def report(manifest: Mapping[str, Any], feeds: Sequence[Feed], ledger: Ledger, home: Home,
           site: str | None = None) -> dict[str, int]:
    """Send the mails of a release that are wanted and have not been sent, and weekly signs of life.

    Return how many are in which state: of this release, and of this week.
    """
    edition, smtp = Edition(manifest, feeds, ledger, home, site), Smtp.from_environment()
    letters = [found for draft in edition.drafts() if (found := _due(draft, edition))]
    states = post(letters, ledger, home, smtp)
    about_it = [str(row["state"]) for row in ledger.mails(edition.release_id)]
    of_release = {state: about_it.count(state) for state in sorted(set(about_it))}
    weekly = [entry for entry in letters if entry.release_id != edition.release_id]
    return of_release | ({"weekly": len(weekly)} if weekly and set(states) <= {"sent"} else {})


def _due(draft: Draft, edition: Edition) -> Letter | None:
    """Return the mail that is due now, or None; notes where a release is not wanted."""
    since = edition.ledger.last_mail(draft.recipient.email, draft.kind)
    changed = changes(edition.incidents, draft.cities, since)
    if edition.states.get((draft.recipient.email, draft.kind)) not in _SETTLED:
        wanted = subscription(draft.recipient.email).wants(changed=changed.changed or since is None, critical=changed.critical)
        if wanted:
            created = datetime.fromisoformat(edition.manifest["created_at"])
            return edition.letter(draft, edition.release_id, created, changed)
        note(edition.release_id, draft.recipient, draft.kind, edition.ledger, "not_wanted")
    now = datetime.now(UTC)
    if since and now - since >= HEARTBEAT:
        return edition.letter(draft, f"week-{now:%G-W%V}", now, changed)
    return None


def stewards(city: City, feeds: Sequence[Feed]) -> list[Contact]:
    """Return the stewards of a city and of these feeds of it, each once."""
    of_feeds = chain.from_iterable(feed.stewards for feed in feeds if feed.city.key == city.key)
    return list({contact.email: contact for contact in (*city.stewards, *of_feeds)}.values())
