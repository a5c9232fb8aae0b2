"""The data dictionary in the warehouse: `ops.dictionary`, and comments on tables and columns."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import Any

import duckdb

from federation.common.bilingual import BilingualText
from federation.common.errors import DataProblem
from federation.common.sql import Sql, compose, identifier, literal
from federation.common.vocabulary import Averaging
from federation.datasets.descriptions import Described, described, unit_of
from federation.datasets.suites import load_suite

Notes = Mapping[tuple[str, str], BilingualText]  # by table and column


def dictionary_rows(
    con: duckdb.DuckDBPyConnection, notes: Notes = MappingProxyType({})
) -> list[dict[str, Any]]:
    """Return a row for each table and view of core, marts and ops, and for each of its columns.

    `notes` are added to the descriptions of their columns. Raises DataProblem when a table or
    column has no description.
    """
    descriptions = described()
    rows: list[dict[str, Any]] = []
    for (schema, table), columns in groupby(_columns(con), key=itemgetter(0, 1)):
        name = f"{schema}.{table}"
        if name not in descriptions:
            raise _undescribed(name)
        about = descriptions[name]
        names = {"schema_name": schema, "table_name": table}
        rows.append(names | _row(about.text))
        for _, _, column, kind in columns:
            text = _with_note(_text(name, column, about), notes.get((name, column)))
            row = _row(text, column, kind, is_key=column in about.key)
            rows.append(names | row | {"refers_to": about.references.get(column)})
    return rows


def averaging_notes(con: duckdb.DuckDBPyConnection) -> Notes:
    """Return, for the measured columns of core, what time their values cover in which city.

    It is read from ops.contract_columns.
    """
    rows = con.execute(
        """
        SELECT dataset, column_name, averaging, string_agg(city, ', ' ORDER BY city)
        FROM ops.contract_columns
        WHERE averaging IS NOT NULL
        GROUP BY ALL
        ORDER BY ALL
        """
    ).fetchall()
    notes = {}
    for (dataset, column), entries in groupby(rows, key=itemgetter(0, 1)):
        covered = [(averaging, cities) for _, _, averaging, cities in entries]
        notes[f"core.{load_suite(dataset).fact}", column] = _averaging_note(covered)
    return notes


def _averaging_note(covered: Sequence[tuple[str, str]]) -> BilingualText:
    english = "; ".join(f"{averaging} in {cities}" for averaging, cities in covered)
    thai = "; ".join(f"{averaging} ที่ {cities}" for averaging, cities in covered)
    if all(averaging == Averaging.HOURLY for averaging, _ in covered):
        return BilingualText(f"Covers {english}.", f"ช่วงเวลาที่ครอบคลุม {thai}")
    return BilingualText(
        f"Covers {english}. A running mean is no value of its hour: hours of the day cannot be "
        "compared.",
        f"ช่วงเวลาที่ครอบคลุม {thai} ค่าเฉลี่ยเคลื่อนที่ไม่ใช่ค่าของชั่วโมงนั้น จึงใช้เปรียบเทียบรายชั่วโมงของวันไม่ได้",
    )


def _with_note(text: BilingualText, note: BilingualText | None) -> BilingualText:
    return BilingualText(f"{text.en} {note.en}", f"{text.th} {note.th}") if note else text


def comment(con: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]]) -> None:
    """Write each row's description as a comment, "English / ไทย", on its table or column."""
    views = con.execute("SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal")
    comments = _comments(rows, set(views.fetchall()))
    con.execute(";\n".join(["BEGIN", *comments, "COMMIT"]))


def _columns(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.execute(
        """
        SELECT schema_name, table_name, column_name, data_type
        FROM duckdb_columns()
        WHERE schema_name IN ('core', 'marts', 'ops') AND database_name = current_database()
        ORDER BY schema_name, table_name, column_index
        """
    ).fetchall()


def _row(
    text: BilingualText, column: str | None = None, kind: str | None = None, *, is_key: bool = False
) -> dict[str, Any]:
    """Return the description of a column, or of the table itself, without the table's name."""
    return {
        "column_name": column,
        "data_type": kind,
        "unit": unit_of(column) if column and kind not in ("VARCHAR", "DATE") else None,
        "description_en": text.en,
        "description_th": text.th,
        "is_key": is_key,
        "refers_to": None,
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


def _comments(rows: list[dict[str, Any]], views: set[tuple[Any, ...]]) -> Iterator[Sql]:
    for row in rows:
        names = [row["schema_name"], row["table_name"]]
        kind = Sql("VIEW") if tuple(names) in views else Sql("TABLE")
        if row["column_name"]:
            kind = Sql("COLUMN")
            names.append(row["column_name"])
        text = literal(str(BilingualText(row["description_en"], row["description_th"])))
        template = "COMMENT ON {kind} {name} IS {text}"
        yield compose(template, kind=kind, name=identifier(*names), text=text)
