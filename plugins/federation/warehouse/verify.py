"""Whether a build may be released: dbt tests, the warehouse suite, every record accounted for."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from federation.common.engine import connect
from federation.common.errors import DataProblem
from federation.common.paths import WAIVERS, Home
from federation.common.sql import compose, identifier
from federation.contracts.model import Feed
from federation.datasets.suites import SEVERITY, load_suite
from federation.gate.waivers import expired
from federation.ledger import Ledger, Measured
from federation.warehouse.dbt.process import Dbt
from federation.warehouse.ops import write_ops, write_results
from federation.warehouse.plan import Plan

if TYPE_CHECKING:
    from federation.gate.judge import Judgement


def verify(plan: Plan, feeds: Sequence[Feed], ledger: Ledger, home: Home, dbt: Dbt) -> float:
    """Write `ops` and test the build; return dbt's own start-up seconds.

    Raises DataProblem that names what failed.
    """
    _refuse_expired_waivers()
    with connect(home.build, spill=home.scratch) as con:
        write_ops(con, plan.inputs, feeds, ledger, home)
        con.execute("CHECKPOINT")
    starting = dbt.run("test", "--exclude-resource-type", "unit_test")
    _judge_build(ledger, home)
    with connect(home.build) as con:
        write_results(con, ledger)
    return starting


def _refuse_expired_waivers() -> None:
    waivers = expired()
    if not waivers:
        return
    names = [f"{each.city}/{each.dataset} {each.expectation} ({each})" for each in waivers]
    raise DataProblem(
        f"the build was not released: expired waivers: {'; '.join(names)}",
        where=str(WAIVERS),
        todo=(
            "take the entry out, or write it anew with a later day; the last release keeps serving"
        ),
    )


def _judge_build(ledger: Ledger, home: Home) -> None:
    """Judge the build by the warehouse suite and record the results.

    Raises DataProblem when an expectation that rejects does not pass.
    """
    judgements = _judgements(home)
    ledger.add_results(map(_measured, judgements))
    broken = [
        judgement
        for judgement in judgements
        if judgement.outcome != "passed" and judgement.expectation.consequence == "reject"
    ]
    if broken:
        raise DataProblem(
            f"the build was not released: {'; '.join(map(_message, broken))}",
            where="expectations/suites/warehouse.yml",
            todo="the last release keeps serving; see ops.quality_results and run again",
        )


def _judgements(home: Home) -> list["Judgement"]:
    from federation.gate.gx_duckdb import Validator
    from federation.gate.judge import judge

    by_table = attrgetter("table")
    expectations = sorted(load_suite("warehouse").expectations, key=by_table)
    judgements = []
    with Validator(str(home.build)) as validator:
        for table, group in groupby(expectations, key=by_table):
            rows = compose("SELECT * FROM {table}", table=identifier(*table.split(".")))
            judgements += judge(validator, rows, list(group))
    return judgements


def _measured(judgement: "Judgement") -> Measured:
    expectation = judgement.expectation
    return Measured(
        suite="warehouse",
        expectation=expectation.id,
        dimension=expectation.dimension,
        severity=SEVERITY[expectation.consequence],
        consequence=expectation.consequence,
        outcome=judgement.outcome,
        evaluated=judgement.evaluated,
        unexpected=judgement.unexpected,
        message=judgement.message,
    )


def _message(judgement: "Judgement") -> str:
    expectation = judgement.expectation
    about = f"{expectation.message['en']}, {judgement.message}"
    return f"{expectation.id} {judgement.outcome} ({about})"
