"""SQL on the release that serves, read-only and cut off from everything outside it."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from federation.engine import connect
from federation.errors import HubError
from federation.paths import Home


def query(home: Home, text: str, form: str) -> int:
    """Write the result of one query to standard output as table, csv, json or parquet; return the exit code."""
    if not home.current.exists():
        raise HubError("there is no release yet", where=str(home.current), todo="hub run")
    with connect(home.current, read_only=True) as con:
        try:
            _write(con, con.sql(text), form)
        except duckdb.Error as error:
            raise HubError(f"the query failed: {error}", where=str(home.current)) from error
    return 0


def _write(con: duckdb.DuckDBPyConnection, result: "duckdb.DuckDBPyRelation | None", form: str) -> None:
    if result is None:
        return
    if form == "table":
        result.show(max_rows=200, max_width=160)
        return
    with TemporaryDirectory(prefix="hub-sql-") as folder:
        file = Path(folder) / f"result.{form}"
        options = {"csv": "FORMAT csv, HEADER", "json": "FORMAT json", "parquet": "FORMAT parquet, COMPRESSION zstd"}
        con.execute(f"COPY ({result.sql_query()}) TO '{file}' ({options[form]})")
        sys.stdout.buffer.write(file.read_bytes())
    sys.stdout.flush()
