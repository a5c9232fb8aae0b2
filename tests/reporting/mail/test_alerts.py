"""The people on call hear of each incident once, whether a pass or Airflow saw it."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from types import SimpleNamespace
from typing import Any

import pytest
from federation.airflow import tasks as airflow_tasks
from federation.airflow.alerts import callbacks, task_failed, task_succeeded
from federation.common.paths import Home
from federation.common.settings import Settings
from federation.ledger import Ledger
from federation.quality.contacts import on_call
from federation.quality.incidents import Problem, incidents, refresh
from federation.reporting.mail.alerts import send_alerts

LATE = Problem(
    "rayong",
    "tourism",
    "late",
    "warning",
    "timeliness",
    "ขาด 2 งวด",
    "2 periods missing",
    "tourism@example.org",
)
BUILD = Problem(
    "",
    "",
    "verification_failed",
    "critical",
    "consistency",
    "ไม่ผ่านการตรวจ",
    "not released",
    "oncall@example.org",
)
REMARK = Problem(
    "rayong",
    "tourism",
    "months_missing",
    "info",
    "completeness",
    "ขาดเดือน",
    "months missing",
    "t@example.org",
)


def mails(home: Home) -> list[Any]:
    return [
        message_from_bytes(file.read_bytes(), policy=default)
        for file in sorted(home.outbox.glob("*.eml"))
    ]


def test_there_is_somebody_on_call() -> None:
    assert on_call()


def test_each_incident_is_told_once_and_several_in_one_mail(ledger: Ledger, home: Home) -> None:
    refresh([LATE, BUILD, REMARK], ledger)
    for _ in range(3):
        send_alerts(ledger, Settings(home, None, None))
    sent = mails(home)
    assert [mail["To"] for mail in sent] == [contact.email for contact in on_call()]
    assert sent[0]["Subject"] == "[hub] hub ไม่ผ่านการตรวจ และอีก 1 เรื่อง / not released and 1 more"
    for kind in ("plain", "html"):
        said = sent[0].get_body((kind,)).get_content()
        assert "2 periods missing" in said
        assert "ขาด 2 งวด" in said
        assert "months missing" not in said  # a remark on a file is its steward's


def test_an_incident_that_comes_back_is_told_again(ledger: Ledger, home: Home) -> None:
    for found in ([LATE], [], [LATE]):
        refresh(found, ledger)
        send_alerts(ledger, Settings(home, None, None))
    assert len(mails(home)) == 2 * len(on_call())


@pytest.fixture
def tasks_of_this_hub(monkeypatch: pytest.MonkeyPatch, database_url: str, home: Home) -> None:
    monkeypatch.setenv("HUB_HOME", str(home.root))
    monkeypatch.setenv("HUB_DATABASE", database_url)
    monkeypatch.setattr(airflow_tasks, "_connection", lambda _: None)


@pytest.mark.usefixtures("tasks_of_this_hub")
def test_a_task_that_fails_again_and_again_is_one_incident_until_it_succeeds(
    ledger: Ledger, home: Home
) -> None:
    task = SimpleNamespace(dag_id="reports", task_id="send_reports")
    context = {"task_instance": task, "exception": ValueError("no\nserver")}
    for _ in range(3):
        task_failed(context)
    assert len(mails(home)) == len(on_call())
    (found,) = incidents(ledger)
    assert (found.state, found.problem.message_en) == (
        "open",
        "task reports.send_reports failed: no",
    )
    task_succeeded(context)
    assert [entry.state for entry in incidents(ledger)] == ["closed"]


def test_every_task_tells_the_hub_how_it_ended() -> None:
    assert set(callbacks()) == {"on_failure_callback", "on_success_callback"}
