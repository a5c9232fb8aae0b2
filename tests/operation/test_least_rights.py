"""The roles of the page: the owner migrates, a pass adds rows alone, a reader reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from federation.common.paths import DAGS, Home
from federation.common.settings import Settings
from federation.common.vocabulary import Soundness
from federation.ledger.open import sqlalchemy_url
from federation.operation.doctor.database import database
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError
from support.hubrun import HOME_NAME, Site

PAGE = (DAGS / "production.md").read_text("utf-8")
BLOCKS = re.findall(r"^```postgresql\n(.*?)^```", PAGE, flags=re.M | re.S)
ROLES = ("hub_owner", "hub_pass", "hub_reader")


@pytest.fixture
def urls(postgres: str) -> Iterator[dict[str, str]]:
    """The database URL of each role, made by the SQL of the page."""
    as_superuser, as_owner = BLOCKS
    with psycopg.connect(postgres, autocommit=True) as con:
        for statement in as_superuser.split(";\n"):
            con.execute(statement)  # type: ignore[call-overload]
    database_url = make_url(postgres).set(database="hub")
    urls = {
        role: database_url.set(username=role).render_as_string(hide_password=False)
        for role in ROLES
    }
    with psycopg.connect(urls["hub_owner"], autocommit=True) as con:
        con.execute(as_owner)  # type: ignore[call-overload]
    yield urls
    with psycopg.connect(postgres, autocommit=True) as con:
        con.execute("DROP DATABASE hub WITH (FORCE)")
        for role in ROLES:
            con.execute(f"DROP ROLE {role}")  # type: ignore[call-overload]


def site_of(role: str, urls: dict[str, str], tmp_path: Path, platforms: Path) -> Site:
    return Site(Home(tmp_path / HOME_NAME), platforms, {"HUB_DATABASE": urls[role]})


def test_each_role_does_its_work_and_no_more(
    urls: dict[str, str], tmp_path: Path, platforms: Path
) -> None:
    owner, writer, reader = (site_of(role, urls, tmp_path, platforms) for role in ROLES)
    early = writer.hub("migrate")
    assert (early.returncode, "may not change the ledger" in early.stderr) == (2, True)
    assert owner.hub("migrate").returncode == 0
    found = list(database(Settings(writer.home, urls["hub_pass"], None)))
    assert {entry.soundness for entry in found} == {Soundness.OK}, found
    assert "may add rows" in found[-1].says
    run = writer.hub("run", "--city", "rayong")
    assert run.returncode == 0, run.stderr[-3000:]
    assert reader.hub("status").returncode == 0
    assert reader.hub("health").returncode == 0
    assert reader.hub("backup", str(tmp_path / "backup")).returncode == 0
    assert reader.hub("run", "--city", "rayong").returncode == 2
    engine = create_engine(sqlalchemy_url(urls["hub_pass"]))
    for change in ("DELETE FROM hub.arrival", "CREATE TABLE hub.more (x int)"):
        with pytest.raises(ProgrammingError, match="permission denied"), engine.begin() as con:
            con.execute(text(change))
    engine.dispose()
