"""From accepted extracts to a private build: the last release's copy, the new inputs laid out, dbt run on it."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from federation.build_inputs import lay_out_inputs
from federation.engine import connect
from federation.errors import DataProblem
from federation.paths import DBT_PROJECT, Home
from federation.plan import Plan


def build(plan: Plan, home: Home) -> float:
    """Make `home.build` hold what the plan says; return dbt's own start-up seconds; raises DataProblem when dbt fails.

    Nothing of an earlier, unfinished build is kept: a build always starts from a release or from nothing.
    """
    start_from(plan.base, home)
    with connect(home.build, spill=home.scratch) as con:
        lay_out_inputs(con, plan, home)
        con.execute("CHECKPOINT")
    return run_dbt("run", home)


def start_from(base: str | None, home: Home) -> None:
    """Make the build file a copy of the base release, or remove it."""
    home.build.parent.mkdir(parents=True, exist_ok=True)
    for leftover in (home.build, Path(f"{home.build}.wal")):
        leftover.unlink(missing_ok=True)
    if base:
        shutil.copyfile(home.release(base), home.build)
        home.build.chmod(0o644)


def run_dbt(command: str, home: Home, *arguments: str) -> float:
    """Run dbt on the build file in a process of its own; raises DataProblem with what dbt said of the failure.

    Returns the seconds that went into starting dbt (imports, parsing), before any node ran.
    """
    began = time.monotonic()
    if command == "run":
        command, arguments = "build", ("--exclude-resource-type", "test", "unit_test", *arguments)
    call_dbt(command, home, *arguments)
    results = json.loads((home.dbt_target / "run_results.json").read_text("utf-8"))
    return time.monotonic() - began - float(results["elapsed_time"])


def call_dbt(command: str, home: Home, *arguments: str) -> None:
    """Call dbt on the project in a process of its own; raises DataProblem with what dbt said of the failure."""
    home.scratch.mkdir(parents=True, exist_ok=True)
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home.root), "LANG": "C.UTF-8",
                   "HUB_BUILD_FILE": str(home.build), "HUB_BUILD_SCRATCH": str(home.scratch),
                   "HUB_BUILD_FOLDERS": os.pathsep.join(map(str, (home.build.parent, home.scratch, home.conformed_folder,
                                                                  DBT_PROJECT / "seeds")))}
    project = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--target-path", str(home.dbt_target),
               "--log-path", str(home.dbt_target), "--quiet", "--no-use-colors", "--no-version-check"]
    program = [sys.executable, "-c", "from dbt.cli.main import cli; cli()"]
    done = subprocess.run([*program, command, *arguments, *project], env=environment, capture_output=True, text=True,
                          encoding="utf-8")
    if done.returncode:
        said = "\n".join(line for line in (done.stdout + done.stderr).splitlines() if line.strip())
        raise DataProblem(f"dbt {command} failed:\n{said[-3000:]}", where=str(home.dbt_target / "dbt.log"),
                          todo="the last release keeps serving; correct what dbt names and run again")
