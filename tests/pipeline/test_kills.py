"""Killed at any moment and run again, a pass ends where an undisturbed one ends: same content,
every mail once."""

import os
import signal
import subprocess
import sys
import time
from email import message_from_bytes
from pathlib import Path

import psutil
import pytest
from federation.common.paths import Home
from support import killing
from support.contracts import of_cities
from support.hubrun import Site, kill
from support.platforms import Request, make_platforms

CITIES = ["rayong", "phuket"]
# step -> where and when its process dies: function, which call of it, before or after its work
PLACES = {
    "fetch, before the ledger knows": ("federation.ledger.arrivals:Arrivals.add", 5, "before"),
    "conform, before the ledger knows": ("federation.ledger.verdicts:Conformings.add", 6, "before"),
    "gate, between quarantine file and verdict": (
        "federation.ledger.verdicts:Verdicts.add",
        7,
        "before",
    ),
    "build, after dbt": ("federation.warehouse.dbt.process:Dbt.run", 1, "after"),
    "verify, before the suite": ("federation.warehouse.verify:_judge_build", 1, "before"),
    "release, staged and the ledger does not know": (
        "federation.ledger.releases:Releases.add",
        1,
        "before",
    ),
    "release, before the switch": ("federation.releases.release:point_at", 1, "before"),
    "report, between mail and note": ("federation.reporting.mail.mail:_note", 4, "before"),
}


# Steps of the same kind of end, a rename and a ledger row, as others in the list: the slow suite
# kills these too.
REPEATED = (
    "fetch, before the ledger knows",
    "conform, before the ledger knows",
    "gate, between quarantine file and verdict",
    "build, after dbt",
    "verify, before the suite",
    "release, staged and the ledger does not know",
    "release, before the switch",
)


@pytest.fixture(scope="module")
def platforms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("platforms")
    make_platforms(
        directory,
        Request(seed=2, months=1),
        datasets=["tourism", "air_quality"],
        cities=CITIES,
    )
    return directory


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return of_cities(tmp_path_factory.mktemp("known"), *CITIES)


@pytest.fixture(scope="module")
def undisturbed(
    platforms: Path, known: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Site:
    site = Site(Home(tmp_path_factory.mktemp("undisturbed")), platforms, known)
    site.run()
    return site


def _recipients(site: Site) -> list[str]:
    release = site.manifest()["release_id"]
    mails = (
        message_from_bytes(file.read_bytes()) for file in site.home.outbox.glob(f"{release}.*.eml")
    )
    return sorted(str(mail["To"]) for mail in mails)


def _assert_ends_as(site: Site, undisturbed: Site) -> None:
    site.run()
    assert site.manifest()["content_hash"] == undisturbed.manifest()["content_hash"]
    assert _recipients(site) == _recipients(undisturbed)
    assert not list((site.home.root / "landing" / ".incoming").glob("*"))
    assert not list(site.home.releases.glob(".*"))


@pytest.mark.parametrize(
    "step", [pytest.param(step, marks=[pytest.mark.slow] * (step in REPEATED)) for step in PLACES]
)
def test_a_pass_killed_inside_a_step_ends_the_same_after_another_run(
    step: str, platforms: Path, known: dict[str, str], undisturbed: Site, tmp_path: Path
) -> None:
    site = Site(Home(tmp_path / "hub"), platforms, known)
    place, call, when = PLACES[step]
    driver = str(killing.__file__)
    died = subprocess.run(
        [sys.executable, driver, place, str(call), when, "--", "run", "--json"],
        env=site.environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr[-2000:]
    _assert_ends_as(site, undisturbed)


@pytest.mark.slow
def test_a_pass_killed_three_times_with_all_its_children_ends_the_same(
    platforms: Path, known: dict[str, str], undisturbed: Site, tmp_path: Path
) -> None:
    site = Site(Home(tmp_path / "hub"), platforms, known)
    for seconds in (1.5, 6.0, 13.0):
        process = site.start("run", "--json")
        time.sleep(seconds)
        if process.poll() is None:
            kill(process)
    _assert_ends_as(site, undisturbed)


def test_a_killed_process_leaves_no_server_behind_once_another_has_run(
    platforms: Path, tmp_path: Path
) -> None:
    site = Site(Home(tmp_path / "hub"), platforms)
    process = site.start("status")
    time.sleep(2.5)
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    assert site.hub("status").returncode == 0
    running = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    assert running
    assert not any(str(site.home.postgres) in word for words in running for word in words)
