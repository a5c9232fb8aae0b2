"""A hub is the same after backup and restore, and nothing half is ever taken for a whole."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from federation.common.hashing import sha256_of_file
from federation.common.paths import Home
from federation.common.settings import Settings
from federation.ledger import Ledger, open_database, open_ledger
from federation.ledger.dump import dump, load
from federation.ledger.migrate import head, migrate, revisions
from federation.ledger.tables import build_attempt, metadata
from federation.operation.backup.folder import MANIFEST
from support.hubrun import HOME_NAME, Site
from support.ledgers import rows_of

KILLING = Path(__file__).parents[1] / "support" / "killing.py"
KEPT = ("landing", "releases", "reports", "outbox")

NEWEST_TABLE = "subscription"  # made by the newest revision of the ledger


@pytest.fixture(scope="module")
def hub(release: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A hub of its own with one release, that no other test has open."""
    folder = tmp_path_factory.mktemp("hub")
    home = folder / HOME_NAME
    subprocess.run(["cp", "-a", release.home.root.parent / "untouched", home], check=True)
    return Site(Home(home), release.platforms)


@pytest.fixture(scope="module")
def folder(hub: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    folder = tmp_path_factory.mktemp("backups") / "today"
    done = hub.hub("backup", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["damaged"], told["missing"]) == ([], [])
    assert told["content_hash"] == hub.manifest()["content_hash"]
    return folder


@pytest.fixture
def empty(tmp_path: Path, hub: Site) -> Site:
    """A hub that is not there yet; nothing lies in its home, not even what dbt parsed."""
    (tmp_path / "restored").mkdir()
    return Site(Home(tmp_path / "restored" / HOME_NAME), hub.platforms)


def run(site: Site, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `hub` in a home that nothing was laid into."""
    return subprocess.run(
        [sys.executable, "-m", "federation.cli.main", *arguments],
        env=site.environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def killed(site: Site, place: str, when: str, *arguments: str) -> None:
    """Run `hub` and end it with SIGKILL at a named place."""
    done = subprocess.run(
        [sys.executable, KILLING, place, "1", when, "--", *arguments],
        env=site.environment,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == -9, done.stderr


@contextmanager
def ledger_of(site: Site) -> Iterator[Ledger]:
    database = dict(site.settings).get("HUB_DATABASE")
    with open_ledger(Settings(site.home, database, None)) as opened:
        yield opened


def contents(site: Site) -> dict[str, Any]:
    """Everything that a backup keeps: each row of the ledger, and each file by its hash."""
    with ledger_of(site) as ledger:
        told: dict[str, Any] = {
            table.name: rows_of(ledger, table) for table in metadata.sorted_tables
        }
        told["state"] = ledger.state()
    for part in KEPT:
        for file in sorted((site.home.root / part).rglob("*")):
            if file.is_file():
                told[site.home.name_of(file)] = sha256_of_file(file)
    return told | {"serving": site.manifest()["release_id"]}


def test_a_restored_hub_is_the_hub_that_was_backed_up(hub: Site, folder: Path, empty: Site) -> None:
    done = run(empty, "restore", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    assert contents(empty) == contents(hub)
    assert json.loads(done.stdout)["ledger_rows"] > 1000
    assert empty.sql("SELECT count(*) FROM core.dim_city WHERE NOT is_federation") == [(6,)]


def test_a_backup_goes_into_an_empty_database_of_any_server_and_into_no_other(
    hub: Site, folder: Path, empty: Site, fresh: Settings
) -> None:
    site = Site(empty.home, empty.platforms, {"HUB_DATABASE": str(fresh.database_url)})
    assert run(site, "restore", str(folder)).returncode == 0
    assert contents(site) == contents(hub)
    other = Site(Home(empty.home.root.with_name("other")), hub.platforms, site.settings)
    refused = run(other, "restore", str(folder))
    assert refused.returncode == 2
    assert "holds a ledger already" in refused.stderr


def test_a_dump_of_an_older_version_is_brought_to_this_one(
    fresh: Settings, ledger: Ledger, tmp_path: Path
) -> None:
    ledger.builds.add("released", "r1")
    dumped = dump(ledger.engine, tmp_path)
    without_newest = {name: it for name, it in dumped.columns.items() if name != NEWEST_TABLE}
    older = replace(dumped, version=revisions()[-2], columns=without_newest)
    with open_database(fresh) as engine:
        load(engine, tmp_path, older)
        assert migrate(engine) == []
        loaded = Ledger(engine)
        loaded.builds.add("unchanged", "r1")  # numbers go on where they stood
        attempts = rows_of(loaded, build_attempt)
    assert [(row["attempt_id"], row["outcome"]) for row in attempts] == [
        (1, "released"),
        (2, "unchanged"),
    ]


def test_nothing_is_restored_over_a_hub_or_from_a_folder_that_is_no_backup(
    hub: Site, folder: Path, empty: Site, tmp_path: Path
) -> None:
    before = contents(hub)
    over = run(hub, "restore", str(folder))
    assert (over.returncode, "HUB_HOME is not empty" in over.stderr) == (2, True)
    assert contents(hub) == before
    none = run(empty, "restore", str(tmp_path))
    assert (none.returncode, "no whole backup" in none.stderr) == (2, True)
    again = run(hub, "backup", str(folder))
    assert (again.returncode, "replaces nothing" in again.stderr) == (2, True)


def test_a_damaged_backup_is_found_and_what_it_left_never_serves(
    folder: Path, empty: Site, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-a", folder, copy], check=True)
    landed = next(file for file in (copy / "home" / "landing").rglob("*.parquet"))
    content = bytearray(landed.read_bytes())
    content[len(content) // 2] ^= 1
    landed.write_bytes(content)
    found = run(empty, "restore", str(copy))
    assert (found.returncode, landed.name in found.stderr) == (1, True)
    for command in (("status",), ("run",)):
        refused = run(empty, *command)
        assert (refused.returncode, "did not end" in refused.stderr) == (2, True)
    assert run(empty, "restore", str(folder)).returncode == 0
    assert run(empty, "health", "--max-age", "20d").returncode == 0


def test_a_backup_that_is_killed_is_none_and_the_next_one_tidies_up(
    hub: Site, tmp_path: Path
) -> None:
    target = tmp_path / "backups" / "night"
    for place in ("dump", "copy", "Manifest.write"):
        killed(hub, f"federation.operation.backup.backup:{place}", "after", "backup", str(target))
        assert not target.exists()
    assert len(list(target.parent.iterdir())) == 1
    assert run(hub, "backup", str(target)).returncode == 0
    assert [entry.name for entry in target.parent.iterdir()] == ["night"]
    assert json.loads((target / MANIFEST).read_text("utf-8"))["ledger"]["version"] == head()


@pytest.mark.parametrize("place", ["copy", "load"])
def test_a_restore_that_is_killed_begins_anew(
    place: str, hub: Site, folder: Path, empty: Site
) -> None:
    killed(empty, f"federation.operation.backup.restore:{place}", "after", "restore", str(folder))
    refused = run(empty, "status")
    assert (refused.returncode, "did not end" in refused.stderr) == (2, True)
    assert run(empty, "restore", str(folder)).returncode == 0
    assert contents(empty) == contents(hub)


def test_a_landed_file_that_is_damaged_or_gone_is_named(release: Site, tmp_path: Path) -> None:
    home = tmp_path / HOME_NAME
    subprocess.run(["cp", "-a", release.home.root.parent / "untouched", home], check=True)
    site = Site(Home(home), release.platforms)
    damaged, gone = sorted((home / "landing" / "rayong").rglob("*.parquet"))[:2]
    damaged.write_bytes(b"PAR1")
    gone.unlink()
    done = run(site, "backup", str(tmp_path / "backup"), "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert [Path(name).name for name in told["damaged"]] == [damaged.name]
    assert [Path(name).name for name in told["missing"]] == [gone.name]


@pytest.mark.slow
def test_the_drill_ends_in_a_pass_that_finds_nothing_new(
    hub: Site, folder: Path, empty: Site, tmp_path: Path
) -> None:
    done = run(empty, "restore", str(folder), "--verify", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["verified"] == {
        "content_hash": hub.manifest()["content_hash"],
        "rebuilt": True,
        "note": "",
    }
    plain = Site(Home(tmp_path / "plain"), hub.platforms)  # restored without --verify
    assert run(plain, "restore", str(folder)).returncode == 0
    for site in (empty, plain):
        result = site.run()
        assert (result["published"], result["release_id"]) == (False, told["release_id"])
        with ledger_of(site) as ledger:
            last = ledger.builds.last()
        assert last is not None
        assert last["outcome"] == "unchanged"
