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

    Beside the conformed columns it has `is_readable`, `partition_start` and `partition_end` (dates
    of the extract), `partition_days`, `south`, `north`, `west`, `east` (where the city's province
    lies), `province_subdistricts` (how many it has), what the contract says that measured values
    cover, as `averaging_column` names it, and the limits that each extract's own history gives, as
    `history_columns` names them.
    """
    return compose(
        """
        SELECT *, len(reasons) = 0 AS is_readable, {beside}
        FROM {files}
        WHERE NOT is_duplicate AND {readable}
        """,
        beside=listed(map(Sql, _beside(files))),
        files=parquet(*(file.path for file in files)),
        readable=Sql("true" if scope == "received" else "len(reasons) = 0"),
    )


def _beside(files: Sequence[ConformedFile]) -> Iterator[str]:
    for end in ("start", "end"):
        dates = {file.extract_id: f"DATE '{getattr(file.partition, end)}'" for file in files}
        yield f"{_by('extract_id', dates)} AS partition_{end}"
    days = {
        file.extract_id: str((file.partition.end - file.partition.start).days + 1) for file in files
    }
    yield f"{_by('extract_id', days)} AS partition_days"
    yield from province_columns(sorted({file.feed.city.code for file in files}))
    yield from _averaging(files)
    yield from _limits(files)


def province_columns(codes: Sequence[str]) -> Iterator[str]:
    """Yield the columns that say of a record where its city's province lies, by city code."""
    for place, side in enumerate(("south", "north", "west", "east")):
        yield (
            f"{_by('city_code', {code: f'{province_box(code)[place]:.2f}' for code in codes})} "
            f"AS {side}"
        )
    yield (
        f"{_by('city_code', {code: str(subdistricts(code)) for code in codes})} AS "
        "province_subdistricts"
    )


def _averaging(files: Sequence[ConformedFile]) -> Iterator[str]:
    for column in files[0].feed.suite.columns:
        if column.averaging:
            promised = {
                file.extract_id: literal(entry.averaging)
                for file in files
                for entry in file.feed.at(file.partition).national
                if entry.name == column.name and entry.averaging
            }
            text = _by("extract_id", promised) if promised else "NULL"
            yield f"CAST({text} AS VARCHAR) AS {averaging_column(column.name)}"


def _limits(files: Sequence[ConformedFile]) -> Iterator[str]:
    for entry in files[0].feed.suite.expectations:
        if entry.history:
            limits = {
                file.extract_id: file.limits[entry.id] for file in files if entry.id in file.limits
            }
            for name, side in zip(history_columns(entry.id), ("low", "high"), strict=True):
                values = {
                    extract_id: repr(getattr(limit, side)) for extract_id, limit in limits.items()
                }
                yield f"CAST({_by('extract_id', values) if values else 'NULL'} AS DOUBLE) AS {name}"


def _by(column: str, values: Mapping[str, str]) -> str:
    return (
        f"CASE {column} "
        f"{' '.join(f'WHEN {literal(key)} THEN {value}' for key, value in values.items())} END"
    )
