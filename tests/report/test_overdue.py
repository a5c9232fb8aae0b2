"""What is due and has not come is told once for each due day, whether or not anything else ran."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from federation.contracts import Feed
from federation.generate import make_platforms
from federation.ledger import Ledger
from federation.paths import Home
from federation.progress import Progress
from federation.report.overdue import overdue, send_overdue
from federation.settings import Settings
from federation.steps import Hub, conform, fetch, gate


@pytest.fixture
def tourism(feeds: dict[tuple[str, str], Feed], home: Home, ledger: Ledger, tmp_path: Path) -> Feed:
    """The quarterly tourism feed of Rayong, which has sent its years up to 2023 and nothing since."""
    make_platforms(tmp_path / "platforms", cities=["rayong"], datasets=["tourism"])
    hub = Hub(Settings(home, None, str(tmp_path / "platforms")), ledger, Progress(silent=True))
    feed = feeds["rayong", "tourism"]
    for step in (fetch, conform, gate):
        step(hub, [feed])
    return feed



def mails(home: Home) -> list[EmailMessage]:
    return [message_from_bytes(file.read_bytes(), policy=default) for file in sorted(home.outbox.glob("*.eml"))]


def test_what_a_feed_owes_is_counted_from_its_calendar_alone(tourism: Feed, ledger: Ledger, home: Home) -> None:
    (found,) = overdue([tourism], ledger, home)
    assert (found.first_date, found.due_since) == (date(2024, 1, 1), date(2024, 5, 30))
    quarters = (ledger.today.year - 2024) * 4 + (ledger.today.month - 1) // 3
    assert found.periods in (quarters, quarters - 1)  # the last quarter is due 60 days after its end
    assert overdue([replace(tourism, latency_days=None)], ledger, home) == []


def test_stewards_and_stakeholders_hear_once_of_each_due_day(tourism: Feed, ledger: Ledger, home: Home) -> None:
    for _ in range(2):
        send_overdue([tourism], ledger, home)
    sent = mails(home)
    recipients = [mail["To"] for mail in sent]
    assert len(recipients) == len(set(recipients)) >= 3
    assert "tourism@platform.rayong.example.org" in recipients
    for mail in sent:
        for body in (mail.get_body(("plain",)), mail.get_body(("html",))):
            assert body
            said = body.get_content()
            assert "ข้อมูลเลยกำหนดส่ง" in said
            assert "Overdue deliveries" in said
            assert "2024-05-30" in said
    assert "Rayong: 1 feed(s) overdue" in next(mail["Subject"] for mail in sent if "rayong" in mail["To"])


def test_nothing_is_told_where_nothing_is_owed(tourism: Feed, ledger: Ledger, home: Home) -> None:
    irregular = replace(tourism, latency_days=None)
    assert send_overdue([irregular], ledger, home) == ([], {})
    assert not home.outbox.exists()
