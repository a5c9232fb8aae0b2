"""Faults of bytes: files that are no Parquet, are broken, or are made to do harm."""

import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from federation_demo.faults.kinds import byte_fault

_BROKEN = "unreadable_file not_parquet footer_over_limit conform_died"


@byte_fault("not_parquet")
def no_bytes(data: bytes, file: Path) -> bytes:
    """The file is empty."""
    return b""


@byte_fault("not_parquet")
def tail_cut(data: bytes, file: Path) -> bytes:
    """The end of the file is missing, with its footer."""
    return data[: len(data) * 2 // 3]


@byte_fault("not_parquet")
def head_overwritten(data: bytes, file: Path) -> bytes:
    """The first four bytes are not PAR1."""
    return b"PAR2" + data[4:]


@byte_fault("not_parquet")
def encrypted_footer(data: bytes, file: Path) -> bytes:
    """The file ends with the mark of an encrypted footer."""
    return data[:-4] + b"PARE"


@byte_fault("not_parquet")
def html_page(data: bytes, file: Path) -> bytes:
    """The platform's error page came instead of the file."""
    return "<!DOCTYPE html><html><body>502 Bad Gateway ระบบขัดข้อง</body></html>".encode()


@byte_fault("not_parquet")
def compressed_whole(data: bytes, file: Path) -> bytes:
    """The file was packed with gzip."""
    return gzip.compress(data, mtime=0)


@byte_fault("not_parquet")
def comma_separated(data: bytes, file: Path) -> bytes:
    """The file holds comma-separated text."""
    return b"id,value\n1,2\n" * 40


@byte_fault("footer_over_limit")
def huge_footer(data: bytes, file: Path) -> bytes:
    """The footer claims to be 2 GB long."""
    length = (2**31 - 1).to_bytes(4, "little")
    return data[:-8] + length + data[-4:]


@byte_fault(_BROKEN)
def zeroed_footer(data: bytes, file: Path) -> bytes:
    """The footer is overwritten with zeros."""
    length = int.from_bytes(data[-8:-4], "little")
    begin = len(data) - 8 - length
    return data[:begin] + bytes(length) + data[-8:]


@byte_fault(_BROKEN)
def flipped_bit(data: bytes, file: Path) -> bytes:
    """One bit of a page with a checksum is flipped."""
    table = pq.ParquetFile(file).read()
    pq.write_table(
        table,
        file,
        compression="none",
        use_dictionary=False,
        write_page_checksum=True,
        store_schema=False,
    )
    content = bytearray(file.read_bytes())
    group = pq.ParquetFile(file).metadata.row_group(0)
    columns = [group.column(place) for place in range(group.num_columns)]
    # A figure where there is one: contracts always read those, and what is not read is not checked.
    column = next((entry for entry in columns if entry.physical_type != "BYTE_ARRAY"), columns[0])
    end = column.data_page_offset + column.total_compressed_size
    content[end - 3] ^= 0x10
    return bytes(content)


@byte_fault(_BROKEN)
def pages_overwritten(data: bytes, file: Path) -> bytes:
    """A quarter of the data is overwritten with chance bytes."""
    chance = np.random.default_rng(7).bytes(len(data) // 4)
    end = 4 + len(chance)
    return data[:4] + chance + data[end:]


@byte_fault("footer_over_limit")
def many_columns(data: bytes, file: Path) -> bytes:
    """There are 1,500 columns."""
    return _written(file, pa.table({f"c{number}": [1] for number in range(1_500)}))


@byte_fault("missing_column renamed_column unreadable_file")
def deep_nesting(data: bytes, file: Path) -> bytes:
    """A column is nested 60 levels deep, and the promised ones are gone."""
    kind: pa.DataType = pa.int8()
    for _ in range(60):
        kind = pa.struct([("x", kind)])
    return _written(file, pa.table({"deep": pa.nulls(3, kind)}))


@byte_fault("footer_over_limit")
def absurd_row_count(data: bytes, file: Path) -> bytes:
    """A few kilobytes claim 210 million rows."""
    part = pa.table({"x": pa.array(np.zeros(1_050_000, np.int8))})
    with pq.ParquetWriter(file, part.schema, compression="zstd") as writer:
        for _ in range(200):
            writer.write_table(part, row_group_size=1_050_000)
    return file.read_bytes()


@byte_fault("over_size_limit over_memory_limit conform_died")
def dictionary_bomb(data: bytes, file: Path) -> bytes | None:
    """One text of 900 kB stands in 100,000 rows: 90 GB when it is unfolded."""
    table = pq.ParquetFile(file, coerce_int96_timestamp_unit="us").read()
    texts = [field.name for field in table.schema if field.type == pa.string()]
    if not texts or not len(table):
        return None
    zeros = pa.array(np.zeros(100_000, np.int32))
    bomb = pa.DictionaryArray.from_arrays(zeros, pa.array(["x" * 900_000]))
    columns = {name: table.column(name).take(zeros) for name in table.schema.names}
    bombed = pa.table(columns | dict.fromkeys(texts, bomb))
    return _written(file, bombed, dictionary_pagesize_limit=1 << 20)


def _written(file: Path, table: pa.Table, **options: int) -> bytes:
    pq.write_table(table, file, compression="zstd", store_schema=False, **options)
    return file.read_bytes()
