"""CSV and JSON, which any program reads."""

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from federation.common.spreadsheet import BOM
from federation.releases.formats.columns import as_json_lines, in_text, read_through

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

ROWS = 16_384  # held in memory at once


def write_csv(result: "DuckDBPyRelation", sink: IO[bytes], *, bom: bool) -> int:
    """Write a heading and the rows; NULL is nothing, and "" a text without letters.

    Return the number of rows.
    """
    from pyarrow import csv

    if bom:
        sink.write(BOM)
    rows = 0
    with (
        read_through(result, in_text).to_arrow_reader(ROWS) as reader,
        csv.CSVWriter(sink, reader.schema) as writer,
    ):
        for batch in reader:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def write_json_lines(result: "DuckDBPyRelation", sink: IO[bytes]) -> int:
    """Write a JSON object a line; return the number of rows."""
    rows = 0
    for lines in _json(result):
        sink.write(("\n".join(lines) + "\n").encode())
        rows += len(lines)
    return rows


def write_json(result: "DuckDBPyRelation", sink: IO[bytes]) -> int:
    """Write one JSON array with an object a line; return the number of rows."""
    rows = 0
    sink.write(b"[")
    for lines in _json(result):
        sink.write((",\n" if rows else "\n").encode() + ",\n".join(lines).encode())
        rows += len(lines)
    sink.write(b"\n]\n")
    return rows


def _json(result: "DuckDBPyRelation") -> Iterator[list[str]]:
    with as_json_lines(result).to_arrow_reader(ROWS) as reader:
        for batch in reader:
            if batch.num_rows:
                yield batch.column(0).to_pylist()
