"""Bytes that belong to no column or index: files that were joined, and what writers leave."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from federation.conform.byte_ranges import (
    Foreign,
    Thrift,
    Unreadable,
    _bloom_length,
    foreign_bytes,
)
from federation.conform.sandbox.sandbox import Sandbox
from federation.contracts.model import Feed
from support.native import conform, write_native

PATH = "AirQuality/AirQuality_2026_01.parquet"


def table(rows: int = 500) -> pa.Table:
    return pa.table({"name": [f"สถานี {n}" for n in range(rows)], "value": [*range(rows)]})


def found(file: Path) -> Foreign | None:
    with file.open("rb") as opened:
        return foreign_bytes(opened, os.path.getsize(file))


# -- what writers write ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"use_dictionary": False, "compression": "none"},
        {"write_page_index": True, "row_group_size": 40},
        {"write_page_checksum": True, "compression": "zstd", "data_page_version": "2.0"},
        {"data_page_size": 100, "row_group_size": 40},
        {"write_statistics": False, "store_schema": False},
    ],
    ids=lambda options: " ".join(options) or "as it is",
)
def test_arrows_files_hold_nothing_foreign(tmp_path: Path, options: dict[str, Any]) -> None:
    pq.write_table(table(), tmp_path / "x.parquet", **options)
    assert found(tmp_path / "x.parquet") is None


def test_a_file_without_rows_holds_nothing_foreign(tmp_path: Path) -> None:
    pq.write_table(table(0), tmp_path / "x.parquet")
    assert found(tmp_path / "x.parquet") is None


@pytest.mark.parametrize("version", ["V1", "V2"])
def test_duckdbs_files_with_bloom_filters_hold_nothing_foreign(
    tmp_path: Path, version: str
) -> None:
    file = tmp_path / "x.parquet"
    with duckdb.connect() as con:
        con.register("given", pa.concat_tables([table(300)] * 40))
        con.execute(f"COPY given TO '{file}' (FORMAT parquet, PARQUET_VERSION {version})")
    chunk = pq.read_metadata(file).row_group(0).column(0)
    assert chunk.bloom_filter_offset
    assert found(file) is None
    with file.open("rb") as opened:  # writers before 2023 say no length
        assert _bloom_length(opened, chunk.bloom_filter_offset) == chunk.bloom_filter_length


def test_polars_files_hold_nothing_foreign(tmp_path: Path) -> None:
    frame = pl.DataFrame({"name": ["ก", "ข"] * 50, "value": [[1.0], []] * 50})
    frame.write_parquet(tmp_path / "x.parquet", row_group_size=30)
    assert found(tmp_path / "x.parquet") is None


# -- between the last page and the footer ----------------------------------------------------------


def with_gap(file: Path, gap: bytes) -> Path:
    """Put bytes behind the last page; no offset changes."""
    pq.write_table(table(), file)
    data = file.read_bytes()
    footer = int.from_bytes(data[-8:-4], "little") + 8
    file.write_bytes(data[:-footer] + gap + data[-footer:])
    assert pq.read_table(file).num_rows == 500
    return file


def footer_of(file: Path) -> Thrift:
    data = file.read_bytes()
    length = int.from_bytes(data[-8:-4], "little")
    return Thrift(data[-8 - length : -8])


# A ColumnMetaData with data_page_offset (9) = 4, and a text of 300 bytes as its path (3).
COPY = b"\x38" + b"\xac\x02" + b"x" * 300 + b"\x66\x08" + b"\x00"


@pytest.mark.parametrize(
    "gap",
    [bytes(5_000_000), b"x" * 100, COPY, COPY + bytes(64)],
    ids=["zeros", "a page's header", "a copy of metadata", "both"],
)
def test_what_writers_leave_is_allowed(tmp_path: Path, gap: bytes) -> None:
    assert found(with_gap(tmp_path / "x.parquet", gap)) is None


@pytest.mark.parametrize(
    "gap",
    [b"x" * 101, bytes(3_000_000) + b"x", COPY + b"x" * 200, b"\xff" * 3_000],
    ids=["more than a header", "something behind zeros", "more than metadata", "noise"],
)
def test_other_bytes_are_foreign(tmp_path: Path, gap: bytes) -> None:
    assert found(with_gap(tmp_path / "x.parquet", gap)) is not None


# -- files that were joined ------------------------------------------------------------------------


@pytest.mark.parametrize("index", [False, True], ids=["without indexes", "with indexes"])
@pytest.mark.parametrize("parts", [2, 3])
def test_files_joined_by_cat_are_rejected(
    feeds: dict[tuple[str, str], Feed],
    sandbox: Sandbox,
    tmp_path: Path,
    index: bool,
    parts: int,
) -> None:
    feed = feeds["phuket", "air_quality"]
    joined = b""
    for part in range(parts):
        rows = [
            {
                "StationId": f"{n:02}t",
                "District": "เมือง",
                "DateTime": f"2026-01-{part + 1:02}T12:00:00",
                "PM25": float(n),
            }
            for n in range(12)
        ]
        options = {"compression": "none", "use_dictionary": False, "write_page_index": index}
        file = write_native(tmp_path / f"{part}.parquet", feed, rows, **options)
        assert conform(sandbox, feed, file, PATH, tmp_path / "out" / "out.parquet").codes == []
        joined += file.read_bytes()
    (tmp_path / "joined.parquet").write_bytes(joined)
    (tmp_path / "out" / "out.parquet").unlink()
    outcome = conform(
        sandbox, feed, tmp_path / "joined.parquet", PATH, tmp_path / "out" / "out.parquet"
    )
    assert outcome.codes == ["foreign_bytes"]
    assert "belong to no column" in outcome.answer.findings[0].message
    assert sandbox.profile(tmp_path / "joined.parquet").refusal.startswith("foreign_bytes")


# -- Thrift ----------------------------------------------------------------------------------------


def test_a_footer_is_read_as_arrow_reads_it(tmp_path: Path) -> None:
    pq.write_table(table(), tmp_path / "x.parquet", row_group_size=100)
    footer = footer_of(tmp_path / "x.parquet").struct()
    assert footer[3] == 500  # num_rows
    chunks = [chunk[3] for group in footer[4] for chunk in group[1]]
    metadata = pq.read_metadata(tmp_path / "x.parquet")
    assert [chunk[9] for chunk in chunks] == [
        metadata.row_group(group).column(column).data_page_offset
        for group in range(metadata.num_row_groups)
        for column in range(metadata.num_columns)
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x15",
        b"\x18\xff\xff\xff\x7f",
        b"\x19\xfc\xff\xff\xff\x0f",
        b"\x1c" * 1_000,
        b"\x1f\x00",
        b"\x16" + b"\xff" * 20,
        b"\x19\x19" * 1_000,
    ],
    ids=["empty", "cut", "long text", "long list", "deep", "no kind", "long number", "deep list"],
)
def test_what_is_no_struct_ends_quickly(data: bytes) -> None:
    with pytest.raises(Unreadable):
        Thrift(data).struct()


def test_pages_in_another_file_are_refused(tmp_path: Path) -> None:
    pieces: list[Any] = []
    pq.write_to_dataset(table(), tmp_path / "set", metadata_collector=pieces)
    merged: Callable[..., None] = pieces[0].write_metadata_file
    merged(tmp_path / "_metadata")
    assert found(tmp_path / "_metadata") == Foreign(0, "the footer names pages in another file")
