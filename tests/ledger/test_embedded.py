"""The hub's own PostgreSQL starts again after a power cut, whatever lies in its folder."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from federation.common.errors import HubError
from federation.ledger.embedded import embedded_postgres
from federation.ledger.open import sqlalchemy_url
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
