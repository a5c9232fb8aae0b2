"""The data dictionary in the warehouse itself: `ops.dictionary`, and a comment on every public
table and column."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import duckdb

from federation.common.bilingual import BilingualText
from federation.common.errors import DataProblem
from federation.datasets.descriptions import Described, described, unit_of


def dictionary_rows(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return a row for every table and view of core, marts and ops, each followed by those of
    its columns.

    Raises DataProblem when there is one that nobody described.
    """
    known, rows = described(), list[dict[str, Any]]()
    for (schema, table), columns in groupby(_columns(con), key=itemgetter(0, 1)):
        about = known.get(f"{schema}.{table}")
        if about is None:
            raise _undescribed(f"{schema}.{table}")
        rows.append(_row(schema, table, None, None, about.text, about))
        rows += [
            _row(schema, table, column, kind, _text(f"{schema}.{table}", column, about), about)
            for _, _, column, kind in columns
        ]
    return rows


def comment(con: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]]) -> None:
    """Write the comments, "English / ไทย", of the tables, views and columns that the rows are
    about."""
    views = set(
        con.execute(
            "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
    )
    con.execute(";\n".join(["BEGIN", *_comments(rows, views), "COMMIT"]))


def _columns(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.execute(
        "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE schema_name IN ('core', 'marts', 'ops') AND database_name = current_database() "
        "ORDER BY schema_name, table_name, column_index"
    ).fetchall()


def _row(
    schema: str,
    table: str,
    column: str | None,
    kind: str | None,
    text: BilingualText,
    about: Described,
) -> dict[str, Any]:
    return {
        "schema_name": schema,
        "table_name": table,
        "column_name": column,
        "data_type": kind,
        "unit": unit_of(column) if column and kind not in ("VARCHAR", "DATE") else None,
        "description_en": text.en,
        "description_th": text.th,
        "is_key": column in about.key,
    }


def _text(table: str, column: str, about: Described) -> BilingualText:
    if column not in about.columns:
        raise _undescribed(f"{table}.{column}")
    return about.columns[column]


def _undescribed(name: str) -> DataProblem:
    return DataProblem(
        f"{name} has no description",
        where="the yml beside the model, or ops_tables.yml",
        todo="describe it there, in English and Thai",
    )


def _comments(rows: list[dict[str, Any]], views: set[tuple[Any, ...]]) -> Iterator[str]:
    for row in rows:
        place = f'"{row["schema_name"]}"."{row["table_name"]}"'
        kind = "VIEW" if (row["schema_name"], row["table_name"]) in views else "TABLE"
        if row["column_name"]:
            kind, place = "COLUMN", f'{place}."{row["column_name"]}"'
        said = str(BilingualText(row["description_en"], row["description_th"])).replace("'", "''")
        yield f"COMMENT ON {kind} {place} IS '{said}'"
