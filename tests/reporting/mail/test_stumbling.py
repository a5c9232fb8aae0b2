"""A mail server that stumbles, and addresses that few servers take: one mail keeps no other."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from federation.common.paths import Home
from federation.contracts.model import Contact
from federation.ledger import Ledger
from federation.messages.mail_words import ALERT_WORDS
from federation.messages.said import NOTHING
from federation.quality.incidents import Incident
from federation.reporting.mail.address import Address
from federation.reporting.mail.mail import Mail, Smtp, post

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass
class Server:
    """What a server took, and at which command of the first mail it stumbles, and how."""

    stumbles_at: str = ""
    answer: str = ""  # empty: it hangs up
    extensions: tuple[str, ...] = ()
    port: int = 0
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)

    def smtp(self) -> Smtp:
        return Smtp("127.0.0.1", self.port, "", "", False, False, "Hub <hub@example.org>", None)


class Conversation(socketserver.StreamRequestHandler):
    """One session."""

    kept: Server

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def stumbles(self, command: str) -> bool:
        """Stumble where that is asked for, once."""
        if command != self.kept.stumbles_at:
            return False
        self.kept.stumbles_at = ""
        if self.kept.answer:
            self.say(self.kept.answer)
        return True

    def handle(self) -> None:
        self.say("220 mx.example.go.th ESMTP")
        sender = recipient = ""
        while line := self.rfile.readline():
            text = line.decode("utf-8").strip()
            command = text[:4].upper()
            if self.stumbles(command):
                if not self.kept.answer or self.kept.answer.startswith("421"):
                    return
            elif command == "EHLO":
                lines = ["mx.example.go.th", *self.kept.extensions]
                for place, name in enumerate(lines, 1):
                    self.say(f"250{' ' if place == len(lines) else '-'}{name}")
            elif command == "DATA":
                self.say("354 go on")
                if self.stumbles("content"):
                    return
                self.kept.mails.append(self.content())
                self.kept.envelopes.append((sender, recipient))
                self.say("250 2.0.0 queued")
            elif command == "QUIT":
                self.say("221 2.0.0 bye")
                return
            else:
                sender = text[10:] if command == "MAIL" else sender
                recipient = text[8:] if command == "RCPT" else recipient
                self.say("250 2.1.0 Ok")

    def content(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)


@pytest.fixture
def server() -> Iterator[Server]:
    kept = Server()
    handler = type("Kept", (Conversation,), {"kept": kept})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as running:
        running.daemon_threads = True
        kept.port = running.server_address[1]
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield kept
        running.shutdown()
        thread.join()


def mail_to(address: str, **content: object) -> Mail:
    said: dict[str, object] = {
        "incidents": list[Incident](),
        "total": 0,
        "words": ALERT_WORDS,
        "overdue": NOTHING,
    }
    contact = Contact("Data office", address)
    return Mail("day-20261122", NOW, "alert", contact, "คำเตือน", "alert", said | content)


THREE = [mail_to(f"{name}@example.org") for name in ("air", "water", "roads")]


@pytest.mark.parametrize(
    ("place", "answer", "state"),
    [
        ("MAIL", "451 4.7.1 later", "refused"),
        ("RCPT", "421 4.3.2 too many", "refused"),
        ("RCPT", "", "refused"),
        ("DATA", "451 4.7.1 later", "refused"),
        ("DATA", "421 4.3.2 too many", "refused"),
        ("content", "452 4.3.1 full", "refused"),
        ("content", "", "sending"),
        ("QUIT", "250 2.0.0 bye", "sent"),
        ("QUIT", "", "sent"),
        ("EHLO", "", "unreachable"),
    ],
)
def test_a_server_that_stumbles_over_one_mail_gets_the_others_and_that_one_later(
    server: Server, ledger: Ledger, home: Home, place: str, answer: str, state: str
) -> None:
    server.stumbles_at, server.answer = place, answer
    states = post(THREE, ledger, home, server.smtp())
    assert states == ({"sent": 3} if state == "sent" else {state: 1, "sent": 2})
    again = post(THREE, ledger, home, server.smtp())
    assert again == ({"sending": 1, "sent": 2} if state == "sending" else {"sent": 3})
    assert len(server.mails) == (2 if state == "sending" else 3)


def test_a_mail_that_cannot_be_written_keeps_no_other(
    server: Server, ledger: Ledger, home: Home
) -> None:
    broken = mail_to("broken@example.org", incidents=3)
    assert post([broken, *THREE], ledger, home, server.smtp()) == {"refused": 1, "sent": 3}
    assert post([replace(broken, release_id="day-20261123")], ledger, home, None) == {"refused": 1}
    details = {row["recipient"]: row["detail"] for row in ledger.mails.latest(9)}
    assert details["broken@example.org"].startswith("TypeError: ")


THAI = "ข้อมูล@ตัวอย่าง.ไทย"


def test_a_thai_address_goes_to_a_server_that_takes_it(
    server: Server, ledger: Ledger, home: Home
) -> None:
    thai = mail_to(THAI)
    assert post([thai, *THREE], ledger, home, server.smtp()) == {"refused": 1, "sent": 3}
    server.extensions = ("SMTPUTF8", "8BITMIME")
    assert post([thai], ledger, home, server.smtp()) == {"sent": 1}
    recipient = server.envelopes[-1][1]
    assert recipient.startswith("<ข้อมูล@xn--")
    message = message_from_bytes(server.mails[-1], policy=default)
    assert str(message["To"]).endswith(recipient)
    assert str(message["Subject"]) == "คำเตือน"


@pytest.mark.parametrize(
    "written",
    [
        "data@example.org\N{NO-BREAK SPACE}",
        "\N{ZERO WIDTH SPACE}data@example.org",
        "สำนักข้อมูล <data@example.org>",
        " data@example.org ",
    ],
)
def test_what_was_pasted_around_an_address_is_left_out(
    server: Server, ledger: Ledger, home: Home, written: str
) -> None:
    assert post([mail_to(written), *THREE], ledger, home, server.smtp()) == {"sent": 4}
    assert server.envelopes[0] == ("<hub@example.org>", "<data@example.org>")
    message = message_from_bytes(server.mails[0], policy=default)
    assert str(message["To"]) == "Data office <data@example.org>"


def test_a_thai_domain_alone_needs_no_other_server(
    server: Server, ledger: Ledger, home: Home
) -> None:
    assert post([mail_to("data@ตัวอย่าง.ไทย")], ledger, home, server.smtp()) == {"sent": 1}
    assert server.envelopes[0][1].startswith("<data@xn--")
    assert server.envelopes[0][1].isascii()


@pytest.mark.parametrize("written", ["", "data", "@example.org", "data@", "da ta@example.org"])
def test_what_is_no_address_is_refused_and_keeps_no_other(
    server: Server, ledger: Ledger, home: Home, written: str
) -> None:
    with pytest.raises(ValueError, match="no mail address"):
        Address.of(written)
    for smtp in (server.smtp(), None):
        states = post([mail_to(written), mail_to("air@example.org")], ledger, home, smtp)
        assert states == {"refused": 1, "sent": 1}
