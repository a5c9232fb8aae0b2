"""A ledger is brought to today's schema once, whoever made it and however many hubs start."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from federation.common.errors import HubError
from federation.common.settings import Settings
from federation.ledger import Ledger, open_ledger
from federation.ledger.mails import MailKey
from federation.ledger.migrate import (
    MIGRATIONS,
    bring,
    head,
    lacking,
    migrate,
    refuse_to_migrate,
    revisions,
    version_of,
)
from federation.ledger.open import sqlalchemy_url
from federation.ledger.tables import arrival, mail
from sqlalchemy import Engine, create_engine, inspect, text
from support.ledgers import role, rows_of, shape

FILES = sorted((Path(__file__).parent / "numbered_migrations").glob("*.sql"))
ROWS = """
INSERT INTO arrival (run_id, city, dataset, path, token, partition_start, partition_end,
    declared_version, size_bytes, sha256, extract_id, outcome)
VALUES ('r', 'rayong', 'tourism', 'a.parquet', 't', '2026-01-01', '2026-01-31', 1, 10, 's', 'e',
    'new');
INSERT INTO mail (release_id, recipient, kind, message_id, state) VALUES
    ('r1', 'a@example.org', 'city', '<1>', 'sending'),
    ('r1', 'a@example.org', 'city', '<1>', 'sent'),
    ('r1', 'b@example.org', 'city', '<2>', 'refused'),
    ('r1', 'c@example.org', 'city', '<3>', 'sending');
"""

OPEN = """
import sys
from pathlib import Path
from federation.common.paths import Home
from federation.common.settings import Settings
from federation.ledger import open_database
from federation.ledger.migrate import migrate
with open_database(Settings(Home(Path()), sys.argv[1], None)) as engine:
    migrate(engine)
    print("alembic" in sys.modules)
"""


@pytest.fixture
def engine(fresh: Settings) -> Iterator[Engine]:
    opened = create_engine(sqlalchemy_url(str(fresh.database_url)))
    yield opened
    opened.dispose()


def make_numbered(engine: Engine, files: list[Path]) -> None:
    """A database as hubs made it before Alembic."""
    with engine.begin() as con:
        con.execute(text("CREATE SCHEMA hub"))
        con.execute(text("SET LOCAL search_path = hub"))
        con.execute(text("CREATE TABLE migration (name TEXT PRIMARY KEY)"))
        for file in files:
            con.exec_driver_sql(file.read_text("utf-8"))
            con.execute(text("INSERT INTO migration VALUES (:name)"), {"name": file.name})


def test_a_numbered_database_is_upgraded_in_place(fresh: Settings, engine: Engine) -> None:
    make_numbered(engine, FILES)
    with engine.begin() as con:
        con.execute(text("SET LOCAL search_path = hub"))
        con.exec_driver_sql(ROWS)
    migrate(engine)
    with open_ledger(fresh) as ledger:
        assert [row["extract_id"] for row in rows_of(ledger, arrival)] == ["e"]
        assert [(row["state"], row["attempt"]) for row in rows_of(ledger, mail)] == [
            ("sending", 1),
            ("sent", None),
            ("refused", None),
            ("sending", 1),
        ]
        assert not inspect(ledger.engine).has_table("migration", "hub")
        claims = {
            letter: ledger.mails.claim(MailKey("r1", f"{letter}@example.org", "city", "<4>"))
            for letter in "abc"
        }
        assert claims == {"a": None, "b": 1, "c": None}


@pytest.mark.parametrize("applied", range(len(FILES) + 1))
def test_a_database_of_any_older_hub_comes_to_the_same_schema(
    applied: int, fresh: Settings, engine: Engine, ledger: Ledger
) -> None:
    make_numbered(engine, FILES[:applied])
    migrate(engine)
    assert shape(engine) == shape(ledger.engine)


def test_a_database_of_a_newer_hub_is_refused_and_left_alone(
    migrated: Settings, engine: Engine
) -> None:
    with engine.begin() as con:
        con.execute(text("UPDATE hub.ledger_version SET version_num = '9999_later'"))
    with pytest.raises(HubError, match="9999_later and was made by a newer hub"):
        migrate(engine)
    with (
        pytest.raises(HubError, match="made by a newer hub; this one needs"),
        open_ledger(migrated),
    ):
        pass


def test_who_only_tries_a_change_migrates_no_ledger_of_another_hub(
    fresh: Settings, engine: Engine
) -> None:
    refuse_to_migrate(engine)  # an empty database is nobody's
    migrate(engine)
    refuse_to_migrate(engine)
    with engine.begin() as con:
        con.execute(text("UPDATE hub.ledger_version SET version_num = '0001_ledger'"))
    with pytest.raises(HubError, match="0001_ledger"):
        refuse_to_migrate(engine)
    with pytest.raises(HubError, match="0001_ledger"), open_ledger(fresh, as_it_is=True):
        pass
    with engine.connect() as con:
        assert con.execute(text("SELECT version_num FROM hub.ledger_version")).scalar() == (
            "0001_ledger"
        )


def test_who_only_tries_a_change_leaves_a_numbered_ledger_as_it_is(
    fresh: Settings, engine: Engine
) -> None:
    make_numbered(engine, FILES[:2])
    with pytest.raises(HubError, match=FILES[1].stem), open_ledger(fresh, as_it_is=True):
        pass
    assert not inspect(engine).has_table("ledger_version", "hub")


def test_a_database_given_by_url_is_migrated_by_nobody_but_hub_migrate(
    fresh: Settings, engine: Engine
) -> None:
    with pytest.raises(HubError, match="holds no ledger yet") as refused, open_ledger(fresh):
        pass
    assert "hub migrate" in refused.value.todo
    assert not inspect(engine).has_schema("hub")
    older, needed = revisions()[-2:]
    with engine.begin() as con:
        bring(con, older)
    why = f"of version {older}, this hub needs {needed}"
    with pytest.raises(HubError, match=why), open_ledger(fresh):
        pass
    assert lacking(engine) == [needed]
    assert migrate(engine) == [needed]
    with open_ledger(fresh) as opened:
        assert rows_of(opened, mail) == []


def test_a_role_that_may_not_create_is_told_who_must_and_changes_nothing(
    fresh: Settings, engine: Engine
) -> None:
    with engine.begin() as con:
        bring(con, revisions()[-2])
    before = shape(engine)
    with role(engine, "GRANT USAGE ON SCHEMA hub", "GRANT SELECT ON hub.ledger_version") as url:
        limited = create_engine(url)
        with pytest.raises(HubError, match="may not change the ledger") as refused:
            migrate(limited)
        limited.dispose()
    assert "owner" in refused.value.todo
    assert shape(engine) == before
    with engine.connect() as con:
        assert version_of(con) == revisions()[-2]


def test_hubs_that_start_at_once_migrate_once(fresh: Settings, engine: Engine) -> None:
    together = Barrier(6)

    def start(_: int) -> list[str]:
        together.wait(30)
        return migrate(engine)

    with ThreadPoolExecutor(6) as pool:
        applied = sorted(pool.map(start, range(6)))
    assert applied == [[]] * 5 + [list(revisions())]


def test_the_newest_file_is_the_only_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [head()]
    for revision in scripts.walk_revisions():
        assert revision.revision == Path(str(revision.path)).stem


def test_alembic_is_imported_only_where_there_is_something_to_do(fresh: Settings) -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", OPEN, str(fresh.database_url)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for _ in range(2)
    ]
    assert said == ["True", "False"]
