"""What is due and has not come is told by the task that asks each morning, whether or not
anything else ran."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from airflow.sdk.exceptions import AirflowFailException
from federation.airflow import approvals as airflow_people
from federation.airflow import tasks as airflow_tasks
from federation.common.paths import Home
from federation.common.progress import Progress
from federation.common.settings import Settings
from federation.contracts.model import Feed
from federation.extracts.expected_arrivals import expected_arrivals, late
from federation.extracts.status import extract_statuses
from federation.ledger import Ledger, read_ledger
from federation.pipeline.conform import conform
from federation.pipeline.fetch import fetch
from federation.pipeline.gate import gate
from federation.pipeline.hub import Hub
from support.platforms import make_platforms


@pytest.fixture
def tourism(feeds: dict[tuple[str, str], Feed], home: Home, ledger: Ledger, tmp_path: Path) -> Feed:
    """The quarterly tourism feed of Rayong, which has sent its years up to 2023 and nothing since.

    There is no release.
    """
    make_platforms(tmp_path / "platforms", cities=["rayong"], datasets=["tourism"])
    hub = Hub(Settings(home, None, str(tmp_path / "platforms")), ledger, Progress(silent=True))
    feed = feeds["rayong", "tourism"]
    for step in (fetch, conform, gate):
        step(hub, [feed])
    return feed


def expected_records(feed: Feed, ledger: Ledger, home: Home) -> list[str]:
    inputs = [entry.as_input(home) for entry in extract_statuses([feed], read_ledger(ledger), home)]
    return [str(entry.due_on) for entry in late(expected_arrivals(feed, inputs, ledger.today))]


def test_what_a_feed_owes_is_counted_from_its_calendar_alone(
    tourism: Feed, ledger: Ledger, home: Home
) -> None:
    found = expected_records(tourism, ledger, home)
    assert found[0] == "2024-05-30"  # 60 days after the first quarter
    quarters = (ledger.today.year - 2024) * 4 + (ledger.today.month - 1) // 3
    assert len(found) in (quarters, quarters - 1)  # the last quarter may not be due yet
    assert expected_records(replace(tourism, latency_days=None), ledger, home) == []


def test_the_morning_s_task_fails_and_tells_each_of_them_once(
    tourism: Feed, ledger: Ledger, home: Home, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_HOME", str(home.root))
    monkeypatch.setenv("HUB_DATABASE", database_url)
    monkeypatch.setattr(airflow_tasks, "_connection", lambda _: None)
    for _ in range(2):
        with pytest.raises(
            AirflowFailException, match=r"rayong/tourism: \d+ periods overdue \(Jan 2024–"
        ):
            airflow_people.tell_overdue()
    mails = {
        mail["To"].addresses[0].addr_spec: mail
        for file in home.outbox.glob("*.eml")
        if (mail := message_from_bytes(file.read_bytes(), policy=default))
    }
    assert len(mails) == len(list(home.outbox.glob("*.eml")))
    assert set(mails) == {
        "tourism@platform.rayong.example.org",
        "data@platform.rayong.example.org",
        "federation@data.go.example.org",
        "steering@smartcity.example.org",
    }
    for kind in ("plain", "html"):
        said = mails["tourism@platform.rayong.example.org"].get_body((kind,)).get_content()
        assert "งวด (ม.ค. 2567–" in said
        assert "periods overdue (Jan 2024–" in said
        assert "2024.parquet to " in said  # the files that would bring them
