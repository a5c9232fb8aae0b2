"""The first pass over the six generated platforms, as a user sees what it made: release, mails,
status, SQL."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from independent.arrivals import compared, silent
from support.comparing import assert_core_and_marts_equal
from support.hubrun import FACTS, Site


def test_core_and_marts_equal_an_independent_computation(release: Site) -> None:
    assert_core_and_marts_equal(release, release.platforms)


def test_what_came_of_each_period_is_what_its_records_say(release: Site) -> None:
    periods = [*compared(release.sql)]
    assert {period.found for period in periods} == {"arrived", "partly", "missing"}
    for period in periods:
        missing = period.found == "missing" and period.said in ("late", "empty", "not_due")
        assert period.said == period.found or missing, period
    said = release.sql("SELECT city, dataset FROM ops.feed_status WHERE state = 'dormant'")
    assert {*said} == silent(release.sql)


def test_every_record_is_accounted_for(release: Site) -> None:
    rows = release.sql(
        "SELECT count(*), sum(records_received), sum(records_in_core + records_quarantined + "
        "records_duplicate "
        "+ records_superseded) FROM ops.row_accounting"
    )
    assert rows[0][0] > 80
    assert rows[0][1] == rows[0][2]
    source = sum(
        pq.ParquetFile(file).metadata.num_rows for file in release.platforms.rglob("*.parquet")
    )
    assert release.sql("SELECT sum(source_rows) FROM ops.row_accounting") == [(source,)]


def test_the_release_is_immutable_and_describes_itself(release: Site) -> None:
    manifest = release.manifest()
    assert {entry["state"] for entry in manifest["inputs"]} <= {"current", "superseded"}
    assert all(
        table["content_hash"]
        for name, table in manifest["tables"].items()
        if not name.startswith("ops.")
    )
    assert release.home.current.resolve().stat().st_mode & 0o222 == 0
    assert release.sql("SELECT DISTINCT schema_name FROM duckdb_tables() ORDER BY 1") == [
        ("core",),
        ("marts",),
        ("ops",),
    ]


def test_status_lists_every_feed(release: Site) -> None:
    done = release.hub("status", "--json")
    feeds = json.loads(done.stdout)["feeds"]
    assert len(feeds) == 42
    assert {feed["platform"] for feed in feeds} == {"ok"}
    in_core = sum(release.sql(f"SELECT count(*) FROM core.{fact}")[0][0] for fact in FACTS.values())
    assert sum(feed["records"] for feed in feeds) == in_core


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "parquet"])
def test_sql_writes_the_result_and_nothing_else(release: Site, form: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "federation.cli.main",
            "sql",
            "--format",
            form,
            "SELECT city_code FROM core.dim_city WHERE NOT is_federation ORDER BY 1",
        ],
        env=release.environment,
        capture_output=True,
    )
    file = tmp_path / "result"
    file.write_bytes(done.stdout)
    frame = {
        "csv": lambda: pd.read_csv(file, dtype=str),
        "json": lambda: pd.read_json(file, dtype=str),
        "jsonl": lambda: pd.read_json(file, lines=True, dtype=str),
        "parquet": lambda: pd.read_parquet(file),
    }[form]()
    assert list(frame["city_code"]) == ["10", "20", "21", "40", "50", "83"]


def test_sql_cannot_change_the_release(release: Site) -> None:
    done = release.hub("sql", "DELETE FROM core.fct_tourism")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert release.sql("SELECT count(*) FROM core.fct_tourism")[0][0] > 0
