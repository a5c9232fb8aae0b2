"""A pass that is told to end leaves no server and no worker, and the next one goes on."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from federation.common.paths import Home
from support.contracts import of_cities
from support.hubrun import Site
from support.platforms import Request, make_platforms


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A hub that has done nothing yet, of one city."""
    make_platforms(
        tmp_path / "platforms", Request(months=1), datasets=["air_quality"], cities=["rayong"]
    )
    known = of_cities(tmp_path, "rayong")
    return Site(Home(tmp_path / "hub"), tmp_path / "platforms", known)


def _processes(pid: int | None = None) -> dict[psutil.Process, str]:
    """Return every process, or those below a process, with its command line."""
    lines = {}
    for process in psutil.process_iter() if pid is None else psutil.Process(pid).children(True):
        with suppress(psutil.Error):  # one that ends just now
            lines[process] = " ".join(process.cmdline())
    return lines


def _servers(site: Site) -> list[str]:
    """Return the command lines of the hub's own PostgreSQL."""
    return [line for line in _processes().values() if str(site.home.postgres) in line]


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _until(happened: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("number", "code", "work"),
    [
        (signal.SIGTERM, 143, "federation.conform.sandbox.supervisor"),
        pytest.param(
            signal.SIGHUP, 129, "federation.conform.sandbox.supervisor", marks=pytest.mark.slow
        ),
        pytest.param(
            signal.SIGTERM, 143, "federation.warehouse.dbt.worker", marks=pytest.mark.slow
        ),
        pytest.param(signal.SIGINT, 130, "federation.warehouse.dbt.worker", marks=pytest.mark.slow),
    ],
)
def test_a_signal_ends_a_pass_with_all_that_it_started(
    number: int, code: int, work: str, site: Site
) -> None:
    process = site.start("run", "--json")
    _until(lambda: any(work in line for line in _processes(process.pid).values()))
    started = _processes(process.pid)
    assert _servers(site)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, out + err
    assert "run again to go on" in err
    assert "Traceback" not in err
    assert [line for child, line in started.items() if _lives(child)] == []
    assert _servers(site) == []
    assert site.run()["published"]
