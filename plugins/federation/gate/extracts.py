"""What must hold for a feed's extracts, judged: Great Expectations on DuckDB, held against the predicates."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from federation.areas import subdistricts
from federation.boxes import province_box
from federation.conform.expressions import literal
from federation.contracts.model import Feed
from federation.contracts.pattern import Partition
from federation.gate.judge import Judgement, judge
from federation.gate.predicates import failing_records
from federation.suites import Expectation, load_suite

if TYPE_CHECKING:
    from federation.gate.gx_duckdb import Validator

_FEW = 4  # expectations that are judged file by file at once, as that costs no more
_TOGETHER = 500_000  # records that are judged at once: they are held in memory, some 0.4 kB each


def expectations_of(feed: Feed) -> list[Expectation]:
    """Return what must hold for a feed's extracts: the contract's own expectations, then the dataset's suite."""
    suite = load_suite(feed.dataset)
    keys = {column.name for column in suite.columns if column.key}
    required = [column.name for column in feed.national if column.required or column.name in keys]
    return [*(_complete(name) for name in required), *suite.expectations]


def _complete(column: str) -> Expectation:
    return Expectation(
        id=f"{column}_given", type="expect_column_values_to_not_be_null", kwargs={"column": column}, where="",
        scope="received", consequence="quarantine", dimension="completeness",
        reason="The contract requires the column: without it a record can be neither identified nor placed.",
        observed="", message={"th": f"ไม่มีค่าในคอลัมน์ที่จำเป็น ({column})", "en": f"a required value is missing ({column})"})


@dataclass(frozen=True)
class Written:
    """A conformed file and what it is about."""

    path: Path
    extract_id: str
    partition: Partition
    feed: Feed


def relation(files: Sequence[Written], scope: str) -> str:
    """Return the SELECT of the records that an expectation judges; further copies of a record are never judged.

    Beside the conformed columns it has `is_readable`, `partition_start` and `partition_end` (dates of the extract),
    `south`, `north`, `west`, `east` (where the city's province lies) and `province_subdistricts` (how many it has).
    """
    readable = "" if scope == "received" else " AND len(reasons) = 0"
    listed = ", ".join(f"'{file.path}'" for file in files)
    return (f"SELECT *, len(reasons) = 0 AS is_readable, {', '.join(_beside(files))} "
            f"FROM read_parquet([{listed}]) WHERE NOT is_duplicate{readable}")


def _beside(files: Sequence[Written]) -> Iterator[str]:
    for end in ("start", "end"):
        dates = {file.extract_id: f"DATE '{getattr(file.partition, end)}'" for file in files}
        yield f"{_by('extract_id', dates)} AS partition_{end}"
    codes = sorted({file.feed.city.code for file in files})
    for place, side in enumerate(("south", "north", "west", "east")):
        yield f"{_by('city_code', {code: f'{province_box(code)[place]:.2f}' for code in codes})} AS {side}"
    yield f"{_by('city_code', {code: str(subdistricts(code)) for code in codes})} AS province_subdistricts"


def _by(column: str, values: Mapping[str, str]) -> str:
    return f"CASE {column} {' '.join(f'WHEN {literal(key)} THEN {value}' for key, value in values.items())} END"


def judge_extracts(files: Sequence[Written], validator: "Validator", con: duckdb.DuckDBPyConnection) -> list[list[Judgement]]:
    """Return for each conformed file of one dataset one judgement per expectation, in the order of the suite.

    What GX costs it costs once a validation, whatever the data. So the extracts are first judged together, of all
    cities and then city by city: an expectation that none of all records fails holds for each extract, and only the
    others are judged extract by extract. What is asked of an extract as a whole names it by `extract_id`.
    """
    spotless = [file for file in files if not _unreadable(file, con)]
    clean = _clean(spotless, {}, validator, con)
    found: dict[str, list[Judgement]] = {}
    for _, group in groupby(files, key=lambda file: file.feed.key):
        together = list(group)
        of_feed = _clean([file for file in together if file in spotless], clean, validator, con)
        for file in together:
            found[file.extract_id] = _judge_file(file, of_feed if file in spotless else {}, validator, con)
    return [found[file.extract_id] for file in files]


def _unreadable(file: Written, con: duckdb.DuckDBPyConnection) -> int:
    query = f"SELECT count(*) FROM read_parquet('{file.path}') WHERE NOT is_duplicate AND len(reasons) > 0"
    return int(con.execute(query).fetchall()[0][0])


def _clean(files: Sequence[Written], known: dict[str, Judgement], validator: "Validator",
           con: duckdb.DuckDBPyConnection) -> dict[str, Judgement]:
    """Return the judgements, by expectation, that no record of any of these files gives cause to doubt, beside `known`."""
    asked = {entry.id: entry for file in files for entry in expectations_of(file.feed)}
    single = [entry for entry in asked.values() if failing_records(entry) and entry.id not in known]
    if len(files) < 2 or len(single) < _FEW or _records(files, con) > _TOGETHER:
        return known
    judged = judge(validator, relation(files, "records"), single, hold=True)
    judged = _held_against_predicates(judged, files, "records", con)
    return known | {entry.expectation.id: entry for entry in judged if entry.outcome == "passed" and entry.unexpected == 0}


def _records(files: Sequence[Written], con: duckdb.DuckDBPyConnection) -> int:
    listed = ", ".join(f"'{file.path}'" for file in files)
    return int(con.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata([{listed}])").fetchall()[0][0] or 0)


def _judge_file(file: Written, clean: dict[str, Judgement], validator: "Validator",
                con: duckdb.DuckDBPyConnection) -> list[Judgement]:
    expectations = expectations_of(file.feed)
    rest = [entry for entry in expectations if entry.id not in clean]
    # Where every record can be read the two scopes are the same relation, and one validation does for both.
    scopes = (("received",), ("records",)) if not clean and _unreadable(file, con) else (("received", "records"),)
    found = dict(clean)
    if clean:
        records = int(con.execute(f"SELECT count(*) FROM ({relation([file], 'records')})").fetchall()[0][0])
        found = {name: replace(entry, evaluated=entry.evaluated and records) for name, entry in clean.items()}
    for together in scopes:
        ours = [entry for entry in rest if entry.scope in together]
        judged = judge(validator, relation([file], together[0]), ours)
        found |= {entry.expectation.id: entry for entry in _held_against_predicates(judged, [file], together[0], con)}
    return [found[entry.id] for entry in expectations]


def _held_against_predicates(judged: list[Judgement], files: Sequence[Written], scope: str,
                             con: duckdb.DuckDBPyConnection) -> list[Judgement]:
    """Return the judgements; a count that GX and the predicate disagree on was not measured."""
    picking = [entry for entry in judged
               if entry.expectation.consequence == "quarantine" and entry.outcome != "could_not_be_measured"]
    predicates = {entry.expectation.id: failing_records(entry.expectation) for entry in picking}
    counts = ", ".join(f"count(*) FILTER ({test})" for test in predicates.values() if test)
    row = con.execute(f"SELECT {counts} FROM ({relation(files, scope)})").fetchall()[0] if counts else ()
    picked = dict(zip((name for name, test in predicates.items() if test), row, strict=True))
    return [_compared(entry, picked.get(entry.expectation.id)) if entry in picking else entry for entry in judged]


def _compared(judged: Judgement, picked: int | None) -> Judgement:
    if judged.unexpected == picked and picked is not None:
        return judged
    said = (f"Great Expectations counts {judged.unexpected} failing records, the predicate picks {picked}"
            if picked is not None else f"{judged.expectation.type} picks no single records, so it cannot quarantine")
    return Judgement(judged.expectation, "could_not_be_measured", judged.evaluated, judged.unexpected, said)
