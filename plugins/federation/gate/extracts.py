"""The expectations on a feed's extracts, judged by Great Expectations on DuckDB and compared with
the predicates."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import duckdb

from federation.common.sql import Sql, compose, listed
from federation.common.vocabulary import Consequence, Dimension, Outcome
from federation.contracts.model import Feed
from federation.datasets.suites import Expectation
from federation.gate.conformed_file import ConformedFile, relation
from federation.gate.history import AT_LEAST, with_limits
from federation.gate.judge import Judgement, judge
from federation.gate.predicates import failing_records

if TYPE_CHECKING:
    from federation.gate.gx_duckdb import Validator

_FEW = 4  # expectations that are judged file by file at once, as that costs no more
_TOGETHER = 500_000  # records that are judged at once: they are held in memory, some 0.4 kB each


def expectations_of(feed: Feed) -> list[Expectation]:
    """Return the expectations on a feed's extracts: the contract's own, then those of the suite."""
    suite = feed.suite
    keys = {column.name for column in suite.columns if column.key}
    required = [column.name for column in feed.national if column.required or column.name in keys]
    return [*(_complete(name) for name in required), *suite.expectations]


def _complete(column: str) -> Expectation:
    return Expectation(
        id=f"{column}_given",
        type="expect_column_values_to_not_be_null",
        kwargs={"column": column},
        where="",
        scope="received",
        consequence=Consequence.QUARANTINE,
        dimension=Dimension.COMPLETENESS,
        reason=(
            "The contract requires the column: without it a record can be neither identified nor "
            "placed."
        ),
        observed="",
        message={
            "th": f"ไม่มีค่าในคอลัมน์ที่จำเป็น ({column})",
            "en": f"a required value is missing ({column})",
        },
    )


def applies(expectation: Expectation, feed: Feed) -> bool:
    """Whether the city delivers what the expectation is about; what is not promised is no fault."""
    carried, named = (
        {column.name for column in feed.national},
        feed.suite.named_by(expectation),
    )
    if expectation.averaging and not any(
        column.name in named and column.averaging == expectation.averaging
        for column in feed.national
    ):
        return False
    return not named or bool(named & carried)


def judge_extracts(
    files: Sequence[ConformedFile], validator: "Validator", con: duckdb.DuckDBPyConnection
) -> list[list[Judgement]]:
    """Return for each conformed file of one dataset one judgement per expectation, in the order of
    the suite.

    The cost of Great Expectations is per validation, not per row. So the extracts are first judged
    together, then city by city: an expectation that no record fails holds for each extract, and
    only the others are judged extract by extract. An expectation on an extract as a whole names it
    by `extract_id`.
    """
    files = with_limits(files, con)
    spotless = [file for file in files if not _unreadable(file, con)]
    clean = _clean(spotless, {}, validator, con)
    judgements: dict[str, list[Judgement]] = {}
    for _, group in groupby(files, key=lambda file: file.feed.key):
        of_one_feed = list(group)
        of_feed = _clean([file for file in of_one_feed if file in spotless], clean, validator, con)
        for file in of_one_feed:
            judgements[file.extract_id] = _judge_file(
                file, of_feed if file in spotless else {}, validator, con
            )
    return [judgements[file.extract_id] for file in files]


def _unreadable(file: ConformedFile, con: duckdb.DuckDBPyConnection) -> int:
    query = "SELECT count(*) FROM read_parquet(?) WHERE NOT is_duplicate AND len(reasons) > 0"
    return int(con.execute(query, [str(file.path)]).fetchall()[0][0])


def _clean(
    files: Sequence[ConformedFile],
    judgements: dict[str, Judgement],
    validator: "Validator",
    con: duckdb.DuckDBPyConnection,
) -> dict[str, Judgement]:
    """Return the given judgements, by expectation, and those that hold for all these files: no
    record of any of them fails."""
    asked = {entry.id: entry for file in files for entry in expectations_of(file.feed)}
    single = [
        entry for entry in asked.values() if failing_records(entry) and entry.id not in judgements
    ]
    if len(files) < 2 or len(single) < _FEW or _records(files, con) > _TOGETHER:
        return judgements
    judged = judge(validator, relation(files, "records"), single, hold=True)
    judged = _held_against_predicates(judged, files, "records", con)
    return judgements | {
        entry.expectation.id: entry
        for entry in judged
        if entry.outcome == Outcome.PASSED and entry.unexpected == 0
    }


def _records(files: Sequence[ConformedFile], con: duckdb.DuckDBPyConnection) -> int:
    query = "SELECT coalesce(sum(num_rows), 0) FROM parquet_file_metadata(?)"
    return int(con.execute(query, [[str(file.path) for file in files]]).fetchall()[0][0])


def _judge_file(
    file: ConformedFile,
    clean: dict[str, Judgement],
    validator: "Validator",
    con: duckdb.DuckDBPyConnection,
) -> list[Judgement]:
    expectations, unasked = expectations_of(file.feed), _not_applicable(file)
    rest = [entry for entry in expectations if entry.id not in clean and entry.id not in unasked]
    # Where every record can be read the two scopes are the same relation, and one validation does
    # for both.
    scopes = (
        (("received",), ("records",))
        if not clean and _unreadable(file, con)
        else (("received", "records"),)
    )
    judgements = dict(clean)
    if clean:
        records = int(
            con.execute(
                compose("SELECT count(*) FROM ({records})", records=relation([file], "records"))
            ).fetchall()[0][0]
        )
        judgements = {
            name: replace(entry, evaluated=entry.evaluated and records)
            for name, entry in clean.items()
        }
    for scope_names in scopes:
        of_scope = [entry for entry in rest if entry.scope in scope_names]
        judged = judge(validator, relation([file], scope_names[0]), of_scope)
        judgements |= {
            entry.expectation.id: entry
            for entry in _held_against_predicates(judged, [file], scope_names[0], con)
        }
    judgements |= unasked
    return [_with_evidence(judgements[entry.id], file) for entry in expectations]


def _not_applicable(file: ConformedFile) -> dict[str, Judgement]:
    """Return the judgements on what cannot be asked of this file, by expectation."""
    judgements = {}
    for entry in expectations_of(file.feed):
        short = entry.history is not None and entry.id not in file.limits
        if short or not applies(entry, file.feed):
            why = (
                f"fewer than {AT_LEAST} earlier files to compare with"
                if short
                else "the city does not deliver this"
            )
            judgements[entry.id] = Judgement(entry, Outcome.NOT_APPLICABLE, None, None, why)
    return judgements


def _with_evidence(judged: Judgement, file: ConformedFile) -> Judgement:
    limit = file.limits.get(judged.expectation.id)
    return (
        replace(judged, evidence=limit.evidence)
        if limit and judged.outcome != Outcome.NOT_APPLICABLE
        else judged
    )


def _held_against_predicates(
    judged: list[Judgement],
    files: Sequence[ConformedFile],
    scope: str,
    con: duckdb.DuckDBPyConnection,
) -> list[Judgement]:
    """Return the judgements; a count that GX and the predicate disagree on was not measured."""
    picking = [
        entry
        for entry in judged
        if entry.expectation.consequence in (Consequence.QUARANTINE, Consequence.BLANK)
        and entry.outcome != Outcome.COULD_NOT_BE_MEASURED
    ]
    predicates = {entry.expectation.id: failing_records(entry.expectation) for entry in picking}
    counts = [Sql(f"count(*) FILTER ({test})") for test in predicates.values() if test]
    row: tuple[int, ...] = ()
    if counts:
        query = compose(
            "WITH batch AS ({records}) SELECT {counts} FROM batch",
            counts=listed(counts),
            records=relation(files, scope),
        )
        row = con.execute(query).fetchall()[0]
    picked = dict(zip((name for name, test in predicates.items() if test), row, strict=True))
    return [
        _compared(entry, picked.get(entry.expectation.id)) if entry in picking else entry
        for entry in judged
    ]


def _compared(judged: Judgement, picked: int | None) -> Judgement:
    if judged.unexpected == picked and picked is not None:
        return judged
    message = (
        f"Great Expectations counts {judged.unexpected} failing records, the predicate picks "
        f"{picked}"
        if picked is not None
        else f"{judged.expectation.type} picks no single records, so it cannot "
        f"{judged.expectation.consequence}"
    )
    return Judgement(
        judged.expectation,
        Outcome.COULD_NOT_BE_MEASURED,
        judged.evaluated,
        judged.unexpected,
        message,
    )
