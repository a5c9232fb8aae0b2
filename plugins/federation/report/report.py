"""After a release: one mail to each city's stewards and one to each national stakeholder."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

import yaml

from federation.contracts.model import City, Contact, Feed
from federation.ledger import Ledger
from federation.paths import CONTRACTS, Home
from federation.report.content import CityReport, read_reports
from federation.report.mail import Letter, Smtp, post


def stakeholders() -> list[Contact]:
    """Return those who hear of every release."""
    document = yaml.safe_load((CONTRACTS / "_national.yml").read_text("utf-8"))
    return [Contact(**entry) for entry in document["stakeholders"]]


def report(manifest: Mapping[str, Any], feeds: Sequence[Feed], ledger: Ledger, home: Home) -> dict[str, int]:
    """Send the mails of a release that have not been sent; return how many are in which state."""
    platform = {(check.city, check.dataset): check.outcome for check in ledger.latest_checks()}
    cities = sorted({feed.city.key: feed.city for feed in feeds}.values(), key=lambda city: city.code)
    reports = read_reports(home.release(manifest["release_id"]), cities, platform)
    return post(letters(manifest, feeds, cities, reports), ledger, home, Smtp.from_environment())


def letters(manifest: Mapping[str, Any], feeds: Sequence[Feed], cities: Sequence[City],
            reports: Sequence[CityReport]) -> list[Letter]:
    """Return the release's mails; nobody gets two about the same city."""
    release_id, created = manifest["release_id"], datetime.fromisoformat(manifest["created_at"])
    found = [Letter(release_id, created, f"city:{city.key}", contact, city.name_th, city.name_en, [about])
             for city, about in zip(cities, reports, strict=True) for contact in _stewards(city, feeds)]
    return found + [Letter(release_id, created, "national", contact, "สหพันธ์ข้อมูลเมือง", "city data federation", reports)
                    for contact in stakeholders()]


def _stewards(city: City, feeds: Sequence[Feed]) -> list[Contact]:
    of_feeds = chain.from_iterable(feed.stewards for feed in feeds if feed.city.key == city.key)
    return list({contact.email: contact for contact in (*city.stewards, *of_feeds)}.values())
