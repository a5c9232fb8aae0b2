"""Conformed files as relations of records, with what is known beside them: their periods, their
city, their history."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from federation.common.sql import Sql, compose, listed, literal, parquet
from federation.contracts.model import Feed
from federation.contracts.pattern import Partition
from federation.datasets.averaging import averaging_column
from federation.datasets.expectation_sql import history_columns
from federation.reference.areas import subdistricts
from federation.reference.bounding_boxes import province_box


@dataclass(frozen=True)
class Limit:
    """What an extract's history tolerates of a measure, and the words that say what it rests on."""

    low: float
    high: float
    evidence: str


@dataclass(frozen=True)
class ConformedFile:
    """A conformed file and what it is about.

    `earlier` are files of the same feed about periods before, newest first.
    """

    path: Path
    extract_id: str
    partition: Partition
    feed: Feed
    earlier: tuple["ConformedFile", ...] = ()
    limits: Mapping[str, Limit] = field(
        default_factory=dict
    )  # by expectation; none where the history is too short


def relation(files: Sequence[ConformedFile], scope: str) -> Sql:
    """Return the SELECT of the records that an expectation judges.

    Further copies of a record are never judged.

    Beside the conformed columns it has `extract_number` (the file's place among `files`, from 0),
    `is_readable`, `partition_start` and `partition_end` (dates of the extract), `partition_days`,
    `south`, `north`, `west`, `east` (where the city's province lies), `province_subdistricts` (how
    many it has), what the contract says that measured values cover, as `averaging_column` names it,
    and the limits that each extract's own history gives, as `history_columns` names them.
    """
    beside = {name: _by_file(values) for name, values in _beside(files)}
    return compose(
        """
        SELECT *, len(reasons) = 0 AS is_readable, {beside}
        FROM (SELECT *, CAST(file_index AS INTEGER) AS extract_number FROM {files})
        WHERE NOT is_duplicate AND {readable}
        """,
        beside=listed(Sql(f"{value} AS {name}") for name, value in beside.items()),
        files=parquet(*(file.path for file in files)),
        readable=Sql("true" if scope == "received" else "len(reasons) = 0"),
    )


def _by_file(values: Sequence[Sql]) -> Sql:
    """Return the value of a record's file; DuckDB folds one that is the same in all of them."""
    if len(set(values)) == 1:
        return values[0]
    return Sql(f"[{listed(values)}][extract_number + 1]")


def _beside(files: Sequence[ConformedFile]) -> Iterator[tuple[str, list[Sql]]]:
    """Yield the name of a column and its value in each file."""
    partitions = [file.partition for file in files]
    yield "partition_start", [literal(partition.start) for partition in partitions]
    yield "partition_end", [literal(partition.end) for partition in partitions]
    days = [(partition.end - partition.start).days + 1 for partition in partitions]
    yield "partition_days", [literal(count) for count in days]
    provinces = [province_columns(file.feed.city.code) for file in files]
    for name in provinces[0]:
        yield name, [province[name] for province in provinces]
    yield from _averaging(files)
    yield from _limits(files)


def province_columns(code: str) -> dict[str, Sql]:
    """Return what is known of a city's province, by column name: between which degrees it lies, how
    many subdistricts it has."""
    sides = zip(("south", "north", "west", "east"), province_box(code), strict=True)
    return {name: Sql(f"{degrees:.2f}") for name, degrees in sides} | {
        "province_subdistricts": literal(subdistricts(code))
    }


def _averaging(files: Sequence[ConformedFile]) -> Iterator[tuple[str, list[Sql]]]:
    promised = [
        {column.name: column.averaging for column in file.feed.at(file.partition).national}
        for file in files
    ]
    for column in files[0].feed.suite.columns:
        if column.averaging:
            values = [literal(of_file.get(column.name) or None) for of_file in promised]
            yield averaging_column(column.name), [_cast(value, "VARCHAR") for value in values]


def _limits(files: Sequence[ConformedFile]) -> Iterator[tuple[str, list[Sql]]]:
    for entry in files[0].feed.suite.expectations:
        if entry.history:
            limits = [file.limits.get(entry.id) for file in files]
            low, high = history_columns(entry.id)
            yield low, [_cast(literal(limit.low if limit else None), "DOUBLE") for limit in limits]
            yield (
                high,
                [_cast(literal(limit.high if limit else None), "DOUBLE") for limit in limits],
            )


def _cast(value: Sql, type_name: str) -> Sql:
    return Sql(f"CAST({value} AS {type_name})")
