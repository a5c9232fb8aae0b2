"""`make up`, for real: the whole chain runs once to the end, and Ctrl-C leaves no process
behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import httpx
import psutil
import pyarrow.parquet as pq
import pytest
from federation.common.paths import Home
from federation.datasets.suites import load_suite
from support import parsed
from support.browser import PHONE, overflowing
from support.contracts import of_cities
from support.platforms import Request, make_platforms
from support.up import Up, command_of, free_port, lives, started, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CITIES = ("chonburi", "phuket")
DATASETS = ("air_quality", "population", "tourism")
CORE = tuple(load_suite(dataset).fact for dataset in DATASETS)


def _listened_on(process: psutil.Process) -> set[tuple[str, int]]:
    try:
        connections = process.net_connections("inet")
    except psutil.NoSuchProcess:  # a child of Airflow's that ended since it was listed
        return set()
    return {
        (connection.laddr.ip, connection.laddr.port)
        for connection in connections
        if connection.status == psutil.CONN_LISTEN
    }


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Airflow on generated platforms, served as cities serve them.

    One of the files is no Parquet.
    """
    folder = tmp_path_factory.mktemp("up")
    home = Home(folder / "hub")
    parsed.lay_into(home)
    make_platforms(
        home.generated_platforms, Request(months=1), datasets=list(DATASETS), cities=list(CITIES)
    )
    next((home.generated_platforms / "chonburi" / "air-quality").glob("*.parquet")).write_bytes(
        b"Not Found"
    )
    environment = (
        os.environ
        | of_cities(folder, *CITIES)
        | {
            "HUB_HOME": str(home.root),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "looker:viewer",
        }
    )
    with started(home, environment, folder / "output") as up:
        yield up


@pytest.fixture(scope="module")
def finished(up: Up) -> dict[str, list[str]]:
    """The states of all runs after the chain has run to its end."""

    def ended() -> dict[str, list[str]] | None:
        return up.runs() if len(up.runs()) == len(CITIES) + 2 and up.is_idle() else None

    return dict(wait_for(ended, 600, up.process, up.output))


def test_the_chain_runs_from_the_cities_to_the_mails(
    up: Up, finished: dict[str, list[str]]
) -> None:
    assert {dag_id: set(states) for dag_id, states in finished.items()} == {
        "ingest_chonburi": {"failed"},
        "ingest_phuket": {"success"},
        "warehouse": {"success"},
        "reports": {"success"},
    }
    assert up.home.current.is_symlink()
    with duckdb.connect(str(up.home.current.resolve()), read_only=True) as release:
        for table in CORE:
            cities = release.execute(
                f"SELECT count(DISTINCT city_code) FROM core.{table}"
            ).fetchall()[0][0]
            assert cities == len(CITIES) - (table == "fct_air_quality"), table
    mails = [file.name for file in up.home.outbox.glob("*.eml")]
    assert any(name.startswith(up.home.current.resolve().parent.name) for name in mails)


def test_a_rejected_extract_reddens_its_city_and_the_log_says_why_first(
    up: Up, finished: dict[str, list[str]]
) -> None:
    errors = [
        line["event"] for line in up.log("ingest_chonburi", "gate") if line.get("level") == "error"
    ]
    what, where, todo = errors[0].splitlines()
    assert what.startswith("rejected: chonburi/air_quality 2026-05: not_parquet")
    assert where.strip() == "where: air-quality/airQuality-202605.parquet on the city's platform"
    assert todo.strip().startswith("to do: ")
    kinds = {incident["reason"].split(":")[0] for incident in up.hub("incidents")}
    assert "not_parquet" in kinds
    assert "task_failed" not in kinds  # one fault is one incident, and the city's
    assert any(
        "chonburi: gate failed" in json.dumps(line) for line in up.log("ingest_chonburi", "watch")
    )


def test_no_log_warns_of_what_is_deprecated_or_weak(up: Up, finished: dict[str, list[str]]) -> None:
    logs = [file for file in up.home.airflow_logs.rglob("*.log") if file.is_file()]
    assert len(logs) > 10
    for file in logs:
        said = file.read_text("utf-8", "replace")
        for word in ("DeprecationWarning", "InsecureKeyLengthWarning"):
            assert word not in said, (file, said[max(said.find(word) - 600, 0) :][:900])


def test_a_command_of_airflow_runs_on_this_one(up: Up) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "federation.cli.main", "airflow", "dags", "list", "-o", "json"],
        capture_output=True,
        text=True,
        env=up.environment,
        timeout=120,
    )
    listed = next(line for line in done.stdout.splitlines() if line.startswith("[{"))
    assert {dag["dag_id"] for dag in json.loads(listed)} >= {"ingest_phuket", "warehouse"}


def test_nobody_gets_in_without_logging_in(up: Up) -> None:
    assert httpx.get(f"{up.client.base_url}/api/v2/dags").status_code == 401
    wrong = httpx.post(
        f"{up.client.base_url}/auth/token", json={"username": "admin", "password": "admin"}
    )
    assert wrong.status_code == 401


@pytest.fixture(scope="session")
def routes(python: Callable[..., subprocess.CompletedProcess[str]]) -> list[tuple[str, str, str]]:
    """Kind, method and path of whatever the page's app answers."""
    code = (
        "import json\nfrom federation.airflow.page.app import app\n"
        "print(json.dumps([(type(route).__name__, method, route.path) for route in app.routes "
        "for method in (getattr(route, 'methods', None) or ['GET'])]))"
    )
    done = python("-c", code)
    assert done.returncode == 0, done.stderr
    return [(kind, method, path) for kind, method, path in json.loads(done.stdout.splitlines()[-1])]


def test_no_route_of_the_page_answers_who_is_not_logged_in(
    up: Up, routes: list[tuple[str, str, str]]
) -> None:
    assert {path for _, _, path in routes} >= {
        "/",
        "/data",
        "/static/{name}",
        "/site/{release_id}/{name:path}",
    }
    assert {kind for kind, _, _ in routes} == {"APIRoute"}  # what is mounted would ask nobody
    for _, method, path in routes:
        filled = (
            path.replace("{name:path}", "index.html")
            .replace("{name}", "page.js")
            .replace("{release_id}", "1")
        )
        assert (
            httpx.request(method, f"{up.client.base_url}/federation{filled}").status_code == 401
        ), path
        wrong = httpx.request(
            method,
            f"{up.client.base_url}/federation{filled}",
            headers={"Authorization": "Bearer x.y.z"},
        )
        assert wrong.status_code in (401, 403), path


def test_the_page_shows_what_hub_status_tells(
    up: Up, finished: dict[str, list[str]], browser: Browser, screenshots: Path
) -> None:
    told = up.hub("status")["feeds"]
    assert up.client.get("/federation/data").json()["feeds"] == told
    with up.page(browser, path="/plugin/federation") as (page, seen):
        frame = page.frames[-1]
        cells = frame.locator("td[data-verdict]").evaluate_all(
            "nodes => nodes.map(node => [node.dataset.city, node.dataset.dataset, "
            "node.dataset.verdict])"
        )
        assert sorted(map(tuple, cells)) == [
            (feed["city"], feed["dataset"], feed["verdict"]) for feed in told
        ]
        refused = frame.locator('td[data-city="chonburi"][data-dataset="air_quality"]')
        assert refused.get_by_text("ไม่ผ่าน").is_visible()  # the browser of the tests is a Thai one
        frame.locator("#language").click()
        assert refused.get_by_text("rejected").is_visible()
        frame.get_by_label("only what needs attention").check()
        assert frame.locator("tbody tr").first.get_attribute("data-key")
        page.screenshot(path=screenshots / "federation.png")
        frame.get_by_role(
            "link", name="log: gate"
        ).click()  # leaves the frame for Airflow's own page of the task
        page.wait_for_url("**/dags/ingest_chonburi/runs/*/tasks/gate*")
    assert seen.outside == []
    assert [error for error in seen.errors if "/federation" in error] == []


def test_the_page_fits_a_phone_and_keeps_the_focus_when_it_is_renewed(
    up: Up, finished: dict[str, list[str]], browser: Browser, screenshots: Path
) -> None:
    with up.page(browser, size=PHONE) as (page, seen):
        assert overflowing(page) == []
        page.screenshot(path=screenshots / "federation-phone.png")
        page.locator('[data-key="phuket/run-now"]').focus()
        with page.expect_response("**/federation/data"):
            page.evaluate("load()")
        page.wait_for_function("document.activeElement.dataset.key === 'phuket/run-now'")
    assert seen.errors == []


def test_a_release_s_site_is_shown_but_nothing_beside_it(
    up: Up, finished: dict[str, list[str]], browser: Browser
) -> None:
    release_id = up.home.current.resolve().parent.name
    with up.page(browser) as (page, seen):
        with page.context.expect_page() as opened:
            page.locator("#release a").first.click()
        opened.value.wait_for_load_state()
        assert opened.value.url.endswith(f"/federation/site/{release_id}/index.html")
        assert opened.value.evaluate("origin") == "null"  # no script of it is of Airflow's origin
    assert seen.errors == []
    site = up.client.get(f"/federation/site/{release_id}/index.html")
    assert site.headers["content-type"] == "text/html; charset=utf-8"
    for path in ("..%2f..%2fnational.duckdb", "%2fetc%2fpasswd", "no-such.html"):
        assert up.client.get(f"/federation/site/{release_id}/{path}").status_code == 404


def test_who_may_only_look_is_told_so(
    up: Up, finished: dict[str, list[str]], browser: Browser
) -> None:
    before = up.runs()
    with up.page(browser, "looker") as (page, _):
        page.locator('[data-key="phuket/run-now"]').click()
        page.locator("#said.wrong").wait_for()
        assert "Airflow ไม่อนุญาต" in page.locator("#said").inner_text()
    assert up.runs() == before


def test_only_loopback_is_listened_on(up: Up) -> None:
    listening = {address for process in up.everyone() for address in _listened_on(process)}
    assert {host for host, _ in listening} == {"127.0.0.1"}
    assert len(listening) == 1 + len(CITIES)  # Airflow's, and the platforms
    assert ("127.0.0.1", up.port) in listening


def test_a_second_start_says_that_the_first_one_runs(up: Up) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "federation.airflow.standalone", "--port", str(free_port())],
        env=up.environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert second.returncode == 2
    assert f"Airflow runs in this HUB_HOME already (process {up.process.pid})" in second.stderr


def test_a_backfill_of_a_day_takes_in_what_came_about_it_and_nothing_else(
    up: Up, finished: dict[str, list[str]], tmp_path: Path
) -> None:
    make_platforms(
        tmp_path, Request(months=1), cities=["chonburi"], datasets=["air_quality", "tourism"]
    )
    for file in ("air-quality/airQuality-202605.parquet", "tourism/tourism-2023.parquet"):
        target = up.home.generated_platforms / "chonburi" / file
        target.write_bytes((tmp_path / "chonburi" / file).read_bytes())
        os.utime(target)
    asked = up.client.post(
        "/api/v2/backfills",
        json={
            "dag_id": "ingest_chonburi",
            "from_date": "2026-05-10T00:00:00Z",
            "to_date": "2026-05-10T23:00:00Z",
            "run_backwards": False,
            "reprocess_behavior": "none",
            "max_active_runs": 1,
            "dag_run_conf": {},
        },
    )
    assert asked.status_code == 200, asked.text

    def with_all_cities() -> bool:
        known = up.asks("SELECT count(DISTINCT city_code) FROM core.fct_air_quality")
        return bool(known == len(CITIES))

    wait_for(with_all_cities, 600, up.process, up.output)
    run = next(
        run
        for run in up.client.get("/api/v2/dags/ingest_chonburi/dagRuns").json()["dag_runs"]
        if run["run_type"] == "backfill"
    )
    assert run["state"] == "success"
    run_url = f"/api/v2/dags/ingest_chonburi/dagRuns/{run['dag_run_id']}"
    result = up.client.get(f"{run_url}/taskInstances/fetch/xcomEntries/return_value").json()
    # Tourism is about other days.
    assert result["value"] == {"seen": 1, "new": 1}


def test_a_delivery_that_is_held_waits_for_a_person_and_takes_its_place_when_approved(
    up: Up, finished: dict[str, list[str]], browser: Browser, screenshots: Path
) -> None:
    file = up.home.generated_platforms / "phuket" / "Tourism" / "Tourism_2023.parquet"
    pq.write_table(pq.read_table(file).slice(0, 6), file, store_schema=False)
    of_2023 = "SELECT count(*) FROM core.fct_tourism WHERE city_code = '83' AND year(month) = 2023"
    before = up.asks(of_2023)
    with up.page(browser) as (page, _):
        page.locator('[data-key="phuket/run-now"]').click()
        page.locator('#said a[href*="/dags/ingest_phuket/runs/"]').wait_for()

    def asked() -> dict[str, Any] | None:
        found = (
            up.client.get("/api/v2/dags/approval/dagRuns/~/hitlDetails")
            .raise_for_status()
            .json()["hitl_details"]
        )
        return found[0] if found else None

    question = wait_for(asked, 600, up.process, up.output)
    assert "6 records in place of 12 (50.0 % fewer" in question["body"]
    assert up.asks(of_2023) == before == 12
    with up.page(browser) as (page, seen):
        card = page.locator("#held li")
        assert "6 records in place of 12 (50.0 % fewer" in card.inner_text()
        card.locator("button.approve").wait_for(
            timeout=90_000
        )  # the page offers it when an answer would be taken
        card.locator("button.approve").click()
        page.locator("#said.wrong").wait_for()  # not without a reason
        card.locator("input").fill("half a year")
        page.screenshot(path=screenshots / "federation-held.png")
        card.locator("button.approve").click()
        page.locator("#said:not(.wrong) a").wait_for()
    assert seen.errors == []
    wait_for(lambda: up.asks(of_2023) == 6, 600, up.process, up.output)


@pytest.mark.slow
def test_a_task_that_is_killed_is_tried_again_and_the_page_says_when(
    up: Up, finished: dict[str, list[str]]
) -> None:
    triggered = up.client.post("/api/v2/dags/ingest_phuket/dagRuns", json={"logical_date": None})
    run_id = triggered.raise_for_status().json()["dag_run_id"]

    def worker() -> psutil.Process | None:
        # Of the executor's own processes the name goes on otherwise.
        title = re.compile("airflow worker -- [0-9a-f]{8}-")
        workers = [each for each in up.everyone() if title.match(command_of(each))]
        return workers[0] if workers else None

    wait_for(worker, 60, up.process, up.output).kill()

    def waiting() -> list[dict[str, Any]]:
        told = up.client.get("/federation/data").raise_for_status().json()
        return list(told["runs"]["ingest_phuket"]["waiting"])

    (task,) = wait_for(waiting, 120, up.process, up.output)
    assert (task["task_id"], task["try_number"], task["tries"]) == ("fetch", 2, 6)
    assert datetime.now(UTC) < datetime.fromisoformat(task["next_at"])
    run = f"/api/v2/dags/ingest_phuket/dagRuns/{run_id}"
    log = up.client.get(f"{run}/taskInstances/fetch/logs/1").raise_for_status().json()["content"]
    assert any(line.get("signal_name") == "SIGKILL" for line in log)
    wait_for(lambda: up.client.get(run).json()["state"] == "success", 600, up.process, up.output)


def test_ctrl_c_leaves_no_process(up: Up, finished: dict[str, list[str]]) -> None:
    before = up.everyone()
    names = " ".join(map(command_of, before))
    assert all(
        part in names
        for part in ("postgres", "scheduler", "api_server", "dag-processor", "triggerer")
    )

    up.process.send_signal(signal.SIGINT)

    assert up.process.wait(60) == 0
    assert not [process for process in before | up.everyone() if lives(process)]
