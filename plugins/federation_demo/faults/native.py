"""Editing an extract in its city's own shape: texts, numbers, struct members, long rows and
lists alike."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from federation.conform.expected_columns import expected_columns_of
from federation.conform.sandbox.job import ExpectedColumn
from federation.contracts.model import Feed, Layout
from federation.contracts.pattern import Partition
from federation.contracts.vocabulary import THAI_DIGITS

Rows = np.ndarray  # of booleans, one per source row
Change = Callable[[Any], Any]
_TO_ARABIC = str.maketrans(THAI_DIGITS, "0123456789")
_TO_THAI = str.maketrans("0123456789", THAI_DIGITS)


@dataclass(frozen=True)
class Native:
    """One generated extract as its city would deliver it, with its contract and a random stream
    of its own."""

    feed: Feed
    partition: Partition
    table: pa.Table
    rng: np.random.Generator

    def promise(self, national: str) -> ExpectedColumn | None:
        """Return the first delivered column that a national column is read from, or None."""
        return next((entry for entry in self.expected_columns() if entry.name == national), None)

    def expected_columns(self) -> list[ExpectedColumn]:
        """Return what the contract promises of each delivered column that a national one is read
        from."""
        national = {column.name for column in self.feed.suite.columns}
        return [entry for entry in expected_columns_of(self.feed) if entry.name in national]

    def promise_of(self, column: str) -> ExpectedColumn | None:
        """Return the promise on a delivered column, or None."""
        return next((entry for entry in self.expected_columns() if entry.column == column), None)

    def delivered(self, promise: ExpectedColumn) -> str:
        """Return the delivered column that holds a promised value.

        Names may hold dots and brackets themselves.
        """
        names: list[str] = self.table.schema.names
        if promise.column in names:
            return promise.column
        outer = [name for name in names if promise.column.startswith((f"{name}.", f"{name}["))]
        return max(outer, key=len)

    def some(self, share: float) -> Rows:
        """Return that share of the rows, at least two, by chance."""
        chosen = np.zeros(len(self.table), bool)
        count = min(len(chosen), max(2, round(share * len(chosen))))
        chosen[self.rng.choice(len(chosen), count, replace=False)] = True
        return chosen

    def rows(self, chosen: Any) -> "Native":
        """Return the extract with these rows only (an index or a mask)."""
        columns = (
            self.table.filter(pa.array(chosen))
            if np.asarray(chosen).dtype == bool
            else self.table.take(pa.array(chosen))
        )
        return replace(self, table=columns)

    def column(self, name: str, array: pa.Array) -> "Native":
        """Return the extract with a column in place of another of that name."""
        place = self.table.schema.get_field_index(name)
        return replace(self, table=self.table.set_column(place, name, array))

    def change(
        self, promise: ExpectedColumn, change: Change, where: Rows | None = None
    ) -> "Native":
        """Return the extract with every value of a promised column changed, in the rows `where`.

        Nulls stay.
        """
        name = self.delivered(promise)
        if "[" in promise.column.removeprefix(name):
            return self._change_measure(promise.column, change, where)
        rest = promise.column.removeprefix(name).removeprefix(".")
        column = self.table.column(name)
        changed = [
            _inside(value, rest, change) if where is None or where[row] else value
            for row, value in enumerate(column.to_pylist())
        ]
        return self.column(name, array_like(changed, column.type))

    def _change_measure(self, path: str, change: Change, where: Rows | None) -> "Native":
        parts = re.fullmatch(r"(?:(?P<list>[^.\[]+)\.)?(?P<value>[^.\[]+)\[(?P<measure>.+)\]", path)
        assert parts, path
        if parts["list"]:
            return self._change_in_lists(parts["measure"], change, where)
        return self._change_in_long_rows(parts["measure"], change, where)

    def _change_in_lists(self, measure: str, change: Change, where: Rows | None) -> "Native":
        layout = self.feed.layout
        column = self.table.column(layout.list)
        rows = column.to_pylist()
        for row, members in enumerate(rows):
            if where is None or where[row]:
                rows[row] = _in_list(members, layout, measure, change)
        return self.column(layout.list, array_like(rows, column.type))

    def _change_in_long_rows(self, measure: str, change: Change, where: Rows | None) -> "Native":
        layout = self.feed.layout
        column = self.table.column(layout.value)
        measures = self.table.column(layout.parameter).to_pylist()
        values = column.to_pylist()
        for row, value in enumerate(values):
            is_chosen = measures[row] == measure and (where is None or where[row])
            if is_chosen and value is not None:
                values[row] = change(value)
        return self.column(layout.value, array_like(values, column.type))


def _in_list(
    entries: list[dict[str, Any]], layout: Layout, measure: str, change: Change
) -> list[dict[str, Any]]:
    return [
        entry | {layout.value: change(entry[layout.value])}
        if entry[layout.parameter] == measure
        else entry
        for entry in entries
    ]


def _inside(value: Any, rest: str, change: Change) -> Any:
    """Change the value itself, the member that `rest` names, or else the first member that is no
    type or unit."""
    if value is None:
        return None
    if isinstance(value, dict):
        member = rest or _telling(value)
        return value | {member: _inside(value[member], "", change)}
    if isinstance(value, list) and value and isinstance(value[0], str):
        return [change(value[0]), *value[1:]]
    return change(value)


def _telling(value: dict[str, Any]) -> str:
    """Return the member that a whole struct is promised for: a time where it holds one, else its
    value."""
    members = [name for name in value if name not in ("type", "unitCode", "era")]
    return next((name for name in members if isinstance(value[name], str)), members[0])


def array_like(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Return the values in a type.

    Bytes that are no UTF-8 may stand in a text column, as careless writers do.
    """
    if pa.types.is_string(kind) and any(isinstance(value, bytes) for value in values):
        raw = [value.encode() if isinstance(value, str) else value for value in values]
        return pa.array(raw, pa.binary()).view(pa.string())
    return pa.array(values, kind)


def read(file: Path, feed: Feed, partition: Partition, seed: int) -> Native:
    """Return a generated file as it was delivered."""
    table = pq.ParquetFile(file, coerce_int96_timestamp_unit="us").read().combine_chunks()
    return Native(feed, partition, table, np.random.default_rng(seed))


# -- values in their own writing -------------------------------------------------------------------


def number(value: Any) -> float | None:
    """Return the figure that a delivered value writes, or None."""
    if isinstance(value, str):
        try:
            return float(value.translate(_TO_ARABIC).replace(",", ""))
        except ValueError:
            return None
    return None if value is None else float(value)


def figured(change: Callable[[float], float]) -> Change:
    """Return a change of figures that keeps how they are written: digits, commas, whole numbers.

    Markers stay.
    """

    def changed(value: Any) -> Any:
        old = number(value)
        if old is None or old in (-999.0, -9999.0) or (isinstance(value, str) and old == -1):
            return value
        new = change(old)
        if not isinstance(value, str):
            return round(new) if isinstance(value, int) else new
        text = f"{new:,.6f}" if "," in value else f"{new:.6f}"
        text = text.rstrip("0").rstrip(".")
        return text.translate(_TO_THAI) if any(sign in THAI_DIGITS for sign in value) else text

    return changed


def worded(change: Callable[[str], str], encoding: str = "utf-8") -> Change:
    """Return a change of texts, also where they are bytes."""

    def changed(value: Any) -> Any:
        if isinstance(value, bytes):
            return change(value.decode("tis-620")).encode(encoding)
        return change(value) if isinstance(value, str) else value

    return changed
