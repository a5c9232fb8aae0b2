"""How a release is asked: rows by name of column, and whether it has a table."""

from collections.abc import Sequence
from typing import Any

import duckdb


def has_table(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Return whether the release has a table of schema `ops`; older releases lack some."""
    query = "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'ops' AND table_name = ?"
    return bool(con.execute(query, [name]).fetchall())


def rows(
    con: duckdb.DuckDBPyConnection, query: str, values: Sequence[Any] = ()
) -> list[dict[str, Any]]:
    """Return the rows of a query by name of column."""
    cursor = con.execute(query, list(values))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
