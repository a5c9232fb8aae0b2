"""The hub's own PostgreSQL starts again after a power cut, whatever lies in its folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from federation.common.errors import HubError
from federation.common.paths import Home
from federation.common.settings import Settings
from federation.ledger.embedded import embedded_postgres
from federation.ledger.open import open_ledger, sqlalchemy_url
from sqlalchemy import create_engine, text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a server that has run and was stopped."""
    folder = tmp_path_factory.mktemp("server") / "data"
    with embedded_postgres(folder) as url:
        assert answers(url)
    return folder


def answers(url: str) -> bool:
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.connect() as con:
            return bool(con.execute(text("SELECT true")).scalar())
    finally:
        engine.dispose()


def lock_of(number: int, folder: Path) -> str:
    """The lock file of a server that was cut off a day ago."""
    began = int(time.time()) - 86_400
    lines = [number, folder, began, 5432, folder, "", "  8826964     65536", "ready   "]
    return "".join(f"{line}\n" for line in lines)


def test_a_number_that_another_process_has_by_now_is_not_taken_for_the_server(
    folder: Path,
) -> None:
    for number in (1, os.getpid(), os.getppid()):
        (folder / "postmaster.pid").write_text(lock_of(number, folder))
        with embedded_postgres(folder) as url:
            assert answers(url)


def test_the_lock_of_a_socket_whose_number_lives_keeps_no_server_from_starting(
    folder: Path,
) -> None:
    owner = folder.stat().st_uid if os.geteuid() == 0 else None
    lock = folder / ".s.PGSQL.5432.lock"
    with subprocess.Popen(["sleep", "60"], user=owner) as another:
        lock.write_text(lock_of(another.pid, folder))
        shutil.chown(lock, folder.stat().st_uid)
        with embedded_postgres(folder) as url:
            assert answers(url)
        another.kill()


@pytest.mark.parametrize(
    "content",
    ["", "12\n", "\0" * 64, "x\n" * 8, lock_of(4_194_303, Path())],
    ids=["empty", "cut", "zeros", "words", "nobody"],
)
def test_a_lock_file_that_was_cut_or_names_nobody_keeps_no_server_from_starting(
    folder: Path, content: str
) -> None:
    (folder / "postmaster.pid").write_text(content)
    with embedded_postgres(folder) as url:
        assert answers(url)


def test_a_user_that_is_gone_and_whose_number_lives_does_not_keep_the_next_from_joining(
    folder: Path,
) -> None:
    users = folder / ".handle_pids.json"
    users.write_text(json.dumps([1]))
    with embedded_postgres(folder) as url:
        assert answers(url)
    with embedded_postgres(folder) as url:
        assert answers(url)
        users.write_text(json.dumps([os.getpid()]))


@pytest.mark.parametrize("told", ["", "{broken", '{"1": 2}', '["x", null]'])
def test_a_damaged_list_of_users_keeps_no_server_from_starting(folder: Path, told: str) -> None:
    (folder / ".handle_pids.json").write_text(told)
    with embedded_postgres(folder) as url:
        assert answers(url)


def test_a_database_without_its_version_is_named_and_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with embedded_postgres(folder) as url:
        keep(url, "all that the hub knows")
    version = folder / "PG_VERSION"
    written = version.read_text()
    version.unlink()
    with pytest.raises(HubError, match="is gone") as refused, embedded_postgres(folder):
        pass
    assert f"holds {written.strip()}" in refused.value.todo
    version.write_text(written)
    shutil.chown(version, folder.stat().st_uid)
    with embedded_postgres(folder) as url:
        assert kept(url) == ["all that the hub knows"]


def test_a_server_that_runs_beside_a_damaged_lock_file_is_named_and_left_alone(
    folder: Path,
) -> None:
    with embedded_postgres(folder) as url:
        lock = folder / "postmaster.pid"
        content = lock.read_text()
        lock.write_text("")
        with (
            pytest.raises(HubError, match=r"postmaster\.pid is damaged") as refused,
            embedded_postgres(folder),
        ):
            pass
        assert f"end process {content.split()[0]}" in refused.value.todo
        lock.write_text(content)
        assert answers(url)


# -- a machine on which the hub never ran ----------------------------------------------------------

PROGRAMS = str(Path(sys.executable).parent)
WITHOUT_THE_USER = """
cp -a /etc "$1/etc" && mount --bind "$1/etc" /etc
sed -i '/^embedded_postgres:/d' /etc/passwd /etc/shadow /etc/group /etc/gshadow
[ -z "$3" ] || { touch "$1/nothing"; for f in /usr/sbin/useradd /sbin/useradd; do
  mount --bind "$1/nothing" $f 2>/dev/null; done; }
exec env PATH=/usr/bin:/bin HUB_HOME="$1/home" "$2"/hub status --json
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL as another user")
@pytest.mark.parametrize("without_program", ["", "yes"])
def test_the_user_of_the_server_is_made_by_root_with_the_path_of_cron(
    without_program: str, tmp_path: Path
) -> None:
    command = ["sh", "-c", WITHOUT_THE_USER, "sh", str(tmp_path), PROGRAMS, without_program]
    done = subprocess.run(
        ["unshare", "--mount", *command], capture_output=True, text=True, check=False
    )
    if without_program:
        assert done.returncode == 2
        assert "useradd -s /bin/bash embedded_postgres" in done.stderr
    else:
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["feeds"]


# -- what is lost beside the data ------------------------------------------------------------------


def keep(url: str, words: str) -> None:
    engine = create_engine(sqlalchemy_url(url))
    with engine.begin() as con:
        con.execute(text("CREATE TABLE IF NOT EXISTS kept (words TEXT)"))
        con.execute(text("INSERT INTO kept VALUES (:words)"), {"words": words})
    engine.dispose()


def kept(url: str) -> list[str]:
    engine = create_engine(sqlalchemy_url(url))
    with engine.connect() as con:
        words = [row[0] for row in con.execute(text("SELECT words FROM kept"))]
    engine.dispose()
    return words


@pytest.mark.parametrize(
    "lost",
    [
        (".handle_pids.json",),
        (".handle_pids.json", "postmaster.opts", "log"),
        ("postmaster.opts", "log", "postgresql.auto.conf"),
    ],
    ids=["list of users", "all beside the data", "what a server writes again"],
)
def test_a_ledger_outlives_every_helper_file(lost: tuple[str, ...], tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with embedded_postgres(folder) as url:
        keep(url, "all that the hub knows")
    for name in lost:
        (folder / name).unlink(missing_ok=True)
    with embedded_postgres(folder) as url:
        assert kept(url) == ["all that the hub knows"]
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["data"]


def test_a_folder_without_a_whole_database_is_set_aside_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder, making = tmp_path / "data", tmp_path / "data.making"
    for unfinished in (folder, making):
        (unfinished / "base").mkdir(parents=True)
        (unfinished / "base" / "half").write_text(unfinished.name)
    with embedded_postgres(folder) as url:
        assert answers(url)
    aside = sorted(tmp_path.glob("*.unfinished-*"))
    assert [(path / "base" / "half").read_text() for path in aside] == ["data.making", "data"]
    for path in aside:
        assert f"is kept as {path}" in caplog.text


def test_data_of_another_version_are_named_and_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with embedded_postgres(folder) as url:
        keep(url, "old")
    version = (folder / "PG_VERSION").read_text()
    (folder / "PG_VERSION").write_text("9\n")
    with (
        pytest.raises(HubError, match="written by PostgreSQL 9, this hub brings"),
        embedded_postgres(folder),
    ):
        pass
    (folder / "PG_VERSION").write_text(version)
    with embedded_postgres(folder) as url:
        assert kept(url) == ["old"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_data_of_another_owner_are_named_with_the_command_that_mends_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with embedded_postgres(folder) as url:
        keep(url, "ours")
    control = folder / "global" / "pg_control"
    owner = control.stat().st_uid
    os.chown(control, 0, 0)
    control.chmod(0o600)
    with (
        pytest.raises(HubError, match="belong to another user") as refused,
        embedded_postgres(folder),
    ):
        pass
    assert refused.value.where == str(control)
    assert refused.value.todo.startswith("chown -R ")
    os.chown(control, owner, -1)
    with embedded_postgres(folder) as url:
        assert kept(url) == ["ours"]


def test_no_empty_ledger_is_made_beside_releases(tmp_path: Path) -> None:
    home = Home(tmp_path / "hub")
    home.root.mkdir()
    home.current.symlink_to("releases/20260101T000000-000000/national.duckdb")
    with (
        pytest.raises(HubError, match="ledger's database is gone") as refusal,
        open_ledger(Settings(home, None, None)),
    ):
        pass
    assert "hub restore" in refusal.value.todo
    assert not home.postgres.exists()
