"""Rows as a person writes them -> a Parquet file of a feed in the city's own Arrow types, and
back as records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from federation.conform.sandbox.job import Answer
from federation.conform.sandbox.sandbox import LandedExtract, Sandbox
from federation.contracts.model import Feed
from federation.contracts.pattern import Partition

_PLAIN = {
    "string": pa.string(),
    "binary": pa.binary(),
    "bool": pa.bool_(),
    "double": pa.float64(),
    "float": pa.float32(),
    "int8": pa.int8(),
    "int16": pa.int16(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "date32[day]": pa.date32(),
    "timestamp[us]": pa.timestamp("us"),
    "timestamp[us, UTC]": pa.timestamp("us", "UTC"),
}


def arrow_type(text: str) -> pa.DataType:
    """Return the Arrow type that a contract writes as `text`.

    Raises KeyError for one that no feed uses.
    """
    if text.startswith("list<"):
        return pa.list_(arrow_type(text[5:-1]))
    if text.startswith("struct<"):
        return pa.struct([(name, arrow_type(kind)) for name, kind in _members(text[7:-1])])
    return _PLAIN[text]


def _members(text: str) -> list[tuple[str, str]]:
    parts, depth = [""], 0
    for sign in text:
        depth += {"<": 1, ">": -1}.get(sign, 0)
        parts = [*parts, ""] if sign == "," and depth == 0 else [*parts[:-1], parts[-1] + sign]
    return [(name.strip(), kind.strip()) for name, kind in (part.split(":", 1) for part in parts)]


def native_table(feed: Feed, rows: list[dict[str, Any]]) -> pa.Table:
    """Return the rows in the feed's columns and types; what a row does not say is null."""
    schema = pa.schema([(name, arrow_type(kind)) for name, kind in feed.columns.items()])
    unknown = {name for row in rows for name in row} - set(schema.names)
    assert not unknown, f"no columns of {feed}: {unknown}"
    columns = [
        [_native(row.get(field.name), field.type, feed.encoding) for row in rows]
        for field in schema
    ]
    return pa.Table.from_arrays(
        [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)],
        schema=schema,
    )


def _native(value: Any, kind: pa.DataType, encoding: str) -> Any:
    if value is None:
        return None
    if pa.types.is_list(kind):
        return [_native(item, kind.value_type, encoding) for item in value]
    if pa.types.is_struct(kind):
        return {field.name: _native(value.get(field.name), field.type, encoding) for field in kind}
    if pa.types.is_timestamp(kind):
        moment = datetime.fromisoformat(str(value))
        return moment.astimezone(UTC) if kind.tz else moment
    if pa.types.is_date(kind):
        return value if isinstance(value, date) else date.fromisoformat(value)
    return value.encode(encoding) if pa.types.is_binary(kind) and isinstance(value, str) else value


def write_native(file: Path, feed: Feed, rows: list[dict[str, Any]], **options: Any) -> Path:
    """Write the rows as the city would deliver them; `options` go to the Parquet writer."""
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(native_table(feed, rows), file, store_schema=False, **options)
    return file


@dataclass(frozen=True)
class Outcome:
    """What conforming came to: the answer, and the records in the order of their source rows."""

    answer: Answer
    records: list[dict[str, Any]]
    file: Path

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.answer.findings]


def conform(
    sandbox: Sandbox,
    feed: Feed,
    source: Path,
    partition: Partition | str,
    target: Path,
    extract_id: str = "e" * 16,
) -> Outcome:
    """Conform a file in the real fence.

    `partition` may be a path that the feed's pattern matches.
    """
    if isinstance(partition, str):
        match = feed.pattern.match(partition)
        assert match, f"{partition} is no extract of {feed} ({feed.pattern.text})"
        partition = match[0]
    answer = sandbox.conform(LandedExtract(feed, partition, extract_id, source), target)
    return Outcome(answer, [] if answer.rejected else records_of(target), target)


def conform_rows(
    sandbox: Sandbox, feed: Feed, rows: list[dict[str, Any]], path: str, folder: Path
) -> Outcome:
    """Write the rows and conform them as the extract that would lie at `path`."""
    return conform(
        sandbox,
        feed,
        write_native(folder / "extract.parquet", feed, rows),
        path,
        folder / "conformed.parquet",
    )


def records_of(file: Path) -> list[dict[str, Any]]:
    """Return a conformed or quarantine file's records by source row.

    Times and dates as ISO text, times in UTC.
    """
    rows = pq.ParquetFile(file).read().sort_by("row_number").to_pylist()
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else value
