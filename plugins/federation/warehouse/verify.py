"""Whether a build may be released: dbt tests and the warehouse suite on it, every record
accounted for."""

from collections.abc import Sequence
from itertools import groupby

from federation.common.engine import connect
from federation.common.errors import DataProblem
from federation.common.paths import WAIVERS, Home
from federation.common.sql import compose, identifier
from federation.common.vocabulary import Consequence, Dimension, Outcome
from federation.contracts.model import Feed
from federation.datasets.suites import load_suite
from federation.gate.waivers import expired
from federation.ledger import Ledger, Measured
from federation.warehouse.dbt.process import Dbt
from federation.warehouse.ops import write_ops, write_results
from federation.warehouse.plan import Plan


def verify(plan: Plan, feeds: Sequence[Feed], ledger: Ledger, home: Home, dbt: Dbt) -> float:
    """Write `ops`, then hold the build against its tests.

    Raises DataProblem that names what failed.

    Returns dbt's own start-up seconds.
    """
    _refuse_expired_waivers()
    with connect(home.build, spill=home.scratch) as con:
        write_ops(con, plan.inputs, feeds, ledger, home, plan.scores_kept)
        con.execute("CHECKPOINT")
    starting = dbt.run("test", "--exclude-resource-type", "unit_test")
    _judge_build(ledger, home)
    with connect(home.build) as con:
        write_results(con, ledger)
    return starting


def _refuse_expired_waivers() -> None:
    found = expired()
    if found:
        said = "; ".join(
            f"{waiver.city}/{waiver.dataset} {waiver.expectation} ({waiver})" for waiver in found
        )
        raise DataProblem(
            f"the build was not released: expired waivers: {said}",
            where=str(WAIVERS),
            todo=(
                "take the entry out, or write it anew with a later day; the last release keeps "
                "serving"
            ),
        )


def _judge_build(ledger: Ledger, home: Home) -> None:
    from federation.gate.gx_duckdb import Validator
    from federation.gate.judge import judge

    expectations = sorted(load_suite("warehouse").expectations, key=lambda entry: entry.table)
    judged = []
    with Validator(str(home.build)) as validator:
        for table, group in groupby(expectations, key=lambda entry: entry.table):
            records = compose("SELECT * FROM {table}", table=identifier(*table.split(".")))
            judged += judge(validator, records, list(group))
    ledger.results.add(
        Measured(
            suite="warehouse",
            expectation=entry.expectation.id,
            dimension=Dimension(entry.expectation.dimension),
            severity=Consequence(entry.expectation.consequence).severity,
            consequence=Consequence(entry.expectation.consequence),
            outcome=entry.outcome,
            evaluated=entry.evaluated,
            unexpected=entry.unexpected,
            message=entry.message,
        )
        for entry in judged
    )
    broken = [
        entry
        for entry in judged
        if entry.outcome != Outcome.PASSED and entry.expectation.consequence == Consequence.REJECT
    ]
    if broken:
        said = "; ".join(
            f"{entry.expectation.id} {entry.outcome} ({entry.expectation.message['en']}, "
            f"{entry.message})"
            for entry in broken
        )
        raise DataProblem(
            f"the build was not released: {said}",
            where="expectations/suites/warehouse.yml",
            todo="the last release keeps serving; see ops.quality_results and run again",
        )
