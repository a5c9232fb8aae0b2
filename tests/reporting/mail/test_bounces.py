"""Mails that come back are noted, once, with the reason."""

from pathlib import Path

import pytest
from federation.common.errors import HubError
from federation.ledger import Ledger
from federation.ledger.mails import MailKey
from federation.reporting.mail.bounces import take_bounces

ID = "<20261122T000000-abcdef.0123@federation.example.org>"
NOTICE = f"""From: mailer-daemon@example.org
To: hub@federation.example.org
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

It could not be delivered.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; Air@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such mailbox

--B
Content-Type: text/rfc822-headers

Message-ID: {ID}
To: air@example.org

--B--
"""


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    file = tmp_path / "notice.eml"
    file.write_text(NOTICE, "utf-8")
    return file


def test_a_mail_that_came_back_is_noted_once_with_the_reason(notice: Path, ledger: Ledger) -> None:
    ledger.mails.note(
        MailKey("20261122T000000-abcdef", "air@example.org", "city:rayong", ID), "sent"
    )
    for _ in range(2):
        (found,) = take_bounces([notice], ledger)
        assert (found.known, found.status) == (True, "5.1.1")
    (mail,) = ledger.mails.of_release("20261122T000000-abcdef")
    assert (mail["state"], mail["detail"]) == ("bounced", "5.1.1 smtp; 550 no such mailbox")
    assert [row["state"] for row in ledger.mails.latest(10)] == ["bounced"]


def test_a_mail_of_others_is_told_apart(notice: Path, ledger: Ledger) -> None:
    assert [found.known for found in take_bounces([notice], ledger)] == [False]
    assert ledger.mails.latest(10) == []


def test_what_is_no_notification_is_refused(tmp_path: Path, ledger: Ledger) -> None:
    file = tmp_path / "a.eml"
    file.write_text("Subject: hello\n\nhello", "utf-8")
    with pytest.raises(HubError, match="no delivery status notification"):
        take_bounces([file], ledger)
