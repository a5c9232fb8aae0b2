"""Bringing the ledger's database to the schema of this hub, with Alembic.

A revision is a file in `migrations/versions`; its name begins with the next number and is its
revision id. It writes down its SQL and imports nothing of the hub, so it stays what it was.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Column, Connection, Engine, MetaData, Table, Text, func, inspect, select
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.schema import CreateSchema

from federation.common.errors import HubError
from federation.ledger.locks import MIGRATION, lock_transaction
from federation.ledger.tables import SCHEMA

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "ledger_version"  # Airflow's own is `alembic_version`

_version = Table(VERSION_TABLE, MetaData(schema=SCHEMA), Column("version_num", Text))
_numbered = Table("migration", MetaData(schema=SCHEMA), Column("name", Text))
_INSUFFICIENT_PRIVILEGE = "42501"
_WHERE = f"{SCHEMA}.{VERSION_TABLE}"


def migrate(engine: Engine) -> list[str]:
    """Apply the revisions that this database lacks, each once, also with several hubs starting;
    return those that were applied by this call.

    Raises HubError when a newer hub made the database, and when the role may not change it.
    """
    with engine.connect() as con:
        if not _lacking(con):
            return []
    try:
        with engine.begin() as con:
            lock_transaction(con, MIGRATION)
            applied = _lacking(con)
            if applied:
                bring(con, head())
    except ProgrammingError as error:
        raise _not_allowed(error, engine) from error
    return applied


def _not_allowed(error: ProgrammingError, engine: Engine) -> Exception:
    """Return what a role without the rights is told; any other error as it is."""
    if getattr(error.orig, "sqlstate", None) != _INSUFFICIENT_PRIVILEGE:
        return error
    return HubError(
        f"the role {engine.url.username} may not change the ledger's schema",
        where=_WHERE,
        todo=f"run `hub migrate` with HUB_DATABASE of the owner's role ({error.orig})",
    )


def bring(con: Connection, revision: str) -> None:
    """Bring a database up to a revision, in the transaction of this connection."""
    from alembic import command  # costs time, and most databases are at head
    from alembic.config import Config

    con.execute(CreateSchema(SCHEMA, if_not_exists=True))
    config = Config(attributes={"connection": con})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    if numbered := _numbered_revision(con):
        command.stamp(config, numbered)
    command.upgrade(config, revision)


def lacking(engine: Engine) -> list[str]:
    """Return the revisions that this database lacks, the oldest first.

    Raises HubError when a newer hub made the database.
    """
    with engine.connect() as con:
        return _lacking(con)


def refuse_other(engine: Engine) -> None:
    """Raise HubError unless the ledger is of the version that this hub needs."""
    with engine.connect() as con:
        if not _lacking(con):
            return
        version = version_of(con)
    if version is None:
        raise HubError(
            "the database holds no ledger yet",
            where=_WHERE,
            todo="run `hub migrate` as the owner of the database",
        )
    raise HubError(
        f"the ledger is of version {version}, this hub needs {head()}",
        where=_WHERE,
        todo="make a backup (hub backup), then run `hub migrate` as the owner of the database",
    )


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
    return revisions()[-1]


@cache
def revisions() -> tuple[str, ...]:
    """Return the id of every revision, the oldest first."""
    return tuple(sorted(file.stem for file in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def version_of(con: Connection) -> str | None:
    """Return the revision of this database, or None when it holds no ledger."""
    return _revision(con) or _numbered_revision(con)


def _lacking(con: Connection) -> list[str]:
    version = version_of(con)
    if version is None:
        return list(revisions())
    if version not in revisions():
        raise HubError(
            f"the ledger is of version {version} and was made by a newer hub; this one needs "
            f"{head()}",
            where=_WHERE,
            todo=(
                "run the newest hub that has used this database, or restore the backup that was "
                "made before the upgrade"
            ),
        )
    return list(revisions()[revisions().index(version) + 1 :])


def _revision(con: Connection) -> str | None:
    """Return the revision of this database, or None when Alembic never touched it."""
    if not inspect(con).has_table(VERSION_TABLE, SCHEMA):
        return None
    return con.execute(select(_version)).scalar()


def _numbered_revision(con: Connection) -> str | None:
    """Return the last of the numbered SQL files that made this database, or None.

    Hubs applied those before Alembic came; the first revisions have their names and their SQL.
    """
    if _revision(con) or not inspect(con).has_table("migration", SCHEMA):
        return None
    last: str | None = con.execute(select(func.max(_numbered.c.name))).scalar()
    return last and last.removesuffix(".sql")
