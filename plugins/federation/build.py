"""From accepted extracts to a private build: the last release's copy, the new inputs laid out, dbt run on it."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from federation.engine import connect
from federation.errors import DataProblem
from federation.paths import DBT_PROJECT, Home
from federation.plan import Input, Plan
from federation.reference import area_table, city_table, date_table, succession_table
from federation.suites import dataset_names, load_suite
from federation.work import verify_bytes


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


def lay_out_inputs(con: duckdb.DuckDBPyConnection, plan: Plan, home: Home) -> None:
    """Create schema `inputs`: a relation of accepted records per dataset, the work list, reference tables."""
    con.execute("CREATE SCHEMA inputs")
    for dataset in dataset_names():
        pending = [entry for entry in plan.pending if entry.dataset == dataset]
        con.execute(f"CREATE VIEW inputs.{dataset} AS {accepted_records(dataset, pending, home)}")
    _table(con, "replaced", _replaced(plan))
    _table(con, "touched", _touched(plan))
    _table(con, "city", city_table(plan.cities))
    _table(con, "coverage", _coverage(plan))
    _table(con, "area", area_table())
    _table(con, "succession", succession_table())
    _table(con, "date", date_table())


def accepted_records(dataset: str, pending: Sequence[Input], home: Home) -> str:
    """Return the SELECT of the records that may enter the warehouse from the pending extracts of a dataset."""
    columns = {"city_code": "VARCHAR"} | {column.name: column.type for column in load_suite(dataset).columns}
    columns |= {"extract_id": "VARCHAR", "row_number": "BIGINT"}
    spotless = [_whole(entry, home) for entry in pending if not entry.records_quarantined]
    spotted = [_whole(entry, home) for entry in pending if entry.records_quarantined]
    names = ", ".join(f'r."{name}"' for name in columns)
    parts = [f"SELECT {', '.join(f'CAST(NULL AS {kind}) AS {name}' for name, kind in columns.items())} WHERE false"]
    if spotless:
        parts.append(f"SELECT {names} FROM read_parquet({_files(spotless)}) AS r "
                     "WHERE NOT r.is_duplicate")
    if spotted:
        parts.append(f"SELECT {names} FROM read_parquet({_files(spotted)}) AS r "
                     f"ANTI JOIN read_parquet({_files(map(Home.quarantine, spotted))}) AS q "
                     "ON q.extract_id = r.extract_id AND q.row_number = r.row_number WHERE NOT r.is_duplicate")
    return " UNION ALL ".join(parts)


def _whole(entry: Input, home: Home) -> Path:
    """Return the conformed file; raises DataProblem, and removes it, when its bytes are not those written."""
    file = home.at(entry.conformed)
    verify_bytes(file, entry.conformed_sha256)
    return file


def _files(paths: Iterable[Path]) -> str:
    return "[" + ", ".join(f"'{path}'" for path in paths) + "]"


def _replaced(plan: Plan) -> pa.Table:
    rows = sorted({(entry.dataset, entry.extract_id) for entry in (*plan.replaced, *plan.pending)})
    return pa.table({"dataset": pa.array([row[0] for row in rows], pa.string()),
                     "extract_id": pa.array([row[1] for row in rows], pa.string())})


def _touched(plan: Plan) -> pa.Table:
    return _periods("dataset", plan.touched)


def _coverage(plan: Plan) -> pa.Table:
    """Return the partitions that current extracts cover, those of the base included, by the fact they fill."""
    return _periods("fact", sorted({(load_suite(entry.dataset).fact, entry.city_code, entry.first_date, entry.last_date)
                                    for entry in plan.inputs if entry.state == "current"}))


def _periods(name: str, rows: Sequence[tuple[str, str, str, str]]) -> pa.Table:
    names = (name, "city_code", "first_date", "last_date")
    table = pa.table({name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)})
    kinds = (pa.string(), pa.string(), pa.date32(), pa.date32())
    return table.cast(pa.schema(list(zip(names, kinds, strict=True))))


def _table(con: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    con.register("rows_of_input", rows)
    con.execute(f"CREATE TABLE inputs.{name} AS SELECT * FROM rows_of_input")
    con.unregister("rows_of_input")


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
