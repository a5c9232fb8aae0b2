"""The people on call hear of each incident once, whether a pass or Airflow saw it."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowException
from federation.airflow import tasks as airflow_tasks
from federation.airflow.alerts import callbacks, task_failed, task_succeeded
from federation.airflow.failures import raise_all, with_incident
from federation.common.errors import DataProblem, OwnTrouble
from federation.common.paths import Home
from federation.common.settings import Settings
from federation.ledger import Ledger
from federation.ledger.tables import incident_event
from federation.quality.contacts import on_call
from federation.quality.incidents import Problem, incidents, refresh, refresh_troubles
from federation.quality.problems import of_trouble
from federation.reporting.mail.alerts import send_alerts
from support.ledgers import age

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
REFUSED = Problem(
    "rayong",
    "tourism",
    "contract_refused",
    "critical",
    "validity",
    "ข้อตกลงใช้ไม่ได้",
    "status: refused",
    "oncall@example.org",
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


def address(mail: Any) -> str:
    return str(mail["To"].addresses[0].addr_spec)


def test_there_is_somebody_on_call() -> None:
    assert on_call()


def test_each_incident_is_told_once_and_several_in_one_mail(ledger: Ledger, home: Home) -> None:
    refresh([LATE, BUILD, REFUSED, REMARK], ledger)
    for _ in range(3):
        send_alerts(ledger, Settings(home, None, None))
    sent = mails(home)
    assert [address(mail) for mail in sent] == [contact.email for contact in on_call()]
    assert sent[0]["Subject"].startswith("[hub] 2 failures: ")
    text = sent[0].get_body(("plain",)).get_content()
    assert text.index("2 to act on") < text.index("ต้องดำเนินการ 2 เรื่อง")  # English first
    assert "1 feed is overdue (1 dataset, 1 city)" in text
    for kind in ("plain", "html"):
        said = sent[0].get_body((kind,)).get_content()
        assert "status: refused" in said
        assert "ข้อตกลงใช้ไม่ได้" in said
        assert said.count("hub run") == 2  # what to begin with, in both languages
        # What is wrong with data is their steward's matter.
        assert "months missing" not in said
        assert "2 periods missing" not in said


def test_an_incident_that_comes_back_is_told_again_after_a_day(ledger: Ledger, home: Home) -> None:
    for found in ([BUILD], [], [BUILD], [BUILD]):
        refresh(found, ledger)
        send_alerts(ledger, Settings(home, None, None))
    assert len(mails(home)) == len(on_call())
    age(ledger, incident_event.c.at, 1)
    send_alerts(ledger, Settings(home, None, None))
    assert len(mails(home)) == 2 * len(on_call())


def test_a_mail_names_twenty_failures_at_most_and_says_how_many_more(
    ledger: Ledger, home: Home
) -> None:
    refresh([replace(REFUSED, city=f"city{number}") for number in range(23)], ledger)
    send_alerts(ledger, Settings(home, None, None))
    for kind in ("plain", "html"):
        said = mails(home)[0].get_body((kind,)).get_content()
        assert said.count("status: refused") == 20
        assert "and 3 more" in said


@pytest.fixture
def tasks_of_this_hub(monkeypatch: pytest.MonkeyPatch, database_url: str, home: Home) -> None:
    monkeypatch.setenv("HUB_HOME", str(home.root))
    monkeypatch.setenv("HUB_DATABASE", database_url)
    monkeypatch.setattr(airflow_tasks, "_connection", lambda _: None)


@pytest.mark.usefixtures("tasks_of_this_hub")
def test_a_task_that_fails_again_and_again_is_one_incident_until_it_succeeds(
    ledger: Ledger, home: Home
) -> None:
    log = "http://127.0.0.1:8080/dags/reports/runs/1/tasks/send_reports"
    task = SimpleNamespace(dag_id="reports", task_id="send_reports", log_url=log)
    context = {"task_instance": task, "exception": ValueError("no\nserver")}
    for _ in range(3):
        task_failed(context)
    assert len(mails(home)) == len(on_call())
    for kind in ("plain", "html"):
        said = mails(home)[0].get_body((kind,)).get_content()
        assert log in said
        assert "hub status" in said
    (found,) = incidents(ledger)
    assert (found.state, found.problem.message_en) == (
        "open",
        "task reports.send_reports failed: no",
    )
    task_succeeded(context)
    assert [entry.state for entry in incidents(ledger)] == ["closed"]


def test_every_task_tells_the_hub_how_it_ended() -> None:
    assert set(callbacks()) == {"on_failure_callback", "on_success_callback"}


@pytest.mark.usefixtures("tasks_of_this_hub")
def test_a_task_that_fails_for_what_has_an_incident_is_none_more(
    ledger: Ledger, home: Home
) -> None:
    rejected = with_incident([DataProblem("rejected: rayong/tourism 2023")])
    task = SimpleNamespace(dag_id="ingest_rayong", task_id="gate")
    for problems, told in ((rejected, 0), ([*rejected, OwnTrouble("no room")], 1)):
        with pytest.raises(AirflowException) as raised:
            raise_all(problems)
        task_failed({"task_instance": task, "exception": raised.value})
        assert len(incidents(ledger)) == told


def test_a_trouble_of_the_hub_is_an_incident_until_a_whole_pass_meets_it_no_more(
    ledger: Ledger,
) -> None:
    trouble = of_trouble(OwnTrouble("no room", where="landing", todo="make room"))
    refresh_troubles([trouble, trouble], ledger, close=True)
    refresh([], ledger)  # of data alone
    refresh_troubles([], ledger, close=False)  # a pass of one city
    assert [entry.state for entry in incidents(ledger)] == ["open"]
    refresh_troubles([], ledger, close=True)
    assert [entry.state for entry in incidents(ledger)] == ["closed"]
