"""`make bench`: the whole pipeline against bare scripts that do the same work, in the same run.

Asserts nothing on time.

Prints rows per second, peak memory, seconds per step, the ratio to a bare DuckDB and a bare Polars
script, the seconds of a pass with nothing new, the seconds per step of adding one month to 12 and
to 60 months of history, how long the analysts' queries take on a release with 30 million hours of
air quality, what the gate costs against the same checks as plain SQL, and what all 77 provinces
cost. Absolute seconds depend on the machine; quote the ratios.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
from federation.common.engine import connect
from federation.common.paths import REPOSITORY, Home
from gate import gate
from support import nation
from support.platforms import Request, make_platforms

HERE = Path(__file__).parent
AIR = ("--dataset", "air_quality")
IMPORTS = ("contracts", "import great_expectations", "start dbt")
STEPS = ("fetch", "conform", "gate", "build", "verify", "release", "report")
MAY = (
    "*256905*",
    "*2026-05*",
    "*202605*",
    "*2026_05*",
    "*2569_05*",
    "year=2026/month=05/*.parquet",
)


def hub_run(home: Path, platforms: Path, *only: str, **more: str) -> tuple[dict[str, float], float]:
    """Return seconds per step of one pass, and the peak memory of its largest process in MiB."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    environment |= {"HUB_HOME": str(home), "HUB_PLATFORMS": str(platforms)} | more
    done = subprocess.run(
        [sys.executable, "-m", "federation.cli.main", "run", "--json", *only],
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return json.loads(done.stdout.strip().splitlines()[-1])["seconds"], peak


def work_seconds(seconds: dict[str, float]) -> float:
    """Return what a pass took, imports apart."""
    return (
        sum(seconds.get(step, 0.0) for step in STEPS)
        - seconds.get("import great_expectations", 0.0)
        - seconds.get("start dbt", 0.0)
    )


def bare(script: str, platforms: Path, target: Path) -> dict[str, Any]:
    """Run a bare script once and return what it printed."""
    for leftover in (target, target.with_suffix(".duckdb.wal")):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, str(HERE / script), str(platforms), str(target)],
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def compare_with_bare(folder: Path, scale: int, rounds: int) -> None:
    """The whole pipeline on some 13 million native rows, against the same work done by hand."""
    platforms = folder / "platforms"
    make_platforms(platforms, Request(seed=1, months=6, scale=scale), datasets=["air_quality"])
    totals: dict[str, list[float]] = {"hub": [], "duckdb": [], "polars": []}
    for number in range(rounds):
        seconds, peak = hub_run(folder / f"hub{number}", platforms, *AIR)
        shutil.rmtree(folder / f"hub{number}")
        duck = bare("bare_duckdb.py", platforms, folder / "bare.duckdb")
        polars = bare("bare_polars.py", platforms, folder / "bare.polars")
        for name, value in (
            ("hub", work_seconds(seconds)),
            ("duckdb", duck["seconds"]),
            ("polars", polars["seconds"]),
        ):
            totals[name].append(value)
        print(
            f"round {number + 1}: hub {totals['hub'][-1]:.2f} s, bare DuckDB "
            f"{duck['seconds']:.2f} s, "
            f"bare Polars {polars['seconds']:.2f} s",
            flush=True,
        )
    hub, fastest = median(totals["hub"]), min(median(totals["duckdb"]), median(totals["polars"]))
    print(
        f"\nrecords             {duck['rows']:,} ({duck['rows'] / hub:,.0f} a second, imports "
        "apart)"
    )
    print(f"peak memory         {peak:,.0f} MiB (largest process)")
    for step in (*IMPORTS, *STEPS):
        print(f"  {step:<26}{seconds.get(step, 0.0):8.2f} s")
    print(f"ratio to bare DuckDB {hub / median(totals['duckdb']):6.2f}")
    print(f"ratio to bare Polars {hub / median(totals['polars']):6.2f}")
    print(f"ratio to the faster  {hub / fastest:6.2f}   (aim 2.5)\n")
    shutil.rmtree(platforms)


def one_more_month(folder: Path, months: int) -> dict[str, float]:
    """Return seconds per step of the pass that adds May 2026 to `months` of history, and of one
    with nothing new."""
    platforms, held_back = folder / f"platforms{months}", folder / f"may{months}"
    make_platforms(platforms, Request(seed=1, months=months + 1, scale=2), datasets=["air_quality"])
    may = [file for pattern in MAY for file in platforms.rglob(pattern)]
    for file in may:
        target = held_back / file.relative_to(platforms)
        target.parent.mkdir(parents=True, exist_ok=True)
        file.rename(target)
    hub_run(folder / f"hub{months}", platforms, *AIR)
    nothing, _ = hub_run(folder / f"hub{months}", platforms, *AIR)
    shutil.copytree(held_back, platforms, dirs_exist_ok=True)
    added, _ = hub_run(folder / f"hub{months}", platforms, *AIR)
    for done in (platforms, held_back, folder / f"hub{months}"):
        shutil.rmtree(done)
    return added | {"nothing new": work_seconds(nothing), "files": len(may)}


def growth(folder: Path) -> None:
    """One more month after 12 and after 60 months: only verification's scan and the release's
    copy may grow."""
    after = {months: one_more_month(folder, months) for months in (12, 60)}
    print("one more month on top of        12 months   60 months   ratio")
    for step in (*STEPS, "nothing new"):
        few, many = after[12].get(step, 0.0), after[60].get(step, 0.0)
        print(f"  {step:<26}{few:10.2f} s{many:10.2f} s{many / few if few else 0:8.2f}")


def queries(folder: Path, scale: int) -> None:
    """The analysts' queries, each five times on one connection to a release of all seven
    datasets."""
    platforms, home = folder / "platforms", Home(folder / "hub")
    make_platforms(platforms, Request(seed=1, months=6, scale=scale))
    hub_run(home.root, platforms)
    shutil.rmtree(platforms)
    taken: dict[str, float] = {}
    with connect(home.current, read_only=True, memory_mb=2000) as con:
        rows = con.execute("SELECT count(*) FROM core.fct_air_quality").fetchall()[0][0]
        for file in sorted((HERE / "queries").glob("*.sql")):
            taken[file.stem] = median(_seconds_of(con, file.read_text("utf-8")) for _ in range(5))
    print(f"\nqueries on a release with {rows:,} hours of air quality")
    for name, seconds in sorted(taken.items(), key=lambda item: -item[1]):
        print(f"  {name:<40}{1000 * seconds:8.1f} ms")
    print(
        f"median {1000 * median(taken.values()):.1f} ms (aim 50), slowest "
        f"{1000 * max(taken.values()):.1f} ms (aim 500)"
    )


def provinces(folder: Path) -> None:
    """77 cities × all datasets: reading the contracts, parsing the DAG folder, a pass with
    nothing new."""
    for part in ("plugins", "expectations", "dbt_project", "dags"):
        shutil.copytree(
            REPOSITORY / part,
            folder / part,
            ignore=shutil.ignore_patterns("__pycache__", "target", "logs"),
        )
    nation.write_contracts(folder / "expectations" / "contracts")
    feeds = nation.write_platforms(folder / "platforms")
    ours = {
        "PYTHONPATH": str(folder / "plugins"),
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    print(f"\n{feeds} feeds of 77 provinces")
    for file in sorted((folder / "dags").glob("*.py")):
        timed = (
            "import time, airflow.sdk, airflow.providers.standard.operators.hitl; began = "
            "time.process_time(); "
            f"import runpy; runpy.run_path({str(file)!r}); print(time.process_time() - began)"
        )
        done = subprocess.run(
            [sys.executable, "-c", timed],
            env=os.environ | ours,
            capture_output=True,
            text=True,
            check=True,
        )
        print(
            f"  parse {file.name:<20}{float(done.stdout.splitlines()[-1]):8.2f} s of CPU beyond "
            "Airflow's imports (aim 2)"
        )
    hub_run(folder / "hub", folder / "platforms", **ours)
    seconds, _ = hub_run(folder / "hub", folder / "platforms", **ours)
    print(f"  nothing new              {sum(seconds.values()):8.2f} s (aim 30)")


def _seconds_of(con: duckdb.DuckDBPyConnection, query: str) -> float:
    began = time.perf_counter()
    con.execute(query).fetchall()
    return time.perf_counter() - began


def main() -> None:
    """Run every part; a temporary folder holds what is generated and is removed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--scale",
        type=int,
        default=24,
        help="multiplies the stations; 24 is 13 million native rows",
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--query-scale",
        type=int,
        default=76,
        help="the same for the queries; 76 is 30 million records",
    )
    parser.add_argument(
        "--only", choices=("bare", "gate", "growth", "queries", "provinces"), help="one part alone"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        if options.only in (None, "bare"):
            compare_with_bare(Path(folder), options.scale, options.rounds)
        if options.only in (None, "gate"):
            gate(Path(folder) / "gate", options.rounds)
        if options.only in (None, "growth"):
            growth(Path(folder))
        if options.only in (None, "queries"):
            queries(Path(folder), options.query_scale)
        if options.only in (None, "provinces"):
            provinces(Path(folder) / "nation")


if __name__ == "__main__":
    main()
