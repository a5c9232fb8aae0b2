"""What must hold for a feed's extracts, judged: Great Expectations on DuckDB, held against the predicates."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from federation.contracts.model import Feed
from federation.gate.judge import Judgement, judge
from federation.gate.predicates import failing_records
from federation.suites import Expectation, load_suite

if TYPE_CHECKING:
    from federation.gate.gx_duckdb import Validator


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


def relation(files: Sequence[Path], scope: str) -> str:
    """Return the SELECT of the records that an expectation judges; further copies of a record are never judged."""
    readable = "" if scope == "received" else " AND len(reasons) = 0"
    listed = ", ".join(f"'{file}'" for file in files)
    return (f"SELECT *, len(reasons) = 0 AS is_readable FROM read_parquet([{listed}]) "
            f"WHERE NOT is_duplicate{readable}")


def judge_extracts(feed: Feed, files: Sequence[Path], validator: "Validator",
                   con: duckdb.DuckDBPyConnection) -> list[list[Judgement]]:
    """Return for each conformed file one judgement per expectation, in the order of the suite.

    What GX costs it costs once a validation, whatever the data. So the extracts are first judged together: an
    expectation on single records that none of all records fails holds for each extract, and only the others are
    judged extract by extract.
    """
    expectations = expectations_of(feed)
    spotless = [file for file in files if not _unreadable(file, con)]
    clean = _clean(spotless, expectations, validator, con) if len(spotless) > 1 else {}
    return [_judge_file(file, expectations, clean if file in spotless else {}, validator, con) for file in files]


def _unreadable(file: Path, con: duckdb.DuckDBPyConnection) -> int:
    query = f"SELECT count(*) FROM ({relation([file], 'received')}) WHERE NOT is_readable"
    return int(con.execute(query).fetchall()[0][0])


def _clean(files: Sequence[Path], expectations: Sequence[Expectation], validator: "Validator",
           con: duckdb.DuckDBPyConnection) -> dict[str, Judgement]:
    """Return the judgements, by expectation, that no record of any of these files gives cause to doubt."""
    single = [entry for entry in expectations if failing_records(entry)]
    judged = _held_against_predicates(judge(validator, relation(files, "records"), single), files, "records", con)
    return {entry.expectation.id: entry for entry in judged if entry.outcome == "passed" and entry.unexpected == 0}


def _judge_file(file: Path, expectations: Sequence[Expectation], clean: dict[str, Judgement], validator: "Validator",
                con: duckdb.DuckDBPyConnection) -> list[Judgement]:
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


def _held_against_predicates(judged: list[Judgement], files: Sequence[Path], scope: str,
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
