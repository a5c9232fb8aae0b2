"""Airflow for one user on one machine: `python -m federation.airflow.standalone [--port N]`.

PostgreSQL, api-server, scheduler, dag-processor and triggerer run until Ctrl-C, SIGTERM or SIGHUP;
then all of them have ended.
"""

import argparse
import fcntl
import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import httpx

from federation.airflow.tasks import city_keys, ingest_dag_id
from federation.common.errors import HubError
from federation.common.paths import DAGS, PLUGINS, Home
from federation.common.periods import BANGKOK
from federation.common.process_group import Family
from federation.common.progress import Progress
from federation.common.settings import Settings
from federation.ledger import open_database, open_ledger
from federation.ledger.embedded import embedded_postgres
from federation.ledger.migrate import migrate
from federation.ledger.open import refuse_lost
from federation.lineage.events import airflow_settings
from federation.pipeline.demo import make_platforms_once
from federation.pipeline.hub import Hub
from federation.releases.index import serving

HOST = "127.0.0.1"
COMPONENTS = {
    "api-server": ["api-server", "--host", HOST],
    # Its log server would listen on every interface.
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
    "triggerer": ["triggerer", "--skip-serve-logs"],
}
AUTH_MANAGER = "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
START_SECONDS = 240


def main(arguments: Sequence[str] | None = None) -> int:
    """Run Airflow until it is interrupted.

    Return 0, or 2 when it could not start or a component ended by itself.
    """
    parser = argparse.ArgumentParser(
        prog="python -m federation.airflow.standalone", description="Airflow on this machine."
    )
    parser.add_argument("--port", type=int, default=os.environ.get("AIRFLOW__API__PORT") or "8080")
    port = parser.parse_args(arguments).port
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asks to be left alone
        signal.signal(signal.SIGHUP, _interrupt)
    try:
        _run(Settings.from_environment(), port)
    except HubError as error:
        print(f"airflow: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("airflow: stopped", file=sys.stderr)
    return 0


def _interrupt(*_: object) -> None:
    print("airflow: stopping …", file=sys.stderr, flush=True)
    raise KeyboardInterrupt


def _run(settings: Settings, port: int) -> None:
    home, progress = settings.home, Progress()
    refuse_lost(settings)
    progress.note("starting PostgreSQL and Airflow; this takes about half a minute")
    with _the_only_one(home), embedded_postgres(home.postgres) as server:
        _refuse_taken(port)
        if not settings.database_url:  # the hub's own: it is brought to this version here
            settings = replace(settings, database_url=server)
            with open_database(settings) as engine:
                migrate(engine)
        with open_ledger(settings) as ledger:
            if not settings.platforms:
                make_platforms_once(Hub(settings, ledger, progress))
        environment = _environment(settings, _metadata_database(server), port)
        api = Api(port, _password(home))
        with progress.step("airflow db migrate"):
            _migrate(_logs(home), environment)
        with Family(_logs(home), environment) as family, _told_to_commands(family, home):
            _start(family, settings, api, progress)
            for key in city_keys():
                api.trigger(ingest_dag_id(key))
            _greet(settings, api)
            _watch(family, home, progress)


def _start(family: Family, settings: Settings, api: "Api", progress: Progress) -> None:
    """Start the cities' platforms, unless the settings name others, and Airflow's components."""
    if not settings.platforms:
        with progress.step("start the cities' platforms"):
            family.environment = {**_platforms(family, settings.home), **family.environment}
    for name, arguments in COMPONENTS.items():
        family.start(name, _airflow(*arguments))
    with progress.step("start Airflow"):
        _await(api.ready, family)


# -- before the start ------------------------------------------------------------------------------


@contextmanager
def _the_only_one(home: Home) -> Iterator[None]:
    """Hold the home's lock; raises HubError when another process does. A killed holder frees it."""
    home.airflow.mkdir(parents=True, exist_ok=True)
    with (home.airflow / "standalone.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise HubError(
                f"Airflow runs in this HUB_HOME already (process {lock.read().strip()})",
                where=str(home.root),
                todo="stop that one with Ctrl-C, or set another HUB_HOME and --port",
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise HubError(
                f"port {port} cannot be used: {error.strerror}",
                where=f"{HOST}:{port}",
                todo="choose another one: --port or AIRFLOW__API__PORT",
            ) from error


def _metadata_database(server: str) -> str:
    """Return the URL of Airflow's own database on the embedded server; it is made when missing."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as con:
        if not con.execute("SELECT 1 FROM pg_database WHERE datname = 'airflow'").fetchone():
            con.execute("CREATE DATABASE airflow")
    url = server.replace("/postgres?", "/airflow?")
    return url.replace("postgresql://", "postgresql+psycopg2://")


def _password(home: Home) -> str:
    """Return the password of user `admin`, which is made once and kept in the file of Airflow's
    simple auth manager."""
    file = _password_file(home)
    if not file.exists():
        with open(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as target:
            json.dump({"admin": secrets.token_urlsafe(12)}, target)
    return str(json.loads(file.read_text())["admin"])


def _token_key(home: Home) -> str:
    """Return the key by which Airflow signs logins, which is made once; Airflow's own would be
    shorter than RFC 7518 asks for."""
    file = home.airflow / "token_key"
    if not file.exists():
        with open(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as target:
            target.write(secrets.token_urlsafe(64))
    return file.read_text()


def _password_file(home: Home) -> Path:
    return home.airflow / "passwords.json"


def _environment(settings: Settings, database: str, port: int) -> dict[str, str]:
    """Return the components' environment: what must be so, then the user's, then defaults."""
    home, base = settings.home, f"http://{HOST}:{port}"
    defaults = {
        "AIRFLOW__CORE__PARALLELISM": str((os.cpu_count() or 1) + 1),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__API__WORKERS": "1",
        # A day that a person names is a local day.
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": str(BANGKOK),
        "AIRFLOW__API_AUTH__JWT_SECRET": _token_key(home),
        # What a process or a machine had in hand when it died is tried again after a minute.
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
        # So is what a dead process of the executor had taken and not begun.
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "120",
        "AIRFLOW__SCHEDULER__NUM_STUCK_IN_QUEUED_RETRIES": "5",
        **airflow_settings(home),
    }
    fixed = {
        "AIRFLOW_HOME": str(home.airflow),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PLUGINS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{base}/execution/",
        "AIRFLOW__CORE__AUTH_MANAGER": AUTH_MANAGER,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(["admin:admin", *_more_users()]),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_password_file(home)),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": base,
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(_logs(home)),
        "HUB_HOME": str(home.root),
        "HUB_DATABASE": str(settings.database_url),
    }
    return defaults | dict(os.environ) | fixed


def _more_users() -> list[str]:
    """Return the users that the environment names beside `admin`, as name:role.

    Airflow makes their passwords.
    """
    users = os.environ.get("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", "")
    return [user for user in users.split(",") if user and not user.startswith("admin:")]


def _platforms(family: Family, home: Home) -> dict[str, str]:
    """Serve the generated platforms, each as its city does; return the connections to them, as
    environment variables."""
    serve = [
        sys.executable,
        "-m",
        "federation.cli.main",
        "platforms",
        "serve",
        str(home.generated_platforms),
        "--json",
    ]
    return dict(family.answer("platforms", serve))


def _logs(home: Home) -> Path:
    return home.airflow_logs


# -- running ---------------------------------------------------------------------------------------


def _airflow(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "airflow", *arguments]


def _migrate(logs: Path, environment: Mapping[str, str]) -> None:
    with Family(logs, environment) as family:
        if family.start("db-migrate", _airflow("db", "migrate")).wait():
            raise family.ended("db-migrate")


def _await(ready: Callable[[], bool], family: Family) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        family.refuse_dead()
        if time.monotonic() > deadline:
            raise HubError(
                f"Airflow was not ready within {START_SECONDS} s",
                where=str(family.logs),
                todo="see the logs of its components there",
            )
        time.sleep(0.5)


@contextmanager
def _told_to_commands(family: Family, home: Home) -> Iterator[None]:
    """Let `hub airflow` know the environment of the components as long as they run."""
    file = home.airflow_environment
    file.unlink(missing_ok=True)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as target:
        json.dump(dict(family.environment), target)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _watch(family: Family, home: Home, progress: Progress) -> NoReturn:
    """Go on until a component ends by itself; say which release serves, when that changes."""
    told = serving(home)
    while True:
        family.refuse_dead()
        serves = serving(home)
        if serves != told:
            progress.note(f"release {serves} serves now: hub status, hub sql")
            told = serves
        time.sleep(1)


# -- talking to it ---------------------------------------------------------------------------------


class Api:
    """Airflow's REST API on loopback, as user `admin`."""

    def __init__(self, port: int, password: str) -> None:
        self.url = f"http://{HOST}:{port}"
        self.password = password
        self._client = httpx.Client(base_url=self.url, timeout=30, trust_env=False)

    def ready(self) -> bool:
        """Return whether every component is well and every DAG is known."""
        try:
            health = self._client.get("/api/v2/monitor/health").json()
            is_healthy = all(part.get("status") == "healthy" for part in health.values())
            return is_healthy and self._has_all_dags()
        except (httpx.HTTPError, ValueError):
            return False

    def _has_all_dags(self) -> bool:
        expected = {"warehouse", "reports", *(ingest_dag_id(key) for key in city_keys())}
        dags = self._ask("GET", "/api/v2/dags?limit=100")["dags"]
        return expected <= {dag["dag_id"] for dag in dags}

    def trigger(self, dag_id: str) -> None:
        """Start a run of a DAG now."""
        self._ask("POST", f"/api/v2/dags/{dag_id}/dagRuns", {"logical_date": None})

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        if "Authorization" not in self._client.headers:
            login = {"username": "admin", "password": self.password}
            answer = self._client.post("/auth/token", json=login).raise_for_status().json()
            self._client.headers["Authorization"] = f"Bearer {answer['access_token']}"
        response = self._client.request(method, path, json=body).raise_for_status()
        return response.json()


def _greet(settings: Settings, api: Api) -> None:
    home = settings.home
    platforms = settings.platforms or (
        f"{home.generated_platforms}, by HTTPS, CKAN, S3, SFTP and as a directory "
        "(hub platforms serve)"
    )
    print(
        f"""
page          {api.url}/plugin/federation   log in as admin, password {api.password}
Airflow       {api.url}
first pass    ingest_<city> -> warehouse -> reports has been started; watch it there
platforms     {platforms}
warehouse     {home.current}   (hub status, hub sql "...")
mail outbox   {home.outbox}
logs          {_logs(home)}
stop          Ctrl-C
""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
