"""The tables of `marts` as CSV files that readers without the hub's commands can download."""

from collections.abc import Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import duckdb

from federation.common.spreadsheet import FORMULA_STARTS
from federation.common.sql import Sql, compose, identifier, listed, literal
from federation.releases.formats.texts import write_csv
from federation.reporting.catalogue.entries import Column, Table


def marts(tables: Sequence[Table]) -> list[Table]:
    """Return the tables of marts, each of which has a file."""
    return [table for table in tables if table.name.startswith("marts.")]


def mart_file(table: Table) -> str:
    """Return the file of a table, relative to the site."""
    return f"downloads/{table.name}.zip"


def mart_files(con: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> dict[str, bytes]:
    """Return file name -> a ZIP with one CSV, all rows in order of the table's key."""
    return {mart_file(table): _zipped(con, table) for table in marts(tables)}


def _zipped(con: duckdb.DuckDBPyConnection, table: Table) -> bytes:
    packed = BytesIO()
    about = ZipInfo(f"{table.name}.csv")  # of the year 1980, so that bytes stay the same
    about.compress_type = ZIP_DEFLATED
    with ZipFile(packed, "w") as archive, archive.open(about, "w") as file:
        write_csv(con.sql(_query(table)), file, bom=True)
    return packed.getvalue()


def _query(table: Table) -> Sql:
    schema, _, name = table.name.partition(".")
    columns = [_safe(column) for column in table.columns]
    order = [identifier(column.name) for column in table.columns if column.is_key]
    return compose(
        "SELECT {columns} FROM {table} ORDER BY {order}",
        columns=listed(columns),
        table=identifier(schema, name),
        order=listed(order) if order else Sql("ALL"),
    )


def _safe(column: Column) -> Sql:
    """Return a column without what a spreadsheet would run as a formula."""
    name = identifier(column.name)
    if column.type != "VARCHAR":
        return name
    template = "CASE WHEN {name}[1] IN ({starts}) THEN '''' || {name} ELSE {name} END AS {name}"
    return compose(template, name=name, starts=listed(map(literal, FORMULA_STARTS)))
