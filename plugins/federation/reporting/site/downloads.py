"""The tables of how good the data are, as CSV files to take away.

Nothing in them that `ops` does not show masked.
"""

import csv
from io import StringIO

import duckdb

from federation.common.spreadsheet import without_formula

# What of each table goes into its file; the release holds the rest.
TABLES = {
    "row_accounting": "true",
    "scores": "true",
    "quality_results": "outcome <> 'passed'",
    "incidents": "true",
    "quarantine": "true",
}
ROWS = 2_000  # of one file, so that a bad day does not make the site too large to send


def downloads(con: duckdb.DuckDBPyConnection) -> dict[str, bytes]:
    """Return file name -> content for those of the tables that the release has; times are local."""
    known = {
        name
        for (name,) in con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'ops'"
        ).fetchall()
    }
    return {download(name): _csv(con, name) for name in TABLES if name in known}


def download(table: str) -> str:
    """Return the file of a table, relative to the site."""
    return f"downloads/{table}.csv"


def _csv(con: duckdb.DuckDBPyConnection, table: str) -> bytes:
    found = con.execute(
        f"SELECT * FROM ops.{table} WHERE {TABLES[table]} ORDER BY ALL LIMIT {ROWS}"
    )
    file = StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([column[0] for column in found.description or ()])
    writer.writerows([without_formula(value) for value in row] for row in found.fetchall())
    return (
        b"\xef\xbb\xbf" + file.getvalue().encode()
    )  # with the mark without which Excel takes Thai for Latin text
