"""The task `gate` is red while a rejected file is the newest of its path, whichever run rejected
it."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow.sdk.exceptions import AirflowException
from federation.airflow import tasks as airflow_tasks
from federation.common.paths import Home
from federation_demo.generate import make_platforms

REJECTED = r"rejected: rayong/population .*not_parquet.* \(since \d{4}-\d\d-\d\d \d\d:\d\d Asia/"


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


def run(first: str = "", last: str = "") -> dict[str, int]:
    airflow_tasks.fetch("rayong", first, last)
    airflow_tasks.conform("rayong", first, last)
    return airflow_tasks.gate("rayong", first, last)


def test_gate_is_red_in_every_run_until_the_file_is_corrected(platform: Path) -> None:
    file = max(platform.rglob("*.parquet"))
    good = file.read_bytes()
    file.write_bytes(b"Not Found")
    with pytest.raises(AirflowException, match=REJECTED):
        run()
    with pytest.raises(AirflowException, match=REJECTED):  # cleared
        airflow_tasks.gate("rayong")
    with pytest.raises(AirflowException, match=REJECTED):  # the next night
        run()
    file.write_bytes(b"Not Found either")
    with pytest.raises(AirflowException, match=REJECTED) as newest:
        run()
    assert str(newest.value).count("rejected: ") == 1
    file.write_bytes(good)
    assert run()["accepted"] == 1
    assert run() == {}


def test_a_backfill_of_other_days_is_not_red_for_it(platform: Path) -> None:
    file = max(platform.rglob("*.parquet"))
    file.write_bytes(b"Not Found")
    with pytest.raises(AirflowException, match=REJECTED):
        run()
    assert run("1990-01-01", "1990-12-31") == {}
