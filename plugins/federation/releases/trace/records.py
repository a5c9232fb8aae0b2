"""The rows of a fact with their extract and the number of the row in the delivered file that
they were read from."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from federation.datasets.suites import load_suite
from federation.datasets.tables import Table

Con = duckdb.DuckDBPyConnection


def records(
    fact: Table, rows: str, limit: int, conformed: Mapping[str, Path], con: Con
) -> list[dict[str, Any]]:
    """Return the first rows, by key: {row, extract_id, row_number, further_rows}.

    `conformed` has each extract's file.

    `row_number` counts the source's rows from 1; `further_rows` are those of further, equal copies
    of the record. Both are empty where the conformed file is no longer kept.
    """
    key = ", ".join(f'"{name}"' for name in fact.key)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE picked AS SELECT row_number() OVER (ORDER BY {key}) AS "
        "place, * "
        f"FROM (SELECT * FROM ({rows}) ORDER BY {key} LIMIT {limit})"
    )
    extracts = [
        row[0]
        for row in con.execute("SELECT DISTINCT extract_id FROM picked ORDER BY 1").fetchall()
    ]
    places = _places(fact, [conformed[name] for name in extracts if conformed[name].exists()], con)
    found = con.execute(
        "SELECT place, extract_id, to_json(picked) FROM picked ORDER BY place"
    ).fetchall()
    return [
        _record(json.loads(text), extract_id, places.get(place, []))
        for place, extract_id, text in found
    ]


def _record(row: dict[str, Any], extract_id: str, numbers: list[int]) -> dict[str, Any]:
    del row["place"]
    return {
        "row": row,
        "extract_id": extract_id,
        "row_number": numbers[0] if numbers else None,
        "further_rows": numbers[1:],
    }


def _places(fact: Table, files: list[Path], con: Con) -> dict[int, list[int]]:
    """Return place -> numbers of the source's rows of that record, the one that entered core
    first."""
    if not files:
        return {}
    key = ("city_code", "extract_id", *load_suite(fact.dataset).key)
    on = " AND ".join(f'c."{name}" = p."{name}"' for name in key)
    listed = ", ".join(f"'{file}'" for file in files)
    # In a layout of months each of a row's twelve cells is a record of its own, counted through the
    # file.
    row = (
        "CASE WHEN contract.layout = 'months' THEN (c.row_number + 11) // 12 ELSE c.row_number END"
    )
    found = con.execute(
        f"SELECT p.place, list({row} ORDER BY c.is_duplicate, c.row_number) FROM picked AS p "
        f"JOIN read_parquet([{listed}], union_by_name = true) AS c ON {on} "
        "JOIN ops.extracts AS extract ON extract.extract_id = c.extract_id "
        "LEFT JOIN ops.contracts AS contract USING (city, dataset) GROUP BY p.place"
    )
    return dict(found.fetchall())


def by_extract(rows: str, con: Con) -> dict[str, int]:
    """Return extract_id -> how many of these rows of a fact are from it, the most first."""
    return dict(
        con.execute(
            f"SELECT extract_id, count(*) FROM ({rows}) GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
    )
