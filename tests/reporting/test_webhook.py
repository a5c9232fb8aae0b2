"""The people on call hear by webhook what a mail says, in the form of their chat."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from federation.common.errors import HubError
from federation.common.paths import Home
from federation.common.settings import Settings
from federation.common.vocabulary import Soundness
from federation.ledger import Ledger
from federation.operation.doctor.webhook import webhook
from federation.quality.contacts import on_call
from federation.quality.incidents import Problem, incidents, refresh
from federation.reporting.mail.alerts import send_alerts
from federation.reporting.webhook import tell
from support.chat import Chat, chat_server

BUILD = Problem(
    *("", "", "verification_failed", "critical", "consistency"),
    *("คลังข้อมูลไม่ผ่านการตรวจ", "not released", "oncall@example.org"),
)


@pytest.fixture
def chat() -> Iterator[Chat]:
    with chat_server() as found:
        yield found


def _settings(home: Home, connection: str | None) -> Settings:
    return Settings(home, None, None, connection=lambda _: connection)


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({}, lambda body: body["text"]),
        (
            {"form": "teams"},
            lambda body: body["attachments"][0]["content"]["body"][0]["text"],
        ),
        ({"form": "line", "to": "C1"}, lambda body: body["messages"][0]["text"]),
    ],
    ids=["slack", "teams", "line"],
)
def test_a_text_arrives_in_the_form_of_the_chat(
    extra: dict[str, str], said: Any, chat: Chat, home: Home
) -> None:
    assert tell("ล้มเหลว / failed", _settings(home, chat.connection(**extra)))
    ((path, token, body),) = chat.asked
    assert (path, token) == ("/hook/T1", "Bearer token")
    assert said(body) == "ล้มเหลว / failed"
    assert body.get("to") == extra.get("to")


def test_without_a_connection_nobody_is_told(home: Home) -> None:
    assert not tell("failed", _settings(home, None))


@pytest.mark.parametrize(
    "connection",
    [
        "{",
        json.dumps({"conn_type": "http", "host": "127.0.0.1", "extra": {"form": "fax"}}),
        json.dumps({"conn_type": "https", "host": "127.0.0.1", "extra": {"form": "line"}}),
        json.dumps({"conn_type": "http", "host": "chat.example.org", "password": "token"}),
        json.dumps({"conn_type": "https", "host": "127.0.0.1", "extra": {"verify": False}}),
        "https://hooks.example.org/services/token?colour=red",
        "http://hooks.example.org/services/token",
        "slack://hooks.example.org/services/token",
    ],
    ids=[
        *("no JSON", "unknown form", "LINE to nobody", "a secret without TLS", "no check"),
        *("unknown extra", "an address without TLS", "no scheme of the web"),
    ],
)
def test_a_wrong_connection_is_refused_and_never_shown(connection: str, home: Home) -> None:
    with pytest.raises(HubError) as refused:
        tell("failed", _settings(home, connection))
    assert "token" not in str(refused.value)


def test_the_doctor_reaches_the_chat_without_a_word_in_it(chat: Chat, home: Home) -> None:
    (found,) = webhook(_settings(home, chat.connection()))
    assert (found.soundness, chat.asked) == (Soundness.OK, [])
    assert "hook/T1" not in found.says
    (none,) = webhook(_settings(home, None))
    assert "mail alone" in none.says


def test_an_incident_is_told_once_and_a_webhook_that_is_away_keeps_no_mail(
    chat: Chat, ledger: Ledger, home: Home
) -> None:
    settings = Settings(
        home,
        None,
        None,
        connection=lambda name: chat.connection() if name == "webhook_hub" else None,
    )
    refresh([BUILD], ledger)
    chat.status = 503
    with pytest.raises(HubError, match="503"):
        send_alerts(ledger, settings)
    assert len(list(home.outbox.glob("*.eml"))) == len(on_call())
    chat.status = 200
    refresh([], ledger)
    refresh([replace(BUILD, reason="build_failed")], ledger)  # what comes again is told after a day
    for _ in range(2):
        send_alerts(ledger, settings)
    (_, _, body) = chat.asked[-1]
    assert len(chat.asked) == 2
    assert "คลังข้อมูลไม่ผ่านการตรวจ" in body["text"]
    assert "Begin with: hub run" in body["text"]
    assert incidents(ledger)[0].alerted
