"""Which mail is due: a release that changes something, or a sign of life after a week of silence."""

from datetime import UTC, datetime
from typing import Any

from federation.contracts import Contact
from federation.incidents import Trouble, refresh
from federation.ledger import Ledger
from federation.paths import Home
from federation.report.letters import Heading
from federation.report.report import Draft, Edition, _due
from sqlalchemy import text

STEWARD = Draft("city:rayong", Contact("a", "a@example.org"), Heading("ระยอง", "Rayong"), ("rayong",))
LATE = Trouble("rayong", "tourism", "late", "warning", "timeliness", "ขาด", "missing", "a@example.org")


class Occasions(Edition):
    """An edition whose mails are only their occasion: what is in them is proved elsewhere."""

    def letter(self, draft: Draft, occasion: str, created_at: datetime, changed: Any) -> Any:
        return occasion


def due(ledger: Ledger, home: Home, release_id: str) -> Any:
    return _due(STEWARD, Occasions({"release_id": release_id, "created_at": datetime.now(UTC).isoformat()}, [], ledger, home))


def sent(ledger: Ledger, occasion: str, days_ago: int = 0) -> None:
    ledger.note_mail(occasion, "a@example.org", "city:rayong", f"<{occasion}>", "sent")
    with ledger.engine.begin() as con:
        con.execute(text("UPDATE mail SET at = at - make_interval(days => :days) WHERE release_id = :id"),
                    {"days": days_ago, "id": occasion})


def test_the_first_release_is_told_and_one_that_changes_nothing_is_not(ledger: Ledger, home: Home) -> None:
    assert due(ledger, home, "r1") == "r1"
    sent(ledger, "r1")
    assert due(ledger, home, "r1") is None
    assert due(ledger, home, "r2") is None
    assert [row["state"] for row in ledger.mails("r2")] == ["not_wanted"]


def test_a_release_with_something_new_is_told(ledger: Ledger, home: Home) -> None:
    sent(ledger, "r1", days_ago=1)
    refresh([LATE], ledger)
    assert due(ledger, home, "r2") == "r2"


def test_after_a_week_of_silence_everybody_hears_once(ledger: Ledger, home: Home) -> None:
    sent(ledger, "r1", days_ago=8)
    week = f"week-{datetime.now(UTC):%G-W%V}"
    assert due(ledger, home, "r2") == week
    assert due(ledger, home, "r2") == week  # not sent yet
    sent(ledger, week)
    assert due(ledger, home, "r2") is None
    assert due(ledger, home, "r3") is None
