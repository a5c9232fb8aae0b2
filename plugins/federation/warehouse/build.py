"""From accepted extracts to a private build: copy the last release, add new inputs, run dbt."""

import shutil
from pathlib import Path

from federation.common.engine import connect
from federation.common.paths import Home
from federation.lineage.events import emit_input_lineage
from federation.warehouse.dbt.process import Dbt
from federation.warehouse.inputs import lay_out_inputs
from federation.warehouse.plan import Plan


def build(plan: Plan, home: Home, dbt: Dbt) -> float:
    """Make `home.build` hold what the plan says; return dbt's own start-up seconds.

    A build starts from a release or from nothing: an earlier, unfinished build is removed.
    Raises DataProblem when dbt fails.
    """
    start_from(plan.base, home)
    with connect(home.build, spill=home.scratch) as con:
        lay_out_inputs(con, plan, home)
        con.execute("CHECKPOINT")
    emit_input_lineage(plan.pending, home)
    return dbt.run("run")


def start_from(base: str | None, home: Home) -> None:
    """Make the build file a copy of the base release, or remove it."""
    home.build.parent.mkdir(parents=True, exist_ok=True)
    for leftover in (home.build, Path(f"{home.build}.wal")):
        leftover.unlink(missing_ok=True)
    if base:
        shutil.copyfile(home.release(base), home.build)
        home.build.chmod(0o644)
