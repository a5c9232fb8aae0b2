"""Mails against a real SMTP server with TLS and login: what arrives, and that nothing arrives
twice."""

import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from federation.common.bilingual import BilingualText
from federation.common.paths import Home
from federation.common.settings import Settings
from federation.contracts.model import Contact
from federation.ledger import Ledger
from federation.quality.contacts import national
from federation.quality.incidents import Incident, Problem
from federation.reporting.mail.address import Address
from federation.reporting.mail.changes import Changes
from federation.reporting.mail.content import (
    Manner,
    Occasion,
    ReleaseInMails,
    mail,
    mail_content,
)
from federation.reporting.mail.context import Mark
from federation.reporting.mail.headers import policy
from federation.reporting.mail.mail import Attachment, Mail, Picture, Smtp, post
from federation.reporting.mail.recipients import Draft, Scope
from support.reporting import city_report, feed_report

USER, PASSWORD = "hub", "not a real password"


class Inbox:
    """Keeps what the server accepted; may refuse a recipient or every body."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, Message]] = []
        self.refused: set[str] = set()
        self.answer = "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            self.mails.append(
                (envelope.rcpt_tos[0], message_from_bytes(envelope.content, policy=default))
            )
        return self.answer


def smtp_of(home: Home) -> Smtp | None:
    return Smtp.from_settings(Settings(home, None, None))


def _authenticated(
    server: Any, session: Any, envelope: Any, mechanism: str, data: Any
) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=known)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate of localhost with its key, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the server's certificate, is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout",
            folder / "key.pem",
            "-out",
            folder / "cert.pem",
        ],
        check=True,
        capture_output=True,
    )
    both = folder / "both.pem"
    both.write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    return both


@pytest.fixture(params=["starttls", "ssl"])
def server(
    request: pytest.FixtureRequest, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Inbox]:
    """A server that takes mail only over TLS and after login, and the hub's connection to it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    inbox = Inbox()
    more = (
        {"tls_context": context, "require_starttls": True}
        if request.param == "starttls"
        else {"ssl_context": context}
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(
        inbox,
        hostname="127.0.0.1",
        port=port,
        authenticator=_authenticated,
        auth_required=True,
        auth_require_tls=request.param == "starttls",
        **more,
    )
    controller.start()
    plain = "true" if request.param == "starttls" else "false"
    monkeypatch.setenv(
        "AIRFLOW_CONN_SMTP_HUB",
        f"smtp://{USER}:{PASSWORD.replace(' ', '%20')}@localhost:{port}/"
        f"?disable_ssl={plain}&ca_file={certificate}",
    )
    yield inbox
    controller.stop()


def _fault(message_th: str, message_en: str) -> Problem:
    evidence = [{"partition": "2026-05", "row_number": row} for row in (7, 9)]
    return Problem(
        "rayong",
        "air_quality",
        "outside_partition",
        "warning",
        "consistency",
        message_th,
        message_en,
        "air@example.org",
        3,
        1,
        evidence,
        *("โปรดแก้วันที่", "Correct the dates.", "ระเบียนอื่นใช้งานได้", "The others are in use."),
    )


def _drafts() -> list[Draft]:
    """Mails to a steward of the air and to one of the whole city."""
    return [
        Draft(
            "city:rayong",
            Contact(name, f"{name}@example.org"),
            BilingualText("Rayong", "ระยอง"),
            scope,
        )
        for name, scope in (("air", Scope("rayong", ("air_quality",))), ("water", Scope("rayong")))
    ]


def _mails(
    message_th: str = "วันที่อยู่นอกช่วงของไฟล์",
    message_en: str = "record dated outside the file's period",
) -> list[Mail]:
    mark = Mark(99.5, "A", "นอกช่วง (3)", "outside (3)")
    feed = feed_report(
        "rayong",
        "air_quality",
        verdict="accepted_with_warning",
        mark=mark,
        latest=date(2026, 5, 31),
        received=1000,
        in_core=995,
        on_hold=3,
        duplicate=2,
    )
    changed = Changes(
        [
            Incident(
                "i1", _fault(message_th, message_en), "open", datetime(2026, 11, 21, tzinfo=UTC)
            )
        ],
        [],
        [],
    )
    release = ReleaseInMails(
        "20261122T000000-abcdef",
        [],
        "https://hub.example.org",
        date(2026, 11, 22),
        "https://hub.example.org/serve/",
    )
    reports = [city_report("rayong", "ระยอง", "Rayong", feed)]
    about = [
        mail_content(draft, Manner(languages), release, reports, changed)
        for draft, languages in zip(_drafts(), (("th", "en"), ("en",)), strict=True)
    ]
    picture = Picture("rayong-1", b"\x89PNG picture", "คะแนน 90", "score 90", 480)
    workbook = Attachment(
        "rayong.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        b"PK workbook",
    )
    occasion = Occasion(release.release_id, datetime(2026, 11, 22, tzinfo=UTC), "<first@x>")
    return [
        mail(occasion, draft, content, [picture], [workbook])
        for draft, content in zip(_drafts(), about, strict=True)
    ]


def test_mails_arrive_over_tls_with_login_and_in_two_languages(
    server: Inbox, ledger: Ledger, home: Home
) -> None:
    assert post(_mails(), ledger, home, smtp_of(home)) == {"sent": 2}
    assert [to for to, _ in server.mails] == ["air@example.org", "water@example.org"]
    mail = server.mails[0][1]
    assert mail["Message-ID"] == _mails()[0].message_id
    assert mail["Subject"] == (
        "[แก้ภายใน 27 พ.ย.] ระยอง อากาศ: วันที่อยู่นอกช่วงของไฟล์ / "
        "[fix by 27 Nov] Rayong Air quality: record dated outside the file's period"
    )
    text = mail.get_body(("plain",)).get_content()
    page = mail.get_body(("html",)).get_content()
    assert "รับ 1,000 ระเบียน = เข้าคลังข้อมูลแล้ว 995 + พักรอแก้ไข 3 + ซ้ำ 2" in text
    for body in (text, page):
        assert "Correct the dates." in body
        assert "โปรดแก้วันที่" in body
        assert "The others are in use." in body
        assert "May 2026 (rows 7, 9) …" in body  # three records, of which two are shown
        assert "พ.ค. 2569 (แถว 7, 9) …" in body
        assert "reports/20261122T000000-abcdef/rayong-air_quality.html" in body
        assert "https://hub.example.org/serve/answers/rayong/air_quality" in body
        assert "https://hub.example.org/serve/mails" in body
        assert "31 พ.ค. 2569" in body
    assert "owner: air@example.org · by 27 Nov 2026" in text
    assert "What would lift the score most\n- Hourly air quality: outside (3)" in text


def test_the_head_of_a_mail_says_how_to_answer_and_leave(
    server: Inbox, ledger: Ledger, home: Home
) -> None:
    post(_mails(), ledger, home, smtp_of(home))
    mail = server.mails[0][1]
    office = national().publisher.email
    assert str(mail["To"]) == "air <air@example.org>"
    assert mail["Reply-To"] == office
    assert office in mail["List-Unsubscribe"]
    assert "reports." in mail["List-Id"]
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Content-Language"] == "th, en"
    assert (mail["In-Reply-To"], mail["References"]) == ("<first@x>", "<first@x>")
    assert mail["Date"].endswith("+0700")


@pytest.mark.parametrize(
    "subject",
    [
        "[แก้ภายใน 3 ธ.ค.] กรุงเทพมหานคร ประชากรตามทะเบียน ราษฎร เลย กำหนดส่ง 5 งวด และอีก 1 รายการ",
        "ชลบุรี: อุบัติเหตุทางถนน เลยกำหนดส่ง / Chonburi: Road accidents overdue (2022–2025)",
        *(f"{'ก' * length} {'ข' * 9} {'ค' * 40} end" for length in range(3, 30, 4)),
    ],
)
def test_a_long_thai_subject_or_name_keeps_its_blanks(subject: str) -> None:
    name = "สำนักงาน สหพันธ์ ข้อมูลเมือง แห่งชาติ กลุ่มงาน มาตรฐาน และ คุณภาพข้อมูล"
    one = replace(_mails()[0], subject=subject, recipient=Contact(name, "a@example.org"))
    for ending in ("file", "smtp"):
        written = policy(Address.of("a@example.org"), ending)
        content = one.message("Hub <hub@example.org>").as_bytes(policy=written)
        read = message_from_bytes(content, policy=default)
        assert read["Subject"] == subject
        # Python's own parser leaves blanks between the encoded words of a name.
        to = make_header(decode_header(message_from_bytes(content)["To"].replace("\n", "")))
        assert str(to) == f"{name} <a@example.org>"
        head = content.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
        assert max(map(len, head.splitlines())) < 120


def test_a_second_posting_sends_nothing(server: Inbox, ledger: Ledger, home: Home) -> None:
    post(_mails(), ledger, home, smtp_of(home))
    assert post(_mails(), ledger, home, smtp_of(home)) == {"sent": 2}
    assert len(server.mails) == 2


def test_a_mail_whose_process_died_after_the_body_left_is_never_sent_again(
    server: Inbox, ledger: Ledger, home: Home
) -> None:
    mail = _mails()[0]
    assert ledger.mails.claim(mail.key)
    assert post([mail], ledger, home, smtp_of(home)) == {"sending": 1}
    assert server.mails == []


def test_a_refused_recipient_is_recorded_and_the_others_get_theirs(
    server: Inbox, ledger: Ledger, home: Home
) -> None:
    server.refused = {"air@example.org"}
    assert post(_mails(), ledger, home, smtp_of(home)) == {"refused": 1, "sent": 1}
    server.refused = set()
    assert post(_mails(), ledger, home, smtp_of(home)) == {"sent": 2}
    assert len(server.mails) == 2


def test_a_body_that_the_server_did_not_take_is_sent_by_a_later_pass(
    server: Inbox, ledger: Ledger, home: Home
) -> None:
    server.answer = "451 try later"
    assert post(_mails(), ledger, home, smtp_of(home)) == {"refused": 2}
    server.answer = "250 OK"
    assert post(_mails(), ledger, home, smtp_of(home)) == {"sent": 2}
    assert len(server.mails) == 2


def test_a_wrong_password_or_a_silent_server_is_recorded_as_unreachable(
    ledger: Ledger, home: Home
) -> None:
    silent = Smtp(
        "127.0.0.1", 9, "", "", ssl=False, starttls=False, sender="hub@example.org", ca_file=None
    )
    assert post(_mails(), ledger, home, silent) == {"unreachable": 2}


def test_a_server_that_takes_few_mails_a_minute_is_not_hurried(
    server: Inbox, ledger: Ledger, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = os.environ["AIRFLOW_CONN_SMTP_HUB"]
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_HUB", f"{given}&mails_per_minute=30")
    pauses: list[float] = []
    monkeypatch.setattr("federation.reporting.mail.mail.time.sleep", pauses.append)
    assert post(_mails(), ledger, home, smtp_of(home)) == {"sent": 2}
    assert pauses == [2.0, 2.0]


def test_a_connection_that_airflow_knows_is_used_as_that_of_the_environment(
    server: Inbox, ledger: Ledger, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = os.environ["AIRFLOW_CONN_SMTP_HUB"]
    monkeypatch.delenv("AIRFLOW_CONN_SMTP_HUB")
    in_airflow = Settings(home, None, None, connection={"smtp_hub": given}.get)
    assert post(_mails(), ledger, home, Smtp.from_settings(in_airflow)) == {"sent": 2}
    assert not home.outbox.exists()


def test_without_a_connection_each_mail_is_one_file_in_the_outbox(
    ledger: Ledger, home: Home
) -> None:
    assert smtp_of(home) is None
    for _ in range(2):
        assert post(_mails(), ledger, home, None) == {"sent": 2}
    assert len(list(home.outbox.glob("*.eml"))) == 2


def test_a_mail_carries_its_pictures_inside_and_its_workbook_beside(
    server: Inbox, ledger: Ledger, home: Home
) -> None:
    post(_mails(), ledger, home, smtp_of(home))
    mail = server.mails[0][1]
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]
    page = mail.get_body(("html",)).get_content()
    (picture,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in page
    assert 'alt="คะแนน 90 / score 90"' in page
    assert page.count("<img") == 1
    assert picture.get_content_disposition() == "inline"
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("rayong.xlsx", b"PK workbook")


def test_a_recipient_s_languages_are_the_mail_s(server: Inbox, ledger: Ledger, home: Home) -> None:
    post(_mails(), ledger, home, smtp_of(home))
    mail = server.mails[1][1]
    bodies = [
        str(mail["Subject"]),
        *(mail.get_body((kind,)).get_content() for kind in ("plain", "html")),
    ]
    assert all("Rayong" in body for body in bodies)
    assert [body for body in bodies if any("\u0e00" <= mail <= "\u0e7f" for mail in body)] == []


def test_markup_in_a_city_s_words_is_shown_and_not_run(ledger: Ledger, home: Home) -> None:
    message = _mails("<script>alert(1)</script>", "<img src=x>")[0].message("hub@example.org")
    assert message.get_body(("html",))
    page = message.get_body(("html",)).get_content()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
