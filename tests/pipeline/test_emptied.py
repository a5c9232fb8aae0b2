"""A platform that shows less than before is an incident of its city, and `fetch` is red."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from airflow.sdk.exceptions import AirflowException
from federation.airflow import tasks as airflow_tasks
from federation.common.paths import Home
from federation.common.progress import Progress
from federation.common.settings import Settings
from federation.common.vocabulary import ProblemKind, Severity
from federation.contracts.model import Feed, Retirement
from federation.extracts.catalogue import Catalogue
from federation.extracts.snapshot import read_snapshot
from federation.ledger import Ledger
from federation.pipeline.fetch import fetch
from federation.pipeline.hub import Hub
from federation.quality.problems import problems
from federation.reporting.status import status as statuses
from federation_demo.generate import make_platforms

KINDS = {ProblemKind.EMPTIED, ProblemKind.SHRUNK, ProblemKind.VANISHED, ProblemKind.NEAR_MISS}
Found = dict[tuple[str, str, str], str]


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    make_platforms(tmp_path / "platforms", cities=["rayong"], datasets=["population", "tourism"])
    return tmp_path / "platforms" / "rayong"


@pytest.fixture
def hub(platform: Path, home: Home, ledger: Ledger) -> Hub:
    return Hub(Settings(home, None, str(platform.parent)), ledger, Progress(silent=True))


@pytest.fixture
def chosen(feeds: dict[tuple[str, str], Feed]) -> list[Feed]:
    return [feeds["rayong", dataset] for dataset in ("population", "tourism")]


def found(hub: Hub, chosen: list[Feed]) -> Found:
    """What a look finds wrong on the platform."""
    fetch(hub, chosen)
    seen = read_snapshot(hub.ledger, hub.settings.home, Catalogue(chosen))
    return {
        problem.key: problem.severity
        for problem in problems(seen, hub.ledger)
        if problem.kind in KINDS
    }


def test_a_platform_that_shows_no_file_of_any_feed_is_one_trouble_of_the_city(
    hub: Hub, chosen: list[Feed], platform: Path
) -> None:
    assert found(hub, chosen) == {}
    shutil.move(platform / "Population", platform.parent / "kept")
    assert found(hub, chosen) == {("rayong", "population", "emptied"): Severity.WARNING}
    shutil.rmtree(platform / "TourismStatistics")
    assert found(hub, chosen) == {("rayong", "", "emptied"): Severity.WARNING}


def test_files_that_vanish_or_are_nearly_named_right_are_told_to_the_city(
    hub: Hub, chosen: list[Feed], platform: Path
) -> None:
    assert found(hub, chosen) == {}
    first, second = sorted((platform / "Population").iterdir())[:2]
    first.rename(first.with_suffix(".PARQUET"))
    assert found(hub, chosen) == {
        ("rayong", "population", "near_miss"): Severity.WARNING,
        ("rayong", "population", "vanished"): Severity.INFO,
    }
    assert second.exists()


def test_nobody_hears_of_the_platform_of_a_feed_that_its_city_has_stopped(
    hub: Hub, chosen: list[Feed], platform: Path
) -> None:
    assert found(hub, chosen) == {}
    for folder in ("Population", "TourismStatistics"):
        shutil.rmtree(platform / folder)
    stopped = replace(chosen[0], retirement=Retirement(date(2025, 12, 31), "of another office now"))
    assert found(hub, [stopped, chosen[1]]) == {("rayong", "tourism", "emptied"): Severity.WARNING}
    assert [check.dataset for check in fetch(hub, [stopped, chosen[1]])] == ["tourism"]
    (status,) = [
        entry
        for entry in statuses(read_snapshot(hub.ledger, hub.settings.home, Catalogue([stopped])))
        if entry.dataset == "population"
    ]
    assert (status.state, status.late, status.platform) == ("retired", 0, "emptied")


def test_the_task_fetch_is_red_where_a_platform_is_emptied(
    hub: Hub,
    platform: Path,
    home: Home,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HUB_HOME", str(home.root))
    monkeypatch.setenv("HUB_DATABASE", database_url)
    monkeypatch.setenv("HUB_PLATFORMS", str(platform.parent))
    monkeypatch.setattr(airflow_tasks, "_connection", lambda _: None)
    assert airflow_tasks.fetch("rayong")["new"] > 0
    shutil.rmtree(platform / "Population")
    with pytest.raises(AirflowException, match=r"rayong/population emptied: .*none of the"):
        airflow_tasks.fetch("rayong")
