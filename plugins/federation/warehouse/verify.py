"""Whether a build may be released: waivers, dbt's tests and the warehouse suite decide."""

from collections.abc import Sequence
from itertools import groupby

from federation.common.engine import connect
from federation.common.errors import DataProblem
from federation.common.paths import WAIVERS, Home
from federation.common.sql import compose, identifier
from federation.common.vocabulary import Consequence, Dimension, Outcome
from federation.contracts.model import Feed
from federation.datasets.suites import load_suite
from federation.gate.judge import Judgement, judge
from federation.gate.waivers import expired
from federation.ledger import Ledger, Measured
from federation.warehouse.dbt.process import Dbt
from federation.warehouse.ops import write_ops, write_results
from federation.warehouse.plan import Plan


def verify(plan: Plan, feeds: Sequence[Feed], ledger: Ledger, home: Home, dbt: Dbt) -> float:
    """Write `ops` and test the build; return dbt's own start-up seconds.

    Raises DataProblem that names what failed.
    """
    _refuse_expired_waivers()
    with connect(home.build, spill=home.scratch) as con:
        write_ops(con, plan, feeds, ledger, home)
        con.execute("CHECKPOINT")
    starting = dbt.run("test", "--exclude-resource-type", "unit_test")
    _judge_build(ledger, home)
    with connect(home.build) as con:
        write_results(con, feeds, ledger)
    return starting


def _refuse_expired_waivers() -> None:
    waivers = expired()
    if not waivers:
        return
    names = "; ".join(
        f"{waiver.city}/{waiver.dataset} {waiver.expectation} ({waiver})" for waiver in waivers
    )
    raise DataProblem(
        f"the build was not released: expired waivers: {names}",
        where=str(WAIVERS),
        todo="take the entry out, or write it anew with a later day; "
        "the last release keeps serving",
    )


def _judge_build(ledger: Ledger, home: Home) -> None:
    """Hold the build against the warehouse suite; raises DataProblem when an expectation fails."""
    judgements = _judgements(home)
    ledger.results.add(map(_measured, judgements))
    broken = [entry for entry in judgements if _blocks_release(entry)]
    if broken:
        raise DataProblem(
            f"the build was not released: {'; '.join(map(_description, broken))}",
            where="expectations/suites/warehouse.yml",
            todo="the last release keeps serving; see ops.quality_results and run again",
        )


def _judgements(home: Home) -> list[Judgement]:
    from federation.gate.gx_duckdb import Validator

    expectations = sorted(load_suite("warehouse").expectations, key=lambda entry: entry.table)
    judgements: list[Judgement] = []
    with Validator(str(home.build), home.scratch) as validator:
        for table, group in groupby(expectations, key=lambda entry: entry.table):
            records = compose("SELECT * FROM {table}", table=identifier(*table.split(".")))
            judgements += judge(validator, records, list(group))
    return judgements


def _measured(judgement: Judgement) -> Measured:
    expectation = judgement.expectation
    consequence = Consequence(expectation.consequence)
    return Measured(
        suite="warehouse",
        expectation=expectation.id,
        dimension=Dimension(expectation.dimension),
        severity=consequence.severity,
        consequence=consequence,
        outcome=judgement.outcome,
        evaluated=judgement.evaluated,
        unexpected=judgement.unexpected,
        message=judgement.message,
    )


def _blocks_release(judgement: Judgement) -> bool:
    must_hold = judgement.expectation.consequence == Consequence.REJECT
    return must_hold and judgement.outcome != Outcome.PASSED


def _description(judgement: Judgement) -> str:
    expectation = judgement.expectation
    why = f"{expectation.message['en']}, {judgement.message}"
    return f"{expectation.id} {judgement.outcome} ({why})"
