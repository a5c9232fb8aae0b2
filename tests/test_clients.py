"""The page on other programs: its Python runs on an export and on a release, also on the oldest
client."""

import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pytest
from federation.common.paths import DBT_PROJECT
from support.hubrun import Site
from support.oldest_client import OLDEST_CLIENT

PAGE = (DBT_PROJECT / "clients.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.M | re.S)
ON_DUCKDB = [block for block in BLOCKS if "import duckdb" in block]


@pytest.fixture(scope="module")
def place(release: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the export `national` and the home `.hub`, as the page has it."""
    folder = tmp_path_factory.mktemp("clients")
    (folder / ".hub").symlink_to(release.home.root)
    done = release.hub("export", str(folder / "national"))
    assert done.returncode == 0, done.stderr
    return folder


def printed(place: Path, block: str, packages: str = "", zone: str = "UTC") -> str:
    """Return what a block of the page prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", block],
        cwd=place,
        env=os.environ | {"PYTHONPATH": packages, "TZ": zone, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_page_has_python_for_four_programs() -> None:
    programs = {"pandas", "polars", "pyarrow.parquet", "duckdb"}
    assert {name for block in BLOCKS for name in re.findall(r"^import (\S+)", block)} == programs


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0])
def test_a_block_of_the_page_runs_and_shows_thai(place: Path, block: str) -> None:
    assert re.search("[\u0e00-\u0e7f]", printed(place, block))


def test_the_oldest_client_shows_the_same_in_any_zone_of_the_machine(place: Path) -> None:
    if not (OLDEST_CLIENT / "ready").exists():
        pytest.skip("the oldest client is not installed: `make .venv/oldest-client/ready`")
    (block,) = ON_DUCKDB
    own = printed(place, block)
    assert printed(place, block, str(OLDEST_CLIENT), "America/Los_Angeles") == own
    assert "tzinfo" in own


def test_pandas_and_polars_read_codes_dates_and_times_as_the_warehouse_has_them(
    release: Site, place: Path
) -> None:
    file = place / "national" / "parquet" / "core.fct_road_accident.parquet"
    first = "SELECT min(occurred_at), min(city_code), count(*) FROM core.fct_road_accident"
    ((instant, code, rows),) = release.sql(first)
    frame = pd.read_parquet(file)
    assert (frame["occurred_at"].min(), frame["city_code"].min(), len(frame)) == (
        instant,
        code,
        rows,
    )
    assert str(frame["occurred_at"].dt.tz) == "Asia/Bangkok"
    table = pl.read_parquet(file)
    assert (table["occurred_at"].min(), table["city_code"].min(), table.height) == (
        instant,
        code,
        rows,
    )
    days = pd.read_parquet(place / "national" / "parquet" / "core.dim_date.parquet")
    assert str(days["date"].min()) == "1970-01-01"


def test_the_oldest_client_reads_the_export(place: Path) -> None:
    if not (OLDEST_CLIENT / "ready").exists():
        pytest.skip("the oldest client is not installed: `make .venv/oldest-client/ready`")
    block = """
import duckdb, glob
for file in sorted(glob.glob("national/*/*.*")):
    print(file, duckdb.sql(f"SELECT count(*) FROM '{file}'").fetchall())
"""
    assert printed(place, block, str(OLDEST_CLIENT)) == printed(place, block)


def test_excel_shows_times_of_thailand_as_times(release: Site, tmp_path: Path) -> None:
    file = tmp_path / "accidents.xlsx"
    query = "SELECT city_code, occurred_at FROM fct_road_accident ORDER BY 2, 1 LIMIT 3"
    assert release.hub("sql", query, "--out", str(file)).returncode == 0
    rows = list(openpyxl.load_workbook(file)["result"].iter_rows(min_row=2, values_only=True))
    with duckdb.connect(str(release.home.current), read_only=True) as con:
        local = f"SELECT city_code, occurred_at AT TIME ZONE 'Asia/Bangkok' FROM ({query})"
        con.execute("SET search_path = 'core'")
        assert rows == con.execute(local).fetchall()
