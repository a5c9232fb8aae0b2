"""What a task's log says: first what it will do, then each extract, last what came of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from airflow.sdk.exceptions import AirflowException
from federation.airflow import tasks as airflow_tasks
from federation.common.paths import Home
from federation_demo.generate import make_platforms

Task = Callable[..., dict[str, int]]


@pytest.fixture
def platform(
    tmp_path: Path, home: Home, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> Path:
    make_platforms(tmp_path / "platforms", cities=["rayong"], datasets=["population"])
    monkeypatch.setenv("HUB_HOME", str(home.root))
    monkeypatch.setenv("HUB_DATABASE", database_url)
    monkeypatch.setenv("HUB_PLATFORMS", str(tmp_path / "platforms"))
    monkeypatch.setattr(airflow_tasks, "_connection", lambda _: None)
    return tmp_path / "platforms" / "rayong"


def test_each_task_says_what_it_will_do_each_extract_and_what_came_of_it(
    platform: Path, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    def logged(task: Task) -> list[str]:
        caplog.clear()
        quiet = suppress(AirflowException)  # gate is red: a file is rejected
        with caplog.at_level(logging.INFO, airflow_tasks.__name__), quiet:
            task("rayong")
        own = [entry for entry in caplog.records if entry.name == airflow_tasks.__name__]
        return [entry.getMessage() for entry in own if entry.levelno == logging.INFO]

    files = sorted(platform.rglob("*.parquet"))
    files[-1].write_bytes(b"Not Found")
    fetched = logged(airflow_tasks.fetch)
    assert fetched[0].startswith("fetch: looks at the platform of rayong for its ")
    assert fetched[-1] == f"fetch: {len(files)} of {len(files)} files of rayong are new"
    conformed = logged(airflow_tasks.conform)
    assert conformed[0] == "conform: takes what landed of rayong and is not conformed yet"
    assert conformed[-1] == f"conform: {len(files)} extracts of rayong, 1 of them rejected"
    told = [line for line in conformed if line.startswith("conform: rayong/population ")]
    assert len(told) == len(files)
    assert sum(": conformed, " in line and " records, " in line for line in told) == len(files) - 1
    (refused,) = [line for line in told if ": rejected, " in line]
    assert "not_parquet" in refused
    judged = logged(airflow_tasks.gate)
    assert judged[0] == "gate: judges the conformed extracts of rayong that have no verdict"
    assert judged[-1].startswith("gate: of rayong: ")
    assert "1 rejected" in judged[-1]
    told = [line for line in judged if line.startswith("gate: rayong/population ")]
    assert len(told) == len(files)
    assert {file.stem for file in home.steps.glob("*.json")} >= {"fetch", "conform", "gate"}
