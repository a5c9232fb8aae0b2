"""After a release: one mail to each city's stewards and one to each national stakeholder."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from federation.contracts.model import City, Contact, Feed
from federation.ledger import Ledger
from federation.paths import Home
from federation.report.content import CityReport, read_reports
from federation.report.mail import Letter, Smtp, post
from federation.report.words import VERDICTS_EN, VERDICTS_TH
from federation.stakeholders import stakeholders


def report(manifest: Mapping[str, Any], feeds: Sequence[Feed], ledger: Ledger, home: Home) -> dict[str, int]:
    """Send the mails of a release that have not been sent; return how many are in which state."""
    platform = {(check.city, check.dataset): check.outcome for check in ledger.latest_checks()}
    cities = sorted({feed.city.key: feed.city for feed in feeds}.values(), key=lambda city: city.code)
    reports = read_reports(home.release(manifest["release_id"]), cities, platform)
    return post(letters(manifest, feeds, cities, reports), ledger, home, Smtp.from_environment())


def letters(manifest: Mapping[str, Any], feeds: Sequence[Feed], cities: Sequence[City],
            reports: Sequence[CityReport]) -> list[Letter]:
    """Return the release's mails; nobody gets two about the same city."""
    found = [letter(manifest, f"city:{city.key}", contact, (city.name_th, city.name_en), [about])
             for city, about in zip(cities, reports, strict=True) for contact in stewards(city, feeds)]
    return found + [letter(manifest, "national", contact, ("สหพันธ์ข้อมูลเมือง", "city data federation"), reports)
                    for contact in stakeholders()]


def letter(manifest: Mapping[str, Any], kind: str, recipient: Contact, heading: tuple[str, str],
           reports: Sequence[CityReport]) -> Letter:
    """Return one mail about a release; `heading` names whom it is about in Thai and English."""
    release_id = manifest["release_id"]
    content = {"heading_th": heading[0], "heading_en": heading[1], "release_id": release_id, "reports": reports,
               "verdicts_th": VERDICTS_TH, "verdicts_en": VERDICTS_EN}
    return Letter(release_id, datetime.fromisoformat(manifest["created_at"]), kind, recipient, subject(*heading, reports),
                  "report", content)


def subject(heading_th: str, heading_en: str, reports: Sequence[CityReport]) -> str:
    """Return the one thing that matters most, in both languages."""
    feeds = [feed for city in reports for feed in city.feeds]
    cases = [
        (sum(feed.platform != "ok" for feed in feeds), "ติดต่อแพลตฟอร์มไม่ได้", "unreachable"),
        (sum(feed.verdict == "rejected" for feed in feeds), "ไม่ผ่าน", "with rejected files"),
        (sum(feed.verdict == "held" for feed in feeds), "รอผู้มีอำนาจตัดสิน", "held for a person"),
        (sum(bool(feed.troubles) for feed in feeds), "มีข้อสังเกต", "with remarks")]
    for count, thai, english in cases:
        if count:
            return f"{heading_th}: {thai} {count} ชุดข้อมูล / {heading_en}: {count} feed(s) {english}"
    return f"{heading_th}: ผ่านทุกชุดข้อมูล / {heading_en}: all feeds accepted"


def stewards(city: City, feeds: Sequence[Feed]) -> list[Contact]:
    """Return the stewards of a city and of these feeds of it, each once."""
    of_feeds = chain.from_iterable(feed.stewards for feed in feeds if feed.city.key == city.key)
    return list({contact.email: contact for contact in (*city.stewards, *of_feeds)}.values())
