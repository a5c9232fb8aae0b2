"""SQL on one release, read-only and cut off from everything outside it."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from federation.common.engine import connect, restrict_engine
from federation.common.errors import HubError
from federation.common.paths import Home
from federation.common.sql import Sql, compose, literal
from federation.releases.index import find

_COPY_OPTIONS = {
    "csv": Sql("FORMAT csv, HEADER"),
    "json": Sql("FORMAT json"),
    "parquet": Sql("FORMAT parquet, COMPRESSION zstd"),
}


def query(home: Home, text: str, form: str, release: str | None = None) -> int:
    """Write the result of one query to standard output; return the exit code.

    `form` is table, csv, json or parquet. Without a name, the release is the one that serves.
    Raises HubError when the release is not kept or the query fails.
    """
    file = release_file(home, release)
    with (
        TemporaryDirectory(prefix="hub-sql-") as folder,
        connect(file, read_only=True, spill=Path(folder)) as con,
    ):
        restrict_engine(con, [Path(folder)])
        try:
            _write(con, con.sql(text), form, Path(folder))
        except duckdb.Error as error:
            raise HubError(f"the query failed: {error}", where=str(file)) from error
    return 0


def release_file(home: Home, release: str | None) -> Path:
    """Return the warehouse file of a kept release, or of the one that serves.

    Raises HubError when there is none.
    """
    if not release and not home.current.exists():
        raise HubError("there is no release yet", where=str(home.current), todo="hub run")
    return home.release(find(release, home)) if release else home.current


def _write(
    con: duckdb.DuckDBPyConnection,
    result: "duckdb.DuckDBPyRelation | None",
    form: str,
    folder: Path,
) -> None:
    if result is None:
        return
    if form == "table":
        result.show(max_rows=200, max_width=160)
        return
    file = folder / f"result.{form}"
    # The query is the user's own, on a connection that may read this release and nothing else.
    rows = Sql(result.sql_query())
    template = "COPY ({rows}) TO {file} ({options})"
    con.execute(compose(template, rows=rows, file=literal(file), options=_COPY_OPTIONS[form]))
    sys.stdout.buffer.write(file.read_bytes())
    sys.stdout.flush()
