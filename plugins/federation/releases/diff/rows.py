"""Rows added, removed and changed, table by table, counted inside DuckDB."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from federation.common.sql import Sql, compose, identifier, identifiers, listed, literal
from federation.common.warehouse_schemas import DATA_SCHEMAS
from federation.datasets.tables import keys
from federation.releases.diff.differing_rows import (
    Columns,
    Con,
    columns_of,
    differing,
    lay_out_differing_rows,
    value_differs,
)

Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class TableDifference:
    """What differs in one table.

    Rows are matched by the table's key, or by all their columns where there is no key.
    """

    table: str
    key: list[str]
    rows_from: int
    rows_to: int
    added: int = 0
    removed: int = 0
    changed: int = 0
    # column -> number of changed rows in which it differs
    columns: dict[str, int] = field(default_factory=dict)
    columns_added: list[str] = field(default_factory=list)
    columns_removed: list[str] = field(default_factory=list)
    # {change, key, cells: {column: {from, to}}}
    examples: list[dict[str, Any]] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        rows = self.added or self.removed or self.changed
        return bool(rows or self.columns_added or self.columns_removed)


def table_differences(
    con: Con, before: Manifest, after: Manifest, examples: int
) -> list[TableDifference]:
    """Return one difference for each table of core and marts.

    The differing rows stay in the temporary tables that `differing` names.
    """
    tables_before, tables_after = before["tables"], after["tables"]
    names = [name for name in tables_before | tables_after if name.split(".")[0] in DATA_SCHEMAS]
    return [
        _difference(con, name, tables_before.get(name, {}), tables_after.get(name, {}), examples)
        for name in sorted(names)
    ]


def _difference(
    con: Con, table: str, before: Manifest, after: Manifest, examples: int
) -> TableDifference:
    declared = after.get("key") or before.get("key") or keys().get(table, [])
    result = TableDifference(table, declared, before.get("rows", 0), after.get("rows", 0))
    if before.get("content_hash") == after.get("content_hash"):
        return result
    columns = columns_of(con, table, declared)
    lay_out_differing_rows(con, table, columns)
    return replace(
        result,
        key=columns.key,
        **_counts(con, table),
        columns=_cells_changed(con, table, columns),
        columns_added=columns.added,
        columns_removed=columns.removed,
        examples=_examples(con, table, columns, examples),
    )


def _counts(con: Con, table: str) -> dict[str, Any]:
    """Return how many rows are added, removed and changed."""
    template = "SELECT _change, count(*) FROM {rows} GROUP BY _change"
    counts = dict(con.execute(compose(template, rows=differing(table))).fetchall())
    return {change: counts.get(change, 0) for change in ("added", "removed", "changed")}


def _cells_changed(con: Con, table: str, columns: Columns) -> dict[str, int]:
    """Return column -> number of changed rows in which it differs, for columns that differ."""
    if not columns.key or not columns.compared:
        return {}
    count = "count(*) FILTER ({moved})"
    counted = listed(compose(count, moved=value_differs(name)) for name in columns.compared)
    template = "SELECT {counted} FROM {rows} WHERE _change = 'changed'"
    query = compose(template, counted=counted, rows=differing(table))
    counts = con.execute(query).fetchall()[0]
    return {name: count for name, count in zip(columns.compared, counts, strict=True) if count}


def _examples(con: Con, table: str, columns: Columns, most: int) -> list[dict[str, Any]]:
    """Return the first rows of each kind of change, by key; of changed rows the changed cells."""
    template = """
        SELECT _change, {objects}
        FROM {rows}
        QUALIFY row_number() OVER (PARTITION BY _change ORDER BY {order}) <= {most}
        ORDER BY _change, {order}
    """
    query = compose(
        template,
        objects=listed(_objects(columns)),
        rows=differing(table),
        order=identifiers(columns.key or columns.compared),
        most=literal(most),
    )
    rows = con.execute(query).fetchall()
    return [_example(change, *map(json.loads, texts)) for change, *texts in rows]


def _objects(columns: Columns) -> list[Sql]:
    """Return SQL for the key, the row before and the row after, each as a JSON object."""
    if columns.key:
        before = _object(columns.compared, "from ")
        after = _object(columns.compared, "to ")
        return [_object(columns.key), before, after]
    return [literal("{}"), _object(columns.compared), _object(columns.compared)]


def _object(names: Iterable[str], prefix: str = "") -> Sql:
    parts = [part for name in names for part in (literal(name), identifier(prefix + name))]
    return compose("json_object({parts})", parts=listed(parts))


def _example(
    change: str, key: dict[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> dict[str, Any]:
    if change != "changed":
        return {"change": change, "key": key, "row": after if change == "added" else before}
    changed = [name for name in before if before[name] != after[name]]
    cells = {name: {"from": before[name], "to": after[name]} for name in changed}
    return {"change": change, "key": key, "cells": cells}
