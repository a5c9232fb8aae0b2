"""Faults of columns, measures and units; of keys; of volume."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
from federation.conform.sandbox.job import ExpectedColumn

from federation_demo.faults.kinds import EITHER, REJECTED, WARNED, fault
from federation_demo.faults.native import Native, figured, worded


@fault("schema", "missing_column", REJECTED)
def column_missing(native: Native) -> Native:
    """A promised column is not there."""
    return replace(native, table=native.table.drop_columns([_needed(native)]))


@fault("schema", "renamed_column missing_column", REJECTED)
def column_renamed(native: Native) -> Native:
    """A promised column has a similar name."""
    name = _needed(native)
    return replace(native, table=native.table.rename_columns({name: f"{name}_"}))


@fault("schema", "retyped_column", REJECTED)
def column_retyped(native: Native) -> Native | None:
    """A figure or text column has another type."""
    for field in native.table.schema:
        if field.type in (pa.float64(), pa.int64(), pa.int32()):
            return native.column(field.name, native.table.column(field.name).cast(pa.string()))
        if field.type == pa.string() and native.promise_of(field.name):
            return native.column(field.name, native.table.column(field.name).cast(pa.binary()))
    return None


@fault("schema", "unexpected_column", WARNED)
def column_added(native: Native) -> Native:
    """There is a column that the contract does not know."""
    values = pa.array(["x"] * len(native.table))
    return replace(native, table=native.table.append_column("ตัวอย่าง", values))


@fault("schema", "repeated_column", REJECTED)
def column_twice(native: Native) -> Native:
    """Two columns have one name."""
    name = _needed(native)
    return replace(native, table=native.table.append_column(name, native.table.column(name)))


@fault("schema", "missing_measure", REJECTED)
def measure_missing(native: Native) -> Native | None:
    """A long table lacks one of its measures."""
    layout = native.feed.layout
    measures = [column.measure for column in native.feed.national if column.measure]
    if layout.list or len(set(measures)) < 2:
        return None
    names = np.array(native.table.column(layout.parameter).to_pylist())
    return native.rows(names != measures[-1])


@fault("schema", "unexpected_unit readable_share", EITHER)
def unit_stated_otherwise(native: Native) -> Native | None:
    """Rows state another unit than promised."""
    layout = native.feed.layout
    if layout.kind != "long":
        return None
    units = native.table.column(layout.unit).to_pylist()
    return native.column(layout.unit, pa.array([f"milli{unit}" for unit in units]))


@fault("schema", "missing_column renamed_column", REJECTED)
def sql_in_a_column_name(native: Native) -> Native:
    """A column is named like an SQL statement with a path."""
    names = {_needed(native): "x\"; COPY (SELECT 1) TO '../../x'; --"}
    return replace(native, table=native.table.rename_columns(names))


# -- keys ------------------------------------------------------------------------------------------


@fault("key", "conflicting_values readable_share", EITHER)
def keys_in_conflict(native: Native) -> Native | None:
    """Some records come twice, with different figures."""
    promise = _figure(native)
    if promise is None:
        return None
    rows = np.flatnonzero(native.some(0.05))
    if native.feed.layout.kind == "long":  # a second figure of the same measure
        names = np.array(native.table.column(native.feed.layout.parameter).to_pylist())
        rows = np.flatnonzero([promise.column.endswith(f"[{name}]") for name in names])[: len(rows)]
    again = native.rows(rows)
    again = again.change(promise, figured(lambda value: value + 7))
    return replace(native, table=pa.concat_tables([native.table, again.table]).combine_chunks())


@fault("key", "missing readable_share", EITHER)
def keys_missing(native: Native) -> Native | None:
    """Some records have no key."""
    key = native.promise(native.feed.suite.key[0])
    if key is None or key.kind == "time" or key.column not in native.table.schema.names:
        return None
    column = native.table.column(key.column)
    is_gone = native.some(0.05)
    pairs = zip(column.to_pylist(), is_gone, strict=True)
    values = [None if gone else value for value, gone in pairs]
    return native.column(key.column, pa.array(values, column.type))


@fault("key", "conflicting_values readable_share", REJECTED)
def one_key_for_all(native: Native) -> Native | None:
    """Every record has the same key, as after a broken join."""
    feed = native.feed
    key = native.promise(feed.suite.key[0])
    has_one_key = feed.layout.kind == "rows" and len(feed.suite.key) == 1
    if key is None or key.kind != "text" or not has_one_key:
        return None
    column = native.table.column(key.column)
    values = [column[0].as_py()] * len(column)
    return native.column(key.column, pa.array(values, column.type))


@fault("key", "unreadable missing readable_share unknown_area", EITHER)
def keys_of_another_register(native: Native) -> Native | None:
    """Prefixes of the keys are those of another register."""
    for promise in native.expected_columns():
        if promise.prefix and promise.kind == "text":
            return native.change(promise, worded(lambda text: text.replace("urn:", "URI:")))
    return None


# -- volume ----------------------------------------------------------------------------------------


@fault(
    "volume",
    "stops_early months_missing days_missing subdistricts_missing districts_add_up years_missing "
    "missing_measure",
    EITHER,
)
def second_half_cut(native: Native) -> Native | None:
    """The second half of the rows is cut off."""
    if len(native.table) < 12 or native.feed.dataset in ("crop_production", "road_accidents"):
        return None
    return native.rows(np.arange(len(native.table) // 2))


@fault("volume", "days_missing months_missing years_missing subdistricts_missing", WARNED)
def middle_cut(native: Native) -> Native | None:
    """A third of the rows is cut out of the middle."""
    rows = len(native.table)
    if rows < 12 or native.feed.dataset in ("crop_production", "road_accidents"):
        return None
    first_third = np.arange(rows // 3)
    last_third = np.arange(2 * rows // 3, rows)
    return native.rows(np.concatenate([first_third, last_third]))


@fault("volume", "repeated_delivery", WARNED)
def every_row_twice(native: Native) -> Native | None:
    """Every row is there twice."""
    if len(native.table) < 12:
        return None
    return replace(native, table=pa.concat_tables([native.table, native.table]).combine_chunks())


@fault("volume", "repeated_delivery", WARNED)
def half_twice(native: Native) -> Native | None:
    """Half of the rows are there twice, in another order."""
    if len(native.table) < 12:
        return None
    count = len(native.table)
    half = native.rng.permutation(count)[: count // 2]
    again = native.table.take(pa.array(half))
    return replace(native, table=pa.concat_tables([native.table, again]).combine_chunks())


@fault("volume", "not_empty missing_measure", EITHER)
def no_rows(native: Native) -> Native:
    """The file has its columns and not one row."""
    return replace(native, table=native.table.slice(0, 0))


# -- which column ----------------------------------------------------------------------------------


def _needed(native: Native) -> str:
    names = [native.delivered(entry) for entry in native.expected_columns()]
    return names[int(native.rng.integers(len(names)))]


def _figure(native: Native) -> ExpectedColumn | None:
    for entry in native.expected_columns():
        if entry.kind == "number" and entry.is_measure:
            return entry
    return None
