"""Rows of a fact with their extract and their row number in the delivered file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from federation.common.sql import Sql, compose, identifier, identifiers, listed, literal
from federation.datasets.suites import load_suite
from federation.datasets.tables import Table

Con = duckdb.DuckDBPyConnection


def records(
    fact: Table, rows: Sql, limit: int, conformed: Mapping[str, Path], con: Con
) -> list[dict[str, Any]]:
    """Return the first rows, by key: {row, extract_id, row_number, further_rows}.

    `conformed` has each extract's file. `row_number` counts the source's rows from 1;
    `further_rows` are the numbers of equal copies of the record. Both are empty when the conformed
    file is no longer kept.
    """
    _pick(fact, rows, limit, con)
    extracts = con.execute("SELECT DISTINCT extract_id FROM picked ORDER BY 1").fetchall()
    files = [conformed[extract_id] for (extract_id,) in extracts]
    numbers = _row_numbers(fact, [file for file in files if file.exists()], con)
    picked = con.execute("SELECT place, extract_id, to_json(picked) FROM picked ORDER BY place")
    return [
        _record(json.loads(text), extract_id, numbers.get(place, []))
        for place, extract_id, text in picked.fetchall()
    ]


def _pick(fact: Table, rows: Sql, limit: int, con: Con) -> None:
    """Create `picked`: the first rows by key, with their number as `place`."""
    template = """
        CREATE OR REPLACE TEMP TABLE picked AS
        SELECT row_number() OVER (ORDER BY {key}) AS place, *
        FROM (SELECT * FROM ({rows}) ORDER BY {key} LIMIT {limit})
    """
    key = identifiers(fact.key)
    con.execute(compose(template, key=key, rows=rows, limit=literal(limit)))


def _record(row: dict[str, Any], extract_id: str, numbers: list[int]) -> dict[str, Any]:
    del row["place"]
    return {
        "row": row,
        "extract_id": extract_id,
        "row_number": numbers[0] if numbers else None,
        "further_rows": numbers[1:],
    }


# In a layout of months each of a row's twelve cells is a record of its own, counted through the
# file.
_ROW_NUMBERS = """
    SELECT p.place, list(
        CASE
            WHEN contract.layout = 'months' THEN (c.row_number + 11) // 12
            ELSE c.row_number
        END
        ORDER BY c.is_duplicate, c.row_number
    )
    FROM picked AS p
    JOIN read_parquet(?, union_by_name = true) AS c ON {same_record}
    JOIN ops.extracts AS extract ON extract.extract_id = c.extract_id
    LEFT JOIN ops.contracts AS contract USING (city, dataset)
    GROUP BY p.place
"""


def _row_numbers(fact: Table, files: list[Path], con: Con) -> dict[int, list[int]]:
    """Return place -> the source's row numbers of that record, first the one that entered core."""
    if not files:
        return {}
    key = ("city_code", "extract_id", *load_suite(fact.dataset).key)
    same = [compose("{c} = {p}", c=identifier("c", name), p=identifier("p", name)) for name in key]
    query = compose(_ROW_NUMBERS, same_record=listed(same, " AND "))
    return dict(con.execute(query, [list(map(str, files))]).fetchall())


def by_extract(rows: Sql, con: Con) -> dict[str, int]:
    """Return extract_id -> number of these rows of a fact, the largest number first."""
    template = "SELECT extract_id, count(*) FROM ({rows}) GROUP BY 1 ORDER BY 2 DESC, 1"
    return dict(con.execute(compose(template, rows=rows)).fetchall())
