"""Rows added, removed and changed, table by table, inside DuckDB.

Extracts that both releases hold alike are skipped.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb

from federation.datasets.tables import SCHEMAS, keys

Manifest = Mapping[str, Any]
Con = duckdb.DuckDBPyConnection
EXTRACT = "extract_id"  # says where a row is from, not what it says


@dataclass(frozen=True)
class TableDifference:
    """What differs in one table.

    A row is told by the table's key, without one by all its columns.
    """

    table: str
    key: list[str]
    rows_from: int
    rows_to: int
    added: int = 0
    removed: int = 0
    changed: int = 0
    columns: dict[str, int] = field(
        default_factory=dict
    )  # column -> in how many of the changed rows it is another
    columns_added: list[str] = field(default_factory=list)
    columns_removed: list[str] = field(default_factory=list)
    examples: list[dict[str, Any]] = field(
        default_factory=list
    )  # {change, key, cells: {column: {from, to}}}

    @property
    def differs(self) -> bool:
        return bool(
            self.added or self.removed or self.changed or self.columns_added or self.columns_removed
        )


def table_differences(
    con: Con, before: Manifest, after: Manifest, examples: int
) -> list[TableDifference]:
    """Return one difference per table of core and marts.

    The differing rows stay in temporary tables of its name.
    """
    names = {
        name
        for manifest in (before, after)
        for name in manifest["tables"]
        if name.split(".")[0] in SCHEMAS
    }
    return [
        _difference(
            con, name, before["tables"].get(name, {}), after["tables"].get(name, {}), examples
        )
        for name in sorted(names)
    ]


def differing(table: str) -> str:
    """Return the temporary table with a table's differing rows: `_change`, the key, `from
    <column>`, `to <column>`."""
    return f'temp."{table}"'


def quoted(name: str) -> str:
    return f'"{name}"'


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))


@dataclass(frozen=True)
class _Columns:
    """The columns of one table in the two releases; none where a release lacks the table."""

    before: list[str]
    after: list[str]
    declared: list[str]  # the key as its model declares it

    @property
    def common(self) -> list[str]:
        return [name for name in self.after or self.before if name in (self.before or self.after)]

    @property
    def key(self) -> list[str]:
        return self.declared if set(self.declared) <= set(self.common) else []

    @property
    def said(self) -> list[str]:
        """What a row says, apart from its key; only the extract being another is no difference."""
        return [name for name in self.common if name not in self.key and name != EXTRACT]


def _difference(
    con: Con, table: str, ours: Manifest, theirs: Manifest, examples: int
) -> TableDifference:
    declared = theirs.get("key") or ours.get("key") or keys().get(table, [])
    result = TableDifference(table, declared, ours.get("rows", 0), theirs.get("rows", 0))
    if ours.get("content_hash") == theirs.get("content_hash"):
        return result
    columns = _Columns(_columns(con, "before", table), _columns(con, "after", table), declared)
    _lay_out(con, table, columns, *_narrowed(con, table, columns))
    counts = _counted(con, table)
    return replace(
        result,
        key=columns.key,
        added=counts["added"],
        removed=counts["removed"],
        changed=counts["changed"],
        columns=_cells_changed(con, table, columns),
        columns_added=[name for name in columns.after if name not in columns.before],
        columns_removed=[name for name in columns.before if name not in columns.after],
        examples=_examples(con, table, columns, examples),
    )


def _columns(con: Con, database: str, table: str) -> list[str]:
    rows = con.execute(
        "SELECT column_name FROM duckdb_columns() WHERE database_name = ? "
        "AND schema_name || '.' || table_name = ? ORDER BY column_index",
        [database, table],
    ).fetchall()
    return [row[0] for row in rows]


def _narrowed(con: Con, table: str, columns: _Columns) -> list[str]:
    """Return a SELECT per release of the rows that may differ: those of extracts that the two do
    not hold alike."""
    listed = _listed(columns.common)
    sides = [
        f"SELECT {listed} FROM before.{table}"
        if columns.before
        else f"SELECT {listed} FROM after.{table} WHERE false",
        f"SELECT {listed} FROM after.{table}"
        if columns.after
        else f"SELECT {listed} FROM before.{table} WHERE false",
    ]
    if EXTRACT not in columns.common:
        return sides
    a, b = (
        f"(SELECT {EXTRACT}, count(*) AS n, bit_xor(hash({listed})) AS x, "
        f"sum(CAST(hash({listed}) AS HUGEINT)) AS s "
        f"FROM ({side}) GROUP BY {EXTRACT})"
        for side in sides
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE unlike AS SELECT {EXTRACT} FROM {a} AS a FULL JOIN {b} AS b "
        f"USING ({EXTRACT}) WHERE (a.n, a.x, a.s) IS DISTINCT FROM (b.n, b.x, b.s)"
    )
    return [f"SELECT * FROM ({side}) SEMI JOIN unlike USING ({EXTRACT})" for side in sides]


def _lay_out(con: Con, table: str, columns: _Columns, left: str, right: str) -> None:
    """Create the temporary table of the differing rows."""
    if not columns.key:
        said = _listed(columns.said)
        left, right = f"SELECT {said} FROM ({left})", f"SELECT {said} FROM ({right})"
        con.execute(
            f"CREATE TEMP TABLE {differing(table)} AS SELECT 'added' AS _change, * FROM ({right} "
            f"EXCEPT ALL {left}) "
            f"UNION ALL SELECT 'removed', * FROM ({left} EXCEPT ALL {right})"
        )
        return
    first, on = (
        quoted(columns.key[0]),
        " AND ".join(f"a.{name} = b.{name}" for name in map(quoted, columns.key)),
    )
    told = [f"coalesce(a.{name}, b.{name}) AS {name}" for name in map(quoted, columns.key)]
    told += [
        f'a."{name}" AS "from {name}", b."{name}" AS "to {name}"'
        for name in columns.common
        if name not in columns.key
    ]
    other = (
        " OR ".join(f'a."{name}" IS DISTINCT FROM b."{name}"' for name in columns.said) or "false"
    )
    con.execute(
        f"CREATE TEMP TABLE {differing(table)} AS SELECT CASE WHEN a.{first} IS NULL THEN "
        f"'added' WHEN b.{first} IS NULL "
        f"THEN 'removed' ELSE 'changed' END AS _change, {', '.join(told)} FROM ({left}) AS a "
        f"FULL JOIN ({right}) AS b ON {on} "
        f"WHERE a.{first} IS NULL OR b.{first} IS NULL OR {other}"
    )


def _counted(con: Con, table: str) -> dict[str, int]:
    counts = dict(
        con.execute(f"SELECT _change, count(*) FROM {differing(table)} GROUP BY _change").fetchall()
    )
    return {kind: counts.get(kind, 0) for kind in ("added", "removed", "changed")}


def _cells_changed(con: Con, table: str, columns: _Columns) -> dict[str, int]:
    """Return column -> in how many of the changed rows it is another, for columns that are."""
    if not columns.key or not columns.said:
        return {}
    counted = ", ".join(
        f'count(*) FILTER ("from {name}" IS DISTINCT FROM "to {name}")' for name in columns.said
    )
    counts = con.execute(
        f"SELECT {counted} FROM {differing(table)} WHERE _change = 'changed'"
    ).fetchall()[0]
    return {name: count for name, count in zip(columns.said, counts, strict=True) if count}


def _examples(con: Con, table: str, columns: _Columns, most: int) -> list[dict[str, Any]]:
    """Return the first rows, by key, of every kind of change.

    Of a changed one the cells that are others.
    """
    order = _listed(columns.key or columns.said)
    shown = [_object(columns.key), _object(columns.said, "from "), _object(columns.said, "to ")]
    if not columns.key:
        shown = ["'{}'", _object(columns.said), _object(columns.said)]
    rows = con.execute(
        f"SELECT _change, {', '.join(shown)} FROM {differing(table)} QUALIFY row_number() OVER "
        f"(PARTITION BY _change ORDER BY {order}) <= {most} ORDER BY _change, {order}"
    ).fetchall()
    return [_example(change, *map(json.loads, texts)) for change, *texts in rows]


def _object(names: Iterable[str], prefix: str = "") -> str:
    return "json_object(" + ", ".join(f"'{name}', \"{prefix}{name}\"" for name in names) + ")"


def _example(
    change: str, key: dict[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> dict[str, Any]:
    if change != "changed":
        return {"change": change, "key": key, "row": after if change == "added" else before}
    cells = {
        name: {"from": before[name], "to": after[name]}
        for name in before
        if before[name] != after[name]
    }
    return {"change": change, "key": key, "cells": cells}
