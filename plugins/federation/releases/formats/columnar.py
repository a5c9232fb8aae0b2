"""Parquet and Arrow, which keep types, zones and descriptions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

from federation.releases.formats.columns import in_arrow, read_through

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyRelation

ROWS = 122_880  # of a row group, all of it in memory while it is written


@dataclass(frozen=True)
class Notes:
    """What a file says of itself beside its rows."""

    table: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def write_parquet(result: "DuckDBPyRelation", sink: IO[bytes], notes: Notes) -> int:
    """Write Parquet with page checksums; return the number of rows.

    Arrow's readers find the notes in the schema and its fields, others among the file's keys.
    """
    from pyarrow import parquet

    rows = 0
    with read_through(result, in_arrow).to_arrow_reader(ROWS) as reader:
        schema = _noted(reader.schema, notes)
        with parquet.ParquetWriter(
            sink, schema, compression="zstd", write_page_checksum=True
        ) as writer:
            for batch in reader:
                writer.write_batch(batch)
                rows += batch.num_rows
    return rows


def write_arrow(result: "DuckDBPyRelation", sink: IO[bytes], notes: Notes) -> int:
    """Write an Arrow IPC file; return the number of rows."""
    from pyarrow import RecordBatch, ipc

    rows = 0
    with read_through(result, in_arrow).to_arrow_reader(ROWS) as reader:
        schema = _noted(reader.schema, notes)
        with ipc.new_file(sink, schema) as writer:
            for batch in reader:
                writer.write_batch(RecordBatch.from_arrays(batch.columns, schema=schema))
                rows += batch.num_rows
    return rows


def _noted(schema: "pa.Schema", notes: Notes) -> Any:
    from pyarrow import schema as schema_of

    fields = [entry.with_metadata(dict(notes.columns.get(entry.name, {}))) for entry in schema]
    table = dict(notes.table)
    if notes.columns:
        table["columns"] = json.dumps(notes.columns, ensure_ascii=False)
    return schema_of(fields, metadata=table)
