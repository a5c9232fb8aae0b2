"""Which mail is due to whom: a release that changes something for them, what changed since, a
sign of life after a week."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

from federation.common.bilingual import BilingualText
from federation.common.paths import Home
from federation.common.settings import Settings
from federation.contracts.model import Contact, Feed
from federation.ledger import Ledger
from federation.ledger.mails import MailKey
from federation.ledger.tables import mail as mail_table
from federation.quality.incidents import Problem, refresh
from federation.reporting.mail.changes import changes
from federation.reporting.mail.content import Occasion
from federation.reporting.mail.recipients import Draft, Scope, drafts
from federation.reporting.mail.reports import ReportContext, _due, report
from federation.reporting.mail.subscriptions import Subscription, choose
from support.ledgers import age

STEWARD = Draft(
    "city:rayong",
    Contact("a", "a@example.org"),
    BilingualText("Rayong", "ระยอง"),
    Scope("rayong", ("tourism",)),
)
LATE = Problem(
    "rayong", "tourism", "late", "warning", "timeliness", "ขาด", "missing", "a@example.org"
)
OF_ANOTHER = Problem(
    "rayong", "rainfall", "late", "warning", "timeliness", "ขาด", "missing", "b@example.org"
)


class Occasions(ReportContext):
    """A context whose mails are only their occasion: what is in them is proved elsewhere."""

    def mail(self, draft: Draft, occasion: Occasion, changed: Any) -> Any:
        return occasion.name


def due(ledger: Ledger, release_id: str) -> Any:
    """The occasion of the mail that is due to the steward.

    No release id: there is no release yet.
    """
    manifest = (
        {"release_id": release_id, "created_at": datetime.now(UTC).isoformat()}
        if release_id
        else None
    )
    return _due(STEWARD, Occasions(manifest, None, [], ledger))


def sent(ledger: Ledger, occasion: str, days_ago: int = 0) -> None:
    ledger.mails.note(MailKey(occasion, "a@example.org", "city:rayong", f"<{occasion}>"), "sent")
    age(ledger, mail_table.c.at, days_ago, mail_table.c.release_id == occasion)


def test_the_first_release_is_told_and_one_that_changes_nothing_is_not(ledger: Ledger) -> None:
    assert due(ledger, "r1") == "r1"
    sent(ledger, "r1")
    assert due(ledger, "r1") is None
    assert due(ledger, "r2") is None
    assert [row["state"] for row in ledger.mails.of_release("r2")] == ["not_wanted"]


def test_a_release_with_something_new_is_told_to_those_whom_it_concerns(ledger: Ledger) -> None:
    sent(ledger, "r1", days_ago=1)
    refresh([OF_ANOTHER], ledger)
    assert due(ledger, "r2") is None
    refresh([OF_ANOTHER, LATE], ledger)
    assert due(ledger, "r3") == "r3"


def test_what_changes_between_releases_is_told_once_a_day(ledger: Ledger) -> None:
    day = f"day-{ledger.today:%Y%m%d}"
    sent(ledger, "r1")
    refresh([LATE], ledger)
    assert due(ledger, "r1") == day
    sent(ledger, day)
    assert due(ledger, "r1") is None
    refresh([], ledger)
    assert (
        due(ledger, "r1") == day
    )  # mended: has been told of today, so it waits for tomorrow or the next release
    assert due(ledger, "r2") == "r2"


def test_before_the_first_release_what_is_wrong_is_told(ledger: Ledger) -> None:
    assert due(ledger, "") is None
    refresh([LATE], ledger)
    assert due(ledger, "") == f"day-{ledger.today:%Y%m%d}"


def test_after_a_week_of_silence_everybody_hears_once(ledger: Ledger) -> None:
    sent(ledger, "r1", days_ago=8)
    week = f"week-{datetime.now(UTC):%G-W%V}"
    assert due(ledger, "r2") == week
    assert due(ledger, "r2") == week  # not sent yet
    sent(ledger, week)
    assert due(ledger, "r2") is None
    assert due(ledger, "r3") is None


def test_who_hears_of_errors_only_has_a_sign_of_life_too(ledger: Ledger) -> None:
    choose(Subscription(email=STEWARD.recipient.email, when="on_error"), ledger)
    refresh([LATE], ledger)
    assert due(ledger, "r1") == f"week-{datetime.now(UTC):%G-W%V}"
    assert [row["state"] for row in ledger.mails.of_release("r1")] == ["not_wanted"]


def test_who_promised_no_day_is_asked_for_one_once_a_year(
    ledger: Ledger, feeds: dict[tuple[str, str], Feed]
) -> None:
    city = replace(STEWARD, scope=Scope("rayong"))
    context = ReportContext(None, None, [*feeds.values()], ledger)

    def asked() -> list[str]:
        changed = changes([], city.scope, None)
        body = context.mail(city, Occasion("day-1", datetime.now(UTC)), changed).content
        return [text for text in body["unpromised"].en.split(" and ") if text]

    assert asked() == ["Dengue"]
    sent(ledger, "r1")
    assert asked() == []
    age(ledger, mail_table.c.at, 366, mail_table.c.release_id == "r1")
    assert asked() == ["Dengue"]


def test_a_steward_of_a_feed_hears_of_it_and_one_of_the_city_of_all(
    feeds: dict[tuple[str, str], Feed],
) -> None:
    scopes = {
        draft.recipient.email: draft.scope
        for draft in drafts(list(feeds.values()))
        if draft.kind == "city:rayong"
    }
    assert scopes["tourism@platform.rayong.example.org"] == Scope("rayong", ("tourism",))
    assert scopes["data@platform.rayong.example.org"] == Scope("rayong")
    assert all(scope.city == "rayong" for scope in scopes.values())
    (refused,) = [Problem("rayong", "", "contract_refused", "critical", "validity", "", "", "")]
    assert scopes["data@platform.rayong.example.org"].holds(refused.city, refused.dataset)
    assert not scopes["tourism@platform.rayong.example.org"].holds(refused.city, refused.dataset)
    assert not scopes["data@platform.rayong.example.org"].holds("", "")


def test_a_missed_arrival_is_mailed_before_there_is_any_release(
    feeds: dict[tuple[str, str], Feed], ledger: Ledger, home: Home
) -> None:
    refused = Problem(
        "gone",
        "",
        "contract_refused",
        "critical",
        "validity",
        "ใช้ไม่ได้",
        "not usable",
        "c@example.org",
    )
    refresh([LATE, refused], ledger)
    for _ in range(2):
        report(None, list(feeds.values()), ledger, Settings(home, None, None))
    mails = [
        message_from_bytes(file.read_bytes(), policy=default)
        for file in sorted(home.outbox.glob("*.eml"))
    ]
    to = {mail["To"].addresses[0].addr_spec: mail["Subject"] for mail in mails}
    assert len(mails) == len(to) == 4  # the feed's steward, the city's, and two of the nation
    assert "ระยอง ท่องเที่ยว: ขาด" in to["tourism@platform.rayong.example.org"]
    assert "Rayong Tourism: missing" in to["tourism@platform.rayong.example.org"]
    assert "1 urgent (gone)" in to["federation@data.go.example.org"]
    for mail in mails:
        for kind in ("plain", "html"):
            assert "missing" in mail.get_body((kind,)).get_content()


def test_a_pass_over_one_city_mails_nobody_of_another_who_hears_with_the_next_pass(
    feeds: dict[tuple[str, str], Feed], ledger: Ledger, home: Home
) -> None:
    elsewhere = replace(LATE, city="phuket")
    refresh([LATE, elsewhere], ledger)
    settings = Settings(home, None, None)
    counted = [
        report(None, list(feeds.values()), ledger, settings, city)
        for city in ("rayong", None, None)
    ]
    addresses = [
        message_from_bytes(file.read_bytes(), policy=default)["To"].addresses[0].addr_spec
        for file in home.outbox.glob("*.eml")
    ]
    of_rayong, of_phuket = (
        {address for address in addresses if city in address} for city in ("rayong", "phuket")
    )
    assert of_rayong
    assert of_phuket
    assert counted[0] == {"sent": len(addresses) - len(of_phuket)}
    assert counted[1] == {"sent": len(of_phuket)}
    assert counted[2] == {}
