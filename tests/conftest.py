"""What all tests share: a network that ends at loopback, a real ledger, the real contracts,
generated platforms."""

from __future__ import annotations

import support.contracts  # before federation, which reads where contracts lie
from support.platforms import Request

# isort: split
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fasteners import InterProcessLock
from federation.common.paths import REPOSITORY, Home
from federation.common.progress import Progress
from federation.common.settings import Settings
from federation.conform.sandbox.sandbox import Sandbox
from federation.contracts.load import load_feeds
from federation.contracts.model import Feed
from federation.ledger import Ledger, open_database, open_ledger
from federation.ledger.embedded import embedded_postgres
from federation.ledger.migrate import migrate
from federation.ledger.open import sqlalchemy_url
from federation.pipeline.hub import Hub
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text
from support import parsed
from support.browser import browser, screenshots  # noqa: F401  fixtures of every test that looks at pages
from support.delivering import City
from support.hubrun import HOME_NAME, Site
from support.ledgers import empty
from support.platforms import make_platforms

LONGEST = (
    "test_standalone.py",
    "test_kills.py",
    "test_candidate.py",
    "test_run.py",
    "test_history.py",
    "test_real_extracts.py",
    "test_bounds.py",
    "test_deliveries.py",
    "test_platforms.py",
    "test_answer.py",
    "test_query.py",
)
LOOPBACK = ("127.", "::1", "localhost")
# A test of these files, or that uses one of these fixtures, has the mark `integration`: it needs
# a database, a server, a browser, Airflow, dbt, generated platforms, or many processes of its own.
INTEGRATION_FIXTURES = {
    "postgres",
    "platforms",
    "shared_platforms",
    "release",
    "browser",
    "server",
    "servers",
    "built",
}
INTEGRATION_FILES = (
    "conform/profile/test_in_the_fence.py",
    "conform/test_fence.py",
    "conform/test_proposals.py",
    "dags/",
    "dbt/test_parsing.py",
    "demo/",
    "gate/test_gate.py",
    "gate/test_spill.py",
    "ledger/test_embedded.py",
    "onboarding/",
    "operation/",
    "pipeline/",
    "releases/",
    "reporting/site/test_data_docs.py",
    "transport/",
)


settings.register_profile("hub", deadline=None, derandomize=True, database=None)
settings.load_profile("hub")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark integration tests; the longest files first, so that no worker is left alone with one
    at the end."""
    for item in items:
        if is_integration(item):
            item.add_marker("integration")
    items.sort(
        key=lambda item: (
            LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST)
        )
    )


def is_integration(item: pytest.Item) -> bool:
    """Return whether a test needs more than Python and a few files."""
    file = item.path.relative_to(REPOSITORY / "tests").as_posix()
    return file.startswith(INTEGRATION_FILES) or not INTEGRATION_FIXTURES.isdisjoint(
        getattr(item, "fixturenames", ())
    )


class NetworkBlocked(RuntimeError):
    """A test tried to reach another machine."""


def _refuse_other_hosts(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        host = (
            str(address[0]) if isinstance(address, tuple) else ""
        )  # a unix socket's address is a path
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0] or ""
    else:
        return
    if host and not host.startswith(LOOPBACK):
        raise NetworkBlocked(f"tests reach loopback and unix sockets only, not {host}")


sys.addaudithook(
    _refuse_other_hosts
)  # unlike a patched socket module it cannot be undone, and forks keep it


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the developer's shell reaches a test."""
    for name in os.environ:
        if name.startswith(("HUB_", "AIRFLOW_CONN_")) and name != support.contracts.SETTING:
            monkeypatch.delenv(name)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home of the hub."""
    home = Home(tmp_path / HOME_NAME)
    parsed.lay_into(home)
    return home


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real PostgreSQL that lives as long as the session."""
    with embedded_postgres(tmp_path_factory.mktemp("postgres") / "data") as url:
        yield url


@pytest.fixture
def fresh(postgres: str) -> Iterator[Settings]:
    """Settings with an empty database that nobody else uses."""
    name = f"fresh_{uuid4().hex[:8]}"
    server = create_engine(sqlalchemy_url(postgres), isolation_level="AUTOCOMMIT")
    with server.connect() as con:
        con.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(postgres).set(database=name)
    yield Settings(Home(Path()), url.render_as_string(hide_password=False), None)
    with server.connect() as con:
        con.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def migrated(fresh: Settings) -> Settings:
    """Settings with an empty ledger in a database of its own."""
    with open_database(fresh) as engine:
        migrate(engine)
    return fresh


@pytest.fixture
def database_url(postgres: str) -> Iterator[str]:
    """URL of a database with an empty ledger."""
    settings = Settings(Home(Path()), postgres, None)
    with open_database(settings) as engine:
        migrate(engine)
    yield postgres
    with open_ledger(settings) as ledger:
        empty(ledger)


@pytest.fixture
def ledger(database_url: str, home: Home) -> Iterator[Ledger]:
    """An empty, migrated ledger."""
    with open_ledger(Settings(home, database_url, None)) as opened:
        yield opened


@pytest.fixture(scope="session")
def platforms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six generated platforms with two months of air quality."""
    directory = tmp_path_factory.mktemp("platforms")
    make_platforms(directory, Request(seed=1, months=2))
    return directory


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """One hub with one release of the generated platforms, for tests that look at it and change
    nothing.

    The first worker that asks makes it for all. `untouched` beside its home is a copy that no
    process ever had open.
    """
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "release"
    site = Site(Home(folder / HOME_NAME), folder / "platforms")
    with InterProcessLock(folder.with_suffix(".lock")):
        if not (folder / "untouched").exists():
            make_platforms(site.platforms, Request(seed=1, months=2))
            done = site.hub("run")
            assert done.returncode == 0, done.stderr[-4000:]
            assert str(site.home.site(site.manifest()["release_id"])) in done.stdout
            # shutil would not keep PostgreSQL's owner
            subprocess.run(["cp", "-a", site.home.root, folder / "untouched"], check=True)
    return site


@pytest.fixture(scope="session")
def shared_platforms() -> Path:
    """Real extracts of the six cities, where they lie beside the repository."""
    directory = REPOSITORY.parent / "shared" / "platforms"
    if not directory.is_dir():
        pytest.skip(
            "the cities' real extracts are not beside this repository (../shared/platforms)"
        )
    return directory


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the repository's own files with the contracts of the six cities, to be edited."""
    for folder in ("plugins", "expectations", "dbt_project"):
        shutil.copytree(
            REPOSITORY / folder,
            tmp_path / folder,
            ignore=shutil.ignore_patterns("__pycache__", "target", "logs"),
        )
    support.contracts.copy_contracts(tmp_path / "expectations" / "contracts")
    return tmp_path


@pytest.fixture(scope="session")
def feeds() -> dict[tuple[str, str], Feed]:
    """Every feed of the six cities by city and dataset."""
    found, refused = load_feeds()
    assert not refused
    return {feed.key: feed for feed in found}


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One warden with the limits of production."""
    with Sandbox() as opened:
        yield opened


@pytest.fixture
def city(
    feeds: dict[tuple[str, str], Feed], home: Home, ledger: Ledger, tmp_path: Path
) -> Callable[..., City]:
    """Open the dengue feed of Chonburi, whose files name a first and a last year, under changed
    terms."""

    def opened(**terms: object) -> City:
        feed = replace(feeds["chonburi", "dengue_cases"], **terms)  # type: ignore[arg-type]
        settings = Settings(home, None, str(tmp_path / "platforms"))
        return City(
            feed, Hub(settings, ledger, Progress(silent=True)), tmp_path / "platforms" / "chonburi"
        )

    return opened
