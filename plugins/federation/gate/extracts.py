"""The expectations on a feed's extracts, judged by Great Expectations on DuckDB and compared with
the predicates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb

from federation.common.sql import Sql, compose, listed, parquet
from federation.common.vocabulary import Consequence, Dimension, Outcome
from federation.contracts.model import Feed
from federation.datasets.suites import Expectation
from federation.gate.conformed_file import ConformedFile, relation
from federation.gate.history import AT_LEAST, with_limits
from federation.gate.judge import Judgement, judge, judge_each
from federation.gate.predicates import failing_records

if TYPE_CHECKING:
    from federation.gate.gx_duckdb import Validator

_TOGETHER = 500_000  # records that are held in memory while they are judged, some 0.4 kB each


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
    if not expectation.needs <= carried:
        return False
    return not named or bool(named & carried)


def judge_extracts(
    files: Sequence[ConformedFile], validator: "Validator", con: duckdb.DuckDBPyConnection
) -> list[list[Judgement]]:
    """Return for each conformed file of one dataset one judgement per expectation, in the order of
    the suite.

    All files are judged in one validation, extract by extract. What cannot be measured there is
    asked of each extract alone, so that no extract's oddity is another's.
    """
    if not files:
        return []
    files = with_limits(files, con)
    judgements: dict[tuple[str, int], Judgement] = {}
    for scope_names in _scopes(files, con):
        judgements |= _judge_scope(files, scope_names, validator, con)
    return [_of_file(file, number, judgements) for number, file in enumerate(files)]


def _scopes(
    files: Sequence[ConformedFile], con: duckdb.DuckDBPyConnection
) -> tuple[tuple[str, ...], ...]:
    """Return the scopes whose records are the same: both, where every record can be read."""
    query = compose(
        "SELECT count(*) FROM {files} WHERE NOT is_duplicate AND len(reasons) > 0",
        files=parquet(*(file.path for file in files)),
    )
    unreadable = con.execute(query).fetchall()[0][0]
    return (("received",), ("records",)) if unreadable else (("received", "records"),)


def _judge_scope(
    files: Sequence[ConformedFile],
    scope_names: Sequence[str],
    validator: "Validator",
    con: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, int], Judgement]:
    """Return the judgements on the records of a scope, by expectation and number of the file."""
    scope = scope_names[0]
    asked = {
        entry.id: entry
        for file in files
        for entry in expectations_of(file.feed)
        if entry.scope in scope_names
    }
    records = relation(files, scope)
    hold = _records(files, con) <= _TOGETHER
    each = judge_each(validator, records, list(asked.values()), len(files), hold=hold)
    picked = _picked([entry for name, entry in asked.items() if any(each[name])], records, con)
    judgements: dict[tuple[str, int], Judgement] = {}
    for number, file in enumerate(files):
        of_file = {name: each[name][number] for name in asked}
        judgements |= {
            (name, number): _compared(entry, picked.get((name, number), 0))
            for name, entry in of_file.items()
            if entry
        }
        unasked = _not_applicable(file)
        alone = [
            asked[name] for name, entry in of_file.items() if not entry and name not in unasked
        ]
        judgements |= {
            (entry.expectation.id, number): entry
            for entry in _judge_alone(file, scope, alone, validator, con)
        }
    return judgements


def _judge_alone(
    file: ConformedFile,
    scope: str,
    expectations: list[Expectation],
    validator: "Validator",
    con: duckdb.DuckDBPyConnection,
) -> list[Judgement]:
    if not expectations:
        return []
    records = relation([file], scope)
    judged = judge(validator, records, expectations)
    measured = [entry for entry in judged if entry.outcome != Outcome.COULD_NOT_BE_MEASURED]
    picked = _picked([entry.expectation for entry in measured], records, con)
    return [
        _compared(entry, picked.get((entry.expectation.id, 0), 0)) if entry in measured else entry
        for entry in judged
    ]


def _records(files: Sequence[ConformedFile], con: duckdb.DuckDBPyConnection) -> int:
    query = "SELECT coalesce(sum(num_rows), 0) FROM parquet_file_metadata(?)"
    return int(con.execute(query, [[str(file.path) for file in files]]).fetchall()[0][0])


def _of_file(
    file: ConformedFile, number: int, judgements: Mapping[tuple[str, int], Judgement]
) -> list[Judgement]:
    unasked = _not_applicable(file)
    return [
        unasked.get(entry.id) or _with_evidence(judgements[entry.id, number], file)
        for entry in expectations_of(file.feed)
    ]


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
    return replace(judged, evidence=limit.evidence) if limit else judged


def _picked(
    expectations: Iterable[Expectation], records: Sql, con: duckdb.DuckDBPyConnection
) -> dict[tuple[str, int], int]:
    """Return how many records the predicates pick that decide what stays out, by expectation and
    number of the file; nothing for a file without records."""
    predicates = {
        entry.id: predicate
        for entry in expectations
        if _picks(entry) and (predicate := failing_records(entry))
    }
    if not predicates:
        return {}
    query = compose(
        "WITH batch AS ({records}) SELECT extract_number, {counts} FROM batch GROUP BY ALL",
        counts=listed(Sql(f"count(*) FILTER ({test})") for test in predicates.values()),
        records=records,
    )
    rows = con.execute(query).fetchall()
    return {
        (name, row[0]): count
        for row in rows
        for name, count in zip(predicates, row[1:], strict=True)
    }


def _picks(expectation: Expectation) -> bool:
    return expectation.consequence in (Consequence.QUARANTINE, Consequence.BLANK)


def _compared(judged: Judgement, picked: int) -> Judgement:
    """Return the judgement; a count that Great Expectations and the predicate disagree on was not
    measured."""
    expectation = judged.expectation
    if not _picks(expectation):
        return judged
    if not failing_records(expectation):
        message = (
            f"{expectation.type} picks no single records, so it cannot {expectation.consequence}"
        )
    elif judged.unexpected != picked:
        message = (
            f"Great Expectations counts {judged.unexpected} failing records, the predicate picks "
            f"{picked}"
        )
    else:
        return judged
    unmeasured = Outcome.COULD_NOT_BE_MEASURED
    return Judgement(expectation, unmeasured, judged.evaluated, judged.unexpected, message)
