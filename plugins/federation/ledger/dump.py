"""The whole ledger as files, of one moment, and a ledger made from such files.

Each table is what PostgreSQL's `COPY … TO STDOUT` gives, in UTF-8 and packed with gzip. Any server
that the hub runs on reads it, whatever its version; no program of PostgreSQL is needed.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, column, func, select, table

from federation.common.errors import DataProblem, HubError
from federation.common.sql import compose, identifier, identifiers
from federation.ledger.migrate import bring, head, revisions, version_of
from federation.ledger.tables import SCHEMA, metadata

CHUNK_BYTES = 1 << 20
_SEQUENCES = table(
    "pg_sequences", column("schemaname"), column("sequencename"), column("last_value")
)


@dataclass(frozen=True)
class Dump:
    """What the files of a dump hold; `columns` and `rows` are by table."""

    version: str
    columns: Mapping[str, list[str]]
    rows: Mapping[str, int]
    sequences: Mapping[str, int]  # the last number that each has given


def file_of(name: str, folder: Path) -> Path:
    """Return the file that holds a table."""
    return folder / f"{name}.copy.gz"


def dump(engine: Engine, folder: Path) -> Dump:
    """Write every table of a ledger of this hub's version into `folder`, as of one moment; return
    what they hold.

    Passes go on adding rows meanwhile, which are not in it.
    """
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as con, con.begin():
        rows = {known.name: _write(con, known, folder) for known in metadata.sorted_tables}
        return Dump(
            str(version_of(con)),
            {
                known.name: [entry.name for entry in known.columns]
                for known in metadata.sorted_tables
            },
            rows,
            _sequences(con),
        )


def _sequences(con: Connection) -> dict[str, int]:
    of_ledger = (_SEQUENCES.c.schemaname == SCHEMA) & _SEQUENCES.c.last_value.is_not(None)
    names = select(_SEQUENCES.c.sequencename, _SEQUENCES.c.last_value).where(of_ledger)
    return {row.sequencename: row.last_value for row in con.execute(names)}


def _write(con: Connection, known: Table, folder: Path) -> int:
    query = compose(
        "COPY (SELECT {columns} FROM {table} ORDER BY {key}) TO STDOUT",
        columns=identifiers(entry.name for entry in known.columns),
        table=identifier(SCHEMA, known.name),
        key=identifiers(entry.name for entry in known.primary_key),
    )
    with gzip.open(file_of(known.name, folder), "wb", 1) as file, _cursor(con) as cursor:
        with cursor.copy(query) as copied:
            for chunk in copied:
                file.write(chunk)
        return int(cursor.rowcount)


def load(engine: Engine, folder: Path, dumped: Dump) -> None:
    """Make an empty database hold a dump, and bring it to the version of this hub: all or nothing.

    Raises HubError where the database holds a ledger, or the dump is of a newer hub; DataProblem
    where a file does not hold the rows that it should.
    """
    if dumped.version not in revisions():
        raise HubError(
            f"the backup is of ledger version {dumped.version}, this hub knows none after {head()}",
            where=str(folder),
            todo="restore it with the hub that made it, or a newer one",
        )
    with engine.begin() as con:
        _refuse_ledger(con)
        bring(con, dumped.version)
        for name, columns in dumped.columns.items():
            _read(con, name, columns, file_of(name, folder), dumped.rows[name])
        for name, last in dumped.sequences.items():
            sequence = f'"{SCHEMA}"."{name}"'
            con.execute(select(func.setval(sequence, last)))
        bring(con, head())


def _refuse_ledger(con: Connection) -> None:
    if version_of(con) is not None:
        raise HubError(
            "the database holds a ledger already",
            where=f"schema {SCHEMA}",
            todo="name an empty database in HUB_DATABASE; nothing is ever restored over a ledger",
        )


def _read(con: Connection, name: str, columns: list[str], file: Path, rows: int) -> None:
    query = compose(
        "COPY {table} ({columns}) FROM STDIN",
        table=identifier(SCHEMA, name),
        columns=identifiers(columns),
    )
    with gzip.open(file, "rb") as content, _cursor(con) as cursor:
        with cursor.copy(query) as target:
            while chunk := content.read(CHUNK_BYTES):
                target.write(chunk)
        if cursor.rowcount != rows:
            raise DataProblem(
                f"{name} has {cursor.rowcount:,} rows in the backup instead of {rows:,}",
                where=str(file),
                todo="use another backup",
            )


def _cursor(con: Connection) -> Any:
    """Return psycopg's own cursor, in the transaction of this connection."""
    return con.connection.cursor()
