"""What is due and has not come: one mail to each city's stewards for each day on which something fell due.

Independent of releases and of any DAG run: it rests on the contracts' calendar and on what the ledger knows to have come.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from federation.contracts.model import City, Contact, Feed
from federation.expected import expected_arrivals, late
from federation.ledger import Ledger
from federation.paths import Home
from federation.periods import BANGKOK
from federation.placed import place
from federation.report.mail import Letter, Smtp, post
from federation.report.report import stewards
from federation.stakeholders import stakeholders
from federation.suites import load_suite


@dataclass(frozen=True)
class Overdue:
    """What one feed owes: how many periods, from when to when, since which due day."""

    city: str
    dataset: str
    city_th: str
    city_en: str
    title_th: str
    title_en: str
    periods: int
    first_date: date
    last_date: date
    due_since: date
    due_last: date
    days_late: int


def overdue(feeds: Sequence[Feed], ledger: Ledger, home: Home) -> list[Overdue]:
    """Return what each of these feeds owes, the longest overdue first; nothing for a feed that owes nothing."""
    found = [entry for feed in feeds if (entry := _of(feed, ledger, home))]
    return sorted(found, key=lambda entry: (entry.due_since, entry.city, entry.dataset))


def _of(feed: Feed, ledger: Ledger, home: Home) -> Overdue | None:
    inputs = [entry.as_input(home) for entry in place([feed], ledger, home)]
    missing = late(expected_arrivals(feed, inputs, ledger.today))
    if not missing:
        return None
    title = load_suite(feed.dataset).title
    return Overdue(*feed.key, feed.city.name_th, feed.city.name_en, title["th"], title["en"], len(missing),
                   min(entry.first_date for entry in missing), max(entry.last_date for entry in missing),
                   missing[0].due_on, missing[-1].due_on, missing[0].days_late)


def send_overdue(feeds: Sequence[Feed], ledger: Ledger, home: Home) -> tuple[list[Overdue], dict[str, int]]:
    """Mail what is overdue to stewards and national stakeholders; return it, and how many mails are in which state.

    A recipient hears once of each day on which something fell due, with everything that is overdue then, however often
    this is called.
    """
    found = overdue(feeds, ledger, home)
    letters = [letter for city in {feed.city.key: feed.city for feed in feeds}.values()
               for letter in _to_stewards(city, feeds, [entry for entry in found if entry.city == city.key])]
    if found:
        heading = "สหพันธ์ข้อมูลเมือง", "city data federation"
        letters += [_letter("national", contact, heading, found) for contact in stakeholders()]
    return found, post(letters, ledger, home, Smtp.from_environment())


def _to_stewards(city: City, feeds: Sequence[Feed], found: Sequence[Overdue]) -> list[Letter]:
    return [_letter(city.key, contact, (city.name_th, city.name_en), found) for contact in stewards(city, feeds) if found]


def _letter(about: str, recipient: Contact, heading: tuple[str, str], found: Sequence[Overdue]) -> Letter:
    newest = max(entry.due_last for entry in found)
    subject = (f"{heading[0]}: ข้อมูลเลยกำหนด {len(found)} ชุดข้อมูล / {heading[1]}: {len(found)} feed(s) overdue")
    return Letter(f"due-{newest:%Y%m%d}", datetime.combine(newest, time(8), BANGKOK), f"overdue:{about}", recipient, subject,
                  "overdue", {"heading_th": heading[0], "heading_en": heading[1], "feeds": found})
