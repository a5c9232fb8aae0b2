"""A machine with many faults: each is found and told, and none hides another."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from federation.common.paths import REPOSITORY, Home
from federation.common.settings import Settings
from federation.common.vocabulary import Soundness
from federation.ledger import open_database
from federation.ledger.migrate import bring, revisions
from federation.ledger.open import sqlalchemy_url
from federation.operation.doctor import database, home, sandbox
from federation.operation.doctor.finding import Check, Finding, exit_code
from federation.operation.doctor.versions import locked
from sqlalchemy import create_engine
from support.contracts import environment, of_checkout
from support.hubrun import edit
from support.ledgers import role

FAIL, WARN, OK = Soundness.FAIL, Soundness.WARN, Soundness.OK


@pytest.fixture(scope="module")
def closed_port() -> int:
    """A port of loopback on which nobody listens."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def silent_server() -> Iterator[int]:
    """A server that takes connections and never says a word."""
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen(16)
        yield int(server.getsockname()[1])


def doctor(settings: dict[str, str]) -> dict[str, Any]:
    """What `hub doctor --json` says, with its exit code as it was."""
    done = subprocess.run(
        [sys.executable, "-m", "federation.cli.main", "doctor", "--json"],
        env=environment() | settings,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    told = dict(json.loads(done.stdout))
    assert told["exit_code"] == done.returncode
    return told


def of(told: dict[str, Any], check: str, soundness: Soundness) -> str:
    """What the findings of one check with that verdict say, and what to do."""
    return "\n".join(
        f"{entry['says']} {entry['todo']}"
        for entry in told["checks"]
        if entry["check"] == check and entry["soundness"] == soundness
    )


@pytest.fixture
def faulty(checkout: Path) -> Path:
    """A checkout in which files of the nation and of a city are broken, and the lock names another
    DuckDB."""
    lock = (REPOSITORY / "requirements.lock").read_text("utf-8")
    other = lock.replace("\nduckdb==", "\nduckdb==99.")
    assert other != lock
    (checkout / "requirements.lock").write_text(other, "utf-8")
    expectations = checkout / "expectations"
    edit(expectations / "waivers.yml", lambda _: "waivers: [")
    edit(checkout / "dbt_project/indicators/th_pm25_mean.yml", lambda old: old + "colour: red\n")
    contract = expectations / "contracts" / "rayong" / "tourism.yml"
    edit(contract, lambda old: old.replace("version: 1.", "version: one.", 1))
    return checkout


def test_a_machine_of_ten_faults_is_told_all_ten_and_what_is_well(
    faulty: Path, migrated: Settings, closed_port: int, tmp_path: Path
) -> None:
    (tmp_path / "home").write_text("no folder")
    engine = create_engine(sqlalchemy_url(str(migrated.database_url)))
    password = "s3cret-of-the-city"
    with (
        role(
            engine, "GRANT USAGE ON SCHEMA hub", "GRANT SELECT ON ALL TABLES IN SCHEMA hub"
        ) as url,
        silent_server() as silent,
    ):
        told = doctor(
            of_checkout(faulty)
            | {
                "HUB_HOME": str(tmp_path / "home"),
                "HUB_DATABASE": url.render_as_string(hide_password=False),
                "HUB_LIMITS": '{"file_bytes": "large"}',
                "HUB_PLATFORMS": str(tmp_path / "platforms"),
                "AIRFLOW_CONN_SMTP_HUB": f"smtp://127.0.0.1:{closed_port}?disable_ssl=true",
                "HUB_SECRETS": str(tmp_path / "no secrets"),
                "HUB_SITE": "reports of the hub",
                "AIRFLOW_CONN_WEBHOOK_HUB": f"http://127.0.0.1:{closed_port}/hook/{password}",
                "AIRFLOW_CONN_CITY_BANGKOK": '{"conn_type": "s3", "password": "' + password,
                "AIRFLOW_CONN_CITY_PHUKET": f"http://127.0.0.1:{closed_port}/open",
                "AIRFLOW_CONN_CITY_KHON_KAEN": f"http://127.0.0.1:{silent}/open",
            }
        )
    engine.dispose()
    assert told["exit_code"] == 2
    assert "home is no folder" in of(told, "home", FAIL)
    assert "lacks INSERT on hub.arrival" in of(told, "database", FAIL)
    assert "lock says 99." in of(told, "versions", FAIL)
    assert "file_bytes is no whole number" in of(told, "limits", FAIL)
    assert "takes no session" in of(told, "mail", FAIL)
    assert "HUB_SECRETS is no folder" in of(told, "settings", FAIL)
    assert "HUB_SITE is no address" in of(told, "settings", FAIL)
    assert "HUB_PLATFORMS is no directory" in of(told, "settings", FAIL)
    assert "webhook does not take" in of(told, "webhook", FAIL)
    assert "waivers.yml" in of(told, "yaml", FAIL)
    assert "th_pm25_mean.yml" in of(told, "yaml", FAIL)
    assert "tourism.yml refused" in of(told, "contracts", FAIL)
    assert "cannot be read" in of(told, "connection bangkok", FAIL)
    assert of(told, "connection phuket", FAIL)
    assert "answer" in of(told, "connection khon_kaen", FAIL)
    for well in ("disk", "clock", "sandbox"):
        assert of(told, well, OK), well
    assert password not in json.dumps(told)


def test_a_city_s_fault_alone_is_exit_code_1(
    tmp_path: Path, platforms: Path, closed_port: int
) -> None:
    settings = {"HUB_HOME": str(tmp_path / "home"), "HUB_PLATFORMS": str(platforms)}
    sound = doctor(settings)
    assert sound["exit_code"] == 0
    assert of(sound, "connection rayong", OK)
    assert "outbox" in of(sound, "mail", WARN)
    away = {"AIRFLOW_CONN_CITY_RAYONG": f"http://127.0.0.1:{closed_port}/open"}
    told = doctor(settings | away)
    assert told["exit_code"] == 1
    assert of(told, "connection bangkok", OK)


def test_a_file_that_all_cities_share_is_the_hub_s_own_matter(checkout: Path) -> None:
    edit(checkout / "expectations" / "units.yml", lambda _: "units: [")
    told = doctor(of_checkout(checkout) | {"HUB_HOME": str(checkout / "home")})
    assert told["exit_code"] == 2
    assert "units.yml" in of(told, "yaml", FAIL)
    assert of(told, "contracts", FAIL).count("units.yml refused") == 1


def test_a_role_with_more_than_its_work_needs_is_warned_about(migrated: Settings) -> None:
    (warned,) = [entry for entry in database.database(migrated) if entry.soundness == WARN]
    assert "superuser" in warned.says


def test_an_older_ledger_and_another_clock_are_told(fresh: Settings) -> None:
    with open_database(fresh) as engine, engine.begin() as con:
        bring(con, revisions()[-2])
    (failed,) = [entry for entry in database.database(fresh) if entry.soundness == FAIL]
    assert revisions()[-1] in failed.says
    assert "hub migrate" in failed.todo
    assert [database._on_the_clock(seconds)[0] for seconds in (1, 30, 90)] == [OK, WARN, FAIL]


def test_a_database_that_is_away_is_a_finding_without_its_password(
    tmp_path: Path, closed_port: int
) -> None:
    url = f"postgresql://hub:s3cret@127.0.0.1:{closed_port}/hub"
    settings = Settings(Home(tmp_path), url, None)
    (failed,) = Check("database", database.database).findings(settings)
    assert failed.soundness == FAIL
    assert "cannot be reached" in failed.says
    assert "s3cret" not in failed.says + failed.todo


def test_a_home_that_everybody_may_read_is_warned_about(tmp_path: Path) -> None:
    settings = Settings(Home(tmp_path / "home"), None, None)
    (settings.home.root / "landing").mkdir(parents=True)
    for folder in (settings.home.root, *settings.home.root.parents):
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o001)
    settings.home.root.joinpath("landing").chmod(0o755)
    (open_one,) = home.home(settings)
    assert (open_one.soundness, "landing" in open_one.says) == (WARN, True)
    settings.home.root.chmod(0o700)
    (private,) = home.home(settings)
    assert private.soundness == OK


def test_a_wall_that_the_kernel_does_not_give_is_warned_about(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = Settings(Home(tmp_path), None, None)
    (whole,) = sandbox.sandbox(settings)
    assert whole.soundness == OK
    monkeypatch.setattr(sandbox, "COMPLETE", "one wall more than there is")
    (lacking,) = sandbox.sandbox(settings)
    assert lacking.soundness == WARN
    assert "Landlock" in lacking.todo


def test_a_check_that_raises_or_hangs_is_a_finding_of_its_own(tmp_path: Path) -> None:
    settings, forever = Settings(Home(tmp_path), None, None), threading.Event()

    def breaks(_: Settings) -> Iterator[Finding]:
        yield Finding("x", OK, "before")
        raise RuntimeError("it broke")

    def hangs(_: Settings) -> Iterator[Finding]:
        forever.wait(60)
        return iter(())

    told = Check("x", breaks).findings(settings)
    assert [(entry.soundness, entry.says) for entry in told] == [
        (OK, "before"),
        (FAIL, "RuntimeError: it broke"),
    ]
    (late,) = Check("y", hangs, seconds=0.05).findings(settings)
    forever.set()
    assert "no answer within" in late.says
    assert exit_code([late]) == 2


def test_the_lock_names_every_program_that_decides() -> None:
    pinned = locked(REPOSITORY / "requirements.lock")
    assert {"apache-airflow", "dbt-core", "duckdb", "great-expectations"} <= set(pinned)
    assert pinned["duckdb"].startswith("2.0")
