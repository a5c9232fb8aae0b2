"""The tables about the quality of the data, as CSV files to download.

They hold the values of `ops`, where personal data are masked.
"""

import csv
from io import StringIO

import duckdb

from federation.common.spreadsheet import BOM, without_formula
from federation.common.sql import Sql, compose, identifier, literal

# The rows of each table that go into its file; the release holds the rest.
TABLES = {
    "row_accounting": Sql("true"),
    "scores": Sql("true"),
    "quality_results": Sql("outcome <> 'passed'"),
    "incidents": Sql("true"),
    "quarantine": Sql("true"),
}
# What a spreadsheet cannot show, as plain cells.
_COLUMNS = {
    "incidents": Sql(
        """* EXCLUDE (evidence),
        json_extract_string(evidence, '$[0].partition') AS first_period,
        json_extract_string(evidence, '$[0].row_number') AS first_row,
        json_extract_string(evidence, '$[#-1].partition') AS last_period_named,
        json_extract_string(evidence, '$[#-1].row_number') AS last_row_named"""
    )
}
ROWS = 2_000  # of one file, so that a bad day does not make the site too large to send


def downloads(con: duckdb.DuckDBPyConnection) -> dict[str, bytes]:
    """Return file name -> content of each table that the release has; times are local."""
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'ops'"
    ).fetchall()
    present = {name for (name,) in rows}
    return {download(name): _csv(con, name) for name in TABLES if name in present}


def download(table: str) -> str:
    """Return the file of a table, relative to the site."""
    return f"downloads/{table}.csv"


def _csv(con: duckdb.DuckDBPyConnection, table: str) -> bytes:
    query = compose(
        "SELECT {columns} FROM {table} WHERE {chosen} ORDER BY ALL LIMIT {rows}",
        columns=_COLUMNS.get(table, Sql("*")),
        table=identifier("ops", table),
        chosen=TABLES[table],
        rows=literal(ROWS),
    )
    cursor = con.execute(query)
    file = StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([column[0] for column in cursor.description or ()])
    writer.writerows([without_formula(value) for value in row] for row in cursor.fetchall())
    return BOM + file.getvalue().encode()
