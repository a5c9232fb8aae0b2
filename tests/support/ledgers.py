"""What tests do to a ledger that a hub never does: make rows older, and remove them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from federation.ledger import Ledger
from federation.ledger.migrate import VERSION_TABLE
from federation.ledger.tables import SCHEMA, metadata
from sqlalchemy import URL, Column, ColumnElement, Connection, Engine, Table, select, text, update

SHAPES = {
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'hub'::regnamespace ORDER BY 1, 2
    """,
    "indexes": """
        SELECT indexdef FROM pg_indexes
        WHERE schemaname = 'hub' AND tablename <> 'ledger_version' ORDER BY 1
    """,
    "columns": """
        SELECT table_name, ordinal_position, column_name, data_type, is_nullable, column_default,
            is_identity, identity_generation
        FROM information_schema.columns
        WHERE table_schema = 'hub' AND table_name <> 'ledger_version' ORDER BY 1, 2
    """,
}


@contextmanager
def unguarded(ledger: Ledger) -> Iterator[Connection]:
    """A transaction in which the append-only triggers sleep, as only a superuser may have it."""
    with ledger.engine.begin() as con:
        con.execute(text("SET LOCAL session_replication_role = replica"))
        yield con


def age(ledger: Ledger, instant: Column[Any], days: int, *rows: ColumnElement[bool]) -> None:
    """Let rows have been added some days before they were; without a condition, all of a table."""
    older = {instant.name: instant - timedelta(days=days)}
    with unguarded(ledger) as con:
        con.execute(update(instant.table).where(*rows).values(older))


def rows_of(ledger: Ledger, table: Table) -> list[dict[str, Any]]:
    """Every row of a table, in the order of its key."""
    query = select(table).order_by(*table.primary_key.columns)
    with ledger.engine.connect() as con:
        return [dict(row) for row in con.execute(query).mappings()]


def empty(ledger: Ledger) -> None:
    """Remove every row and count from 1 again."""
    tables = ", ".join(str(table) for table in metadata.sorted_tables)
    with unguarded(ledger) as con:
        con.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))


def shape(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """What PostgreSQL says of every table of the ledger."""
    with engine.connect() as con:
        found = {
            name: [tuple(row) for row in con.execute(text(query))] for name, query in SHAPES.items()
        }
    found["constraints"] = [
        row for row in found["constraints"] if row[0] != f"{SCHEMA}.{VERSION_TABLE}"
    ]
    return found


@contextmanager
def role(engine: Engine, *grants: str) -> Iterator[URL]:
    """A role that may log in and has these rights alone; yields the database's URL for it."""
    name = f"role_{uuid4().hex[:8]}"
    with engine.begin() as con:
        con.execute(text(f"CREATE ROLE {name} LOGIN"))
        for grant in grants:
            con.execute(text(f"{grant} TO {name}"))
    yield engine.url.set(username=name)
    with engine.begin() as con:
        con.execute(text(f"DROP OWNED BY {name}"))
        con.execute(text(f"DROP ROLE {name}"))
