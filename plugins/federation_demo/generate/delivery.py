"""What a city hands over, and how it becomes a Parquet file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from federation_demo.generate.world import City, Request

ROW_GROUP = 100_000


@dataclass(frozen=True)
class Delivery:
    """One file: its path below the city's folder, its tables, each of the same schema, and the last
    day that it tells of.

    `compression` is set where the file departs from the style of its city.
    """

    path: str
    tables: Iterator[pa.Table]
    last_day: date
    compression: str | None = None


Feed = Callable[[City, Request], Iterator[Delivery]]
# of the deliveries of a feed, oldest first
Change = Callable[[Iterator[Delivery], Request], Iterator[Delivery]]


@dataclass(frozen=True)
class Shape:
    """The style of one city: compression and its level, INT96 timestamps or not, a feed per
    dataset."""

    compression: str
    feeds: dict[str, Feed]
    old_timestamps: bool = False
    level: int | None = None


def one(path: str, table: pa.Table, last_day: date) -> Delivery:
    """Return a delivery of one table."""
    return Delivery(path, iter([table]), last_day)


def write(folder: Path, shape: Shape, delivery: Delivery) -> Path:
    """Write the delivery below the folder, a row group at a time, and return the file's path."""
    path = folder / delivery.path
    path.parent.mkdir(parents=True, exist_ok=True)
    first = next(delivery.tables)
    # the real platforms store no Arrow schema: dictionary columns are read back as plain text
    with pq.ParquetWriter(
        path,
        first.schema,
        compression=delivery.compression or shape.compression,
        compression_level=shape.level,
        use_deprecated_int96_timestamps=shape.old_timestamps,
        store_schema=False,
    ) as writer:
        writer.write_table(first, row_group_size=ROW_GROUP)
        for table in delivery.tables:
            writer.write_table(table, row_group_size=ROW_GROUP)
    return path
