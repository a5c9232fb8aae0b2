"""A real Airflow of `make up`, started by a test."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import httpx
import psutil
from federation.common.paths import Home

from support.browser import page_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from support.browser import Seen

FINISHED = {"success", "failed"}


@dataclass
class Up:
    """A started Airflow, a login, and what it runs on."""

    home: Home
    port: int
    process: subprocess.Popen[str]
    client: httpx.Client
    output: Path
    environment: dict[str, str]

    def runs(self) -> dict[str, list[str]]:
        """Return the states of each DAG's runs."""
        found: dict[str, list[str]] = {}
        for run in (
            self.client.get("/api/v2/dags/~/dagRuns?limit=100&order_by=-run_after")
            .raise_for_status()
            .json()["dag_runs"]
        ):
            found.setdefault(run["dag_id"], []).append(run["state"])
        return found

    def is_idle(self) -> bool:
        """Return whether every run has ended, and none is to come of what they said."""
        runs = self.runs()
        ended = all(state in FINISHED for states in runs.values() for state in states)
        waits = any(map(self.waits, ("warehouse", "reports")))
        return ended and not waits and self.runs() == runs

    def waits(self, dag_id: str) -> bool:
        """Return whether an asset event has not become a run of this DAG yet."""
        queued = self.client.get(f"/api/v2/dags/{dag_id}/assets/queuedEvents")
        return queued.status_code != 404 and bool(queued.raise_for_status().json()["total_entries"])

    def log(self, dag_id: str, task_id: str) -> list[dict[str, Any]]:
        """Return the log of a task's first try in the DAG's only run, as the UI shows it."""
        runs = f"/api/v2/dags/{dag_id}/dagRuns"
        run_id = self.client.get(runs).raise_for_status().json()["dag_runs"][0]["dag_run_id"]
        return list(
            self.client.get(f"{runs}/{run_id}/taskInstances/{task_id}/logs/1")
            .raise_for_status()
            .json()["content"]
        )

    def asks(self, query: str) -> Any:
        """Return the one value that a query on the release that serves gives."""
        with duckdb.connect(str(self.home.current.resolve()), read_only=True) as release:
            return release.execute(query).fetchall()[0][0]

    @contextmanager
    def page(
        self, browser: Browser, user: str = "admin", path: str = "/federation/", **more: Any
    ) -> Iterator[tuple[Page, Seen]]:
        """The page «Federation», with its data, as that user sees it."""
        password = json.loads((self.home.airflow / "passwords.json").read_text("utf-8"))[user]
        login = httpx.post(
            f"{self.client.base_url}/auth/token", json={"username": user, "password": password}
        )
        with page_of(browser, **more) as (page, seen):
            token = login.raise_for_status().json()["access_token"]
            page.context.add_cookies(
                [{"name": "_token", "value": token, "url": str(self.client.base_url)}]
            )
            page.goto(f"{self.client.base_url}{path}")
            if path != "/federation/":
                page.frame_locator("iframe").locator("td[data-verdict]").first.wait_for()
            page.frames[-1].locator("td[data-verdict]").first.wait_for()
            yield page, seen

    def hub(self, *arguments: str) -> Any:
        """Return what a command of `hub` prints as JSON."""
        done = subprocess.run(
            [sys.executable, "-m", "federation.cli.main", *arguments, "--json"],
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=120,
        )
        return json.loads(done.stdout)

    def everyone(self) -> set[psutil.Process]:
        """Return all processes that work for this home."""
        alive = self.process.poll() is None
        children = (
            set(psutil.Process(self.process.pid).children(recursive=True)) if alive else set()
        )
        return children | {
            process for process in psutil.process_iter() if works_for(process, self.home)
        }


def works_for(process: psutil.Process, home: Home) -> bool:
    try:
        return process.environ().get("HUB_HOME") == str(home.root) or str(home.root) in command_of(
            process
        )
    except psutil.Error:
        return False


def command_of(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(
    happened: Callable[[], Any], seconds: float, up: subprocess.Popen[str], output: Path
) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := happened()):
        assert up.poll() is None, output.read_text("utf-8")
        assert time.monotonic() < deadline, output.read_text("utf-8")
        time.sleep(1)
    return found


@contextmanager
def started(
    home: Home, environment: Mapping[str, str], output: Path, under: Sequence[str] = ()
) -> Iterator[Up]:
    """Airflow on a home, with a login, until it is stopped by Ctrl-C; `under` is a command that
    runs the one after it, such as `nice`."""
    port = free_port()
    with output.open("w") as target:
        process = subprocess.Popen(
            [*under, sys.executable, "-m", "federation.airflow.standalone", "--port", str(port)],
            env=environment,
            stdout=target,
            stderr=target,
            text=True,
        )
    try:
        login = wait_for(
            lambda: re.search(r"log in as (\w+), password (\S+)", output.read_text("utf-8")),
            180,
            process,
            output,
        )
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            token = client.post(
                "/auth/token", json={"username": login[1], "password": login[2]}
            ).json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            yield Up(home, port, process, client, output, dict(environment))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
