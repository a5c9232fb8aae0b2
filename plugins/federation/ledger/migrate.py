"""Bringing the ledger's database to the schema of this hub, with Alembic.

A revision is a file in `migrations/versions`; its name begins with the next number and is its
revision id. It writes down its SQL and imports nothing of the hub, so it stays what it was.
"""

from pathlib import Path

from sqlalchemy import Column, Connection, Engine, MetaData, Table, Text, func, inspect, select
from sqlalchemy.schema import CreateSchema

from federation.common.errors import HubError
from federation.ledger.locks import MIGRATION, lock_transaction
from federation.ledger.tables import SCHEMA

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "ledger_version"  # Airflow's own is `alembic_version`

_version = Table(VERSION_TABLE, MetaData(schema=SCHEMA), Column("version_num", Text))
_numbered = Table("migration", MetaData(schema=SCHEMA), Column("name", Text))


def migrate(engine: Engine) -> None:
    """Apply the revisions that this database lacks, each once, also with several hubs starting.

    Raises HubError when a newer hub made the database.
    """
    with engine.connect() as con:
        if _revision(con) == head():
            return
    with engine.begin() as con:
        lock_transaction(con, MIGRATION)
        con.execute(CreateSchema(SCHEMA, if_not_exists=True))
        _upgrade(con)


def refuse_to_migrate(engine: Engine) -> None:
    """Raise HubError when this database is another hub's revision, which that hub works with."""
    with engine.connect() as con:
        revision = _revision(con) or _numbered_revision(con)
    if revision not in (None, head()):
        raise HubError(
            f"the ledger is at revision {revision}, and this checkout works with {head()}",
            where=f"{SCHEMA}.{VERSION_TABLE}",
            todo="try the change on a copy of HUB_HOME and of the database: after a migration, "
            "the hub that serves could not open its ledger any more",
        )


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
    if numbered := _numbered_revision(con):
        command.stamp(config, numbered)
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise HubError(
            f"the ledger cannot be brought to revision {head()}",
            where=f"{SCHEMA}.{VERSION_TABLE}, revision {_revision(con)}",
            todo=f"run the newest hub that has used this database ({error})",
        ) from error


def _numbered_revision(con: Connection) -> str | None:
    """Return the last of the numbered SQL files that made this database, or None.

    Hubs applied those before Alembic came; the first revisions have their names and their SQL.
    """
    if _revision(con) or not inspect(con).has_table("migration", SCHEMA):
        return None
    last: str | None = con.execute(select(func.max(_numbered.c.name))).scalar()
    return last and last.removesuffix(".sql")
