"""Bringing the ledger's database to the schema of this hub, with Alembic.

A revision is a file in `migrations/versions`; its name begins with the next number and is its
revision id. It writes down its SQL and imports nothing of the hub, so it stays what it was.
"""

from pathlib import Path

from sqlalchemy import Column, Connection, Engine, MetaData, Table, Text, inspect, select
from sqlalchemy.schema import CreateSchema

from federation.common.errors import HubError
from federation.ledger.locks import MIGRATION, lock_transaction
from federation.ledger.tables import SCHEMA

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "ledger_version"  # Airflow's own is `alembic_version`
NUMBERED = frozenset(
    {"0001_ledger.sql", "0002_decisions.sql", "0003_quality.sql", "0004_limits.sql"}
)

_version = Table(VERSION_TABLE, MetaData(schema=SCHEMA), Column("version_num", Text))
_numbered = Table("migration", MetaData(schema=SCHEMA), Column("name", Text))


def migrate(engine: Engine) -> None:
    """Apply the revisions that this database lacks, each once, also with several hubs starting.

    Raises HubError when another hub's newer or much older code made the database.
    """
    with engine.connect() as con:
        if _revision(con) == head():
            return
    with engine.begin() as con:
        lock_transaction(con, MIGRATION)
        con.execute(CreateSchema(SCHEMA, if_not_exists=True))
        _upgrade(con)


def head() -> str:
    """Return the id of the newest revision."""
    return max(file.stem for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _revision(con: Connection) -> str | None:
    """Return the revision of this database, or None when Alembic never touched it."""
    if not inspect(con).has_table(VERSION_TABLE, SCHEMA):
        return None
    return con.execute(select(_version)).scalar()


def _upgrade(con: Connection) -> None:
    from alembic import command  # costs time, and most databases are at head
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config(attributes={"connection": con})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    if _is_numbered(con):
        command.stamp(config, "0001_ledger")
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise HubError(
            f"the ledger cannot be brought to revision {head()}",
            where=f"{SCHEMA}.{VERSION_TABLE}, revision {_revision(con)}",
            todo=f"run the newest hub that has used this database ({error})",
        ) from error


def _is_numbered(con: Connection) -> bool:
    """Return whether the numbered SQL files of older hubs made this database; the first revision
    makes the same tables."""
    if _revision(con) or not inspect(con).has_table("migration", SCHEMA):
        return False
    applied: set[str] = set(con.execute(select(_numbered)).scalars())
    if missing := sorted(NUMBERED - applied):
        raise HubError(
            f"the ledger lacks {', '.join(missing)} of older hubs",
            where=f"{SCHEMA}.migration",
            todo="open it once with the last hub before Alembic, then with this one",
        )
    return True
