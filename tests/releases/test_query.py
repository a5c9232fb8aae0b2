"""`hub sql` as people use it: what it answers, what it refuses, and where the answer goes."""

import csv
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from federation.releases.query import opened
from support.hubrun import Site

BOM = b"\xef\xbb\xbf"
CITIES = "SELECT city_code, name_th FROM dim_city ORDER BY 1"
# Fails after many rows were written.
FAILING = "SELECT CASE WHEN range = 900000 THEN error('no more') END FROM range(1000000)"
# Many rows of every type that the facts have.
BIG = "SELECT number.range AS n, fact.* FROM core.fct_air_quality AS fact, range({times}) AS number"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "federation.cli.main", "sql", *arguments]


# -- what is answered ------------------------------------------------------------------------------


def test_tables_are_listed_and_found_without_their_schema(release: Site) -> None:
    done = release.hub("sql", "--format", "csv", "SHOW TABLES")
    shown = [row[0] for row in csv.reader(io.StringIO(done.stdout))][1:]
    tables = release.sql(
        "SELECT table_name FROM duckdb_tables() UNION ALL "
        "SELECT view_name FROM duckdb_views() WHERE NOT internal"
    )
    assert sorted(shown) == sorted(name for (name,) in tables)
    for schema in ("marts.city_indicator", "core.dim_city", "ops.extracts"):
        assert release.hub("sql", f"SELECT 1 FROM {schema.split('.')[1]} LIMIT 1").returncode == 0


@pytest.mark.parametrize(
    "query",
    [
        "FROM dim_city",
        "DESCRIBE dim_city",
        "SUMMARIZE dim_city",
        "EXPLAIN FROM dim_city",
        "PIVOT dim_city ON region USING count(*)",
        "SELECT 1 AS a, 2 AS a -- the end",
        "SELECT 1;",
        "VALUES (1)",
        "PRAGMA table_info('core.dim_city')",
    ],
)
def test_whatever_reads_is_answered_as_a_table_and_as_a_file(release: Site, query: str) -> None:
    shown = release.hub("sql", query)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.strip()
    written = release.hub("sql", "--format", "jsonl", query)
    assert written.returncode == 0, written.stderr
    assert all(json.loads(line) for line in written.stdout.splitlines())


def test_a_file_has_the_form_of_its_name(release: Site, tmp_path: Path) -> None:
    heads = {"csv": BOM, "jsonl": b"{", "json": b"[", "parquet": b"PAR1", "xlsx": b"PK"}
    for suffix, head in {**heads, "arrow": b"ARROW1", "ndjson": b"{", "feather": b"ARROW1"}.items():
        file = tmp_path / f"cities.{suffix}"
        done = release.hub("sql", CITIES, "--out", str(file))
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"7 rows: {file}\n"
        assert file.read_bytes().startswith(head)
    assert {file.suffix for file in tmp_path.iterdir()} == {
        *(f".{suffix}" for suffix in heads),
        *(".arrow", ".ndjson", ".feather"),
    }


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * FROM read_text('/etc/passwd')", "sees its release and nothing else"),
        ("SELECT * FROM glob('/etc/*')", "sees its release and nothing else"),
        ("SELECT * FROM '/etc/passwd.csv'", "sees its release and nothing else"),
        ("EXPLAIN ANALYZE COPY dim_city TO '/tmp/cities.csv'", "sees its release"),
        ("PRAGMA memory_limit = '9GB'", "only read, never changed: SET"),
        ("SET memory_limit = '9GB'", "only read, never changed: SET"),
        ("COPY core.dim_city TO '/tmp/cities.csv'", "only read, never changed: COPY"),
        ("ATTACH '/tmp/other.duckdb'", "only read, never changed: ATTACH"),
        ("EXPORT DATABASE '/tmp/other'", "only read, never changed: EXPORT"),
        ("INSTALL httpfs", "only read, never changed: LOAD"),
        ("DELETE FROM core.dim_city", "only read, never changed: DELETE"),
        ("CREATE TEMP TABLE mine AS SELECT 1", "only read, never changed: CREATE"),
        ("WITH x AS (DELETE FROM core.dim_city RETURNING *) FROM x", "only read, never changed"),
        ("", "the query is empty"),
        (" ; -- nothing", "the query is empty"),
        ("SELECT 1; SELECT 2", "these are 2 queries"),
        ("SELECT 1) TO '/tmp/x' (FORMAT csv); --", "syntax error"),
        ("SELEC 1", "syntax error"),
        ("SELECT valeu FROM city_indicator", 'Candidate bindings: "value"'),
    ],
)
def test_what_is_no_single_reading_query_is_refused_in_plain_words(
    release: Site, query: str, words: str
) -> None:
    done = release.hub("sql", "--format", "csv", query)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "statement",
    [
        "COPY core.dim_city TO '/tmp/cities.csv'",
        "ATTACH '/tmp/other.duckdb'",
        "SET memory_limit = '9GB'",
        "SET allowed_directories = ['/']",
        "INSTALL httpfs",
        "DELETE FROM core.dim_city",
        "SELECT * FROM read_text('/etc/passwd')",
    ],
)
def test_the_engine_itself_has_no_way_out(release: Site, statement: str) -> None:
    with (
        opened(release.home.current) as con,
        pytest.raises(duckdb.Error, match=r"disabled|locked|read-only|LOCKED|Cannot"),
    ):
        con.execute(statement)


def test_an_error_in_the_middle_leaves_nothing_and_what_was_there_before(
    release: Site, tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("before")
    for form in ("csv", "jsonl", "json", "parquet", "arrow"):
        done = release.hub("sql", FAILING, "--format", form)
        assert (done.returncode, done.stdout) == (2, "")
        assert "the query failed" in done.stderr
        assert "no more" in done.stderr
    assert release.hub("sql", FAILING, "--out", str(file)).returncode == 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["rows.csv"]
    assert file.read_text() == "before"


@pytest.mark.parametrize(
    ("out", "options", "words"),
    [
        ("rows.txt", (), "can have any form"),
        ("rows.csv", ("--format", "parquet"), "the name says csv, --format says parquet"),
        ("rows.csv", ("--format", "table"), "a table is to look at"),
        ("missing/rows.csv", (), "No such file or directory"),
        ("folder.csv", (), "this is no file"),
    ],
)
def test_a_file_that_cannot_be_is_refused_before_the_query(
    release: Site, tmp_path: Path, out: str, options: tuple[str, ...], words: str
) -> None:
    (tmp_path / "folder.csv").mkdir()
    done = release.hub("sql", CITIES, "--out", str(tmp_path / out), *options)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert [entry.name for entry in tmp_path.rglob("*")] == ["folder.csv"]


def test_a_pipe_is_no_file_to_replace(release: Site, tmp_path: Path) -> None:
    pipe = tmp_path / "rows.csv"
    os.mkfifo(pipe)
    done = release.hub("sql", CITIES, "--out", str(pipe))
    assert done.returncode == 2
    assert "this is no file" in done.stderr
    assert pipe.is_fifo()


@pytest.mark.parametrize("form", ["parquet", "xlsx", "arrow"])
def test_bytes_do_not_go_to_a_terminal(release: Site, form: str) -> None:
    reader, terminal = pty.openpty()
    done = subprocess.run(
        command(CITIES, "--format", form),
        env=release.environment,
        stdout=terminal,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(terminal)
    os.close(reader)
    assert done.returncode == 2
    assert f"add --out result.{form}" in done.stderr


def test_a_full_disk_is_told(release: Site) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command(BIG.format(times=1), "--format", "csv"),
            env=release.environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "make room" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_has_enough_ends_it_without_a_word(release: Site) -> None:
    process = subprocess.Popen(
        command(BIG.format(times=1), "--format", "csv"),
        env=release.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith(b'"n"')
    process.stdout.close()
    assert process.wait() == 0
    assert process.stderr.read() == b""


# -- a byte order mark -----------------------------------------------------------------------------


def test_csv_that_becomes_a_file_has_a_byte_order_mark_and_in_a_pipe_none(
    release: Site, tmp_path: Path
) -> None:
    def redirected(mode: str, *options: str) -> bytes:
        file = tmp_path / "cities.csv"
        with file.open(mode) as target:
            subprocess.run(
                command(CITIES, "--format", "csv", *options),
                env=release.environment,
                stdout=target,
                check=True,
            )
        return file.read_bytes()

    piped = release.hub("sql", CITIES, "--format", "csv").stdout.encode()
    assert piped.startswith(b'"city_code"')
    assert redirected("wb") == BOM + piped
    assert redirected("ab") == BOM + piped + piped
    assert redirected("wb", "--no-bom") == piped
    assert release.hub("sql", CITIES, "--format", "csv", "--bom").stdout.encode() == BOM + piped
    file = tmp_path / "cities.csv"
    assert release.hub("sql", CITIES, "--out", str(file)).returncode == 0
    assert file.read_bytes() == BOM + piped
    assert release.hub("sql", CITIES, "--out", str(file), "--no-bom").returncode == 0
    assert file.read_bytes() == piped
    assert "กรุงเทพมหานคร" in piped.decode()


# -- memory ----------------------------------------------------------------------------------------


def peak_of(release: Site, file: Path, query: str) -> int:
    """Return the most memory, in bytes, that a query into a file had at once."""
    process = subprocess.Popen(
        command(query, "--out", str(file)), env=release.environment, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss * 1024


@pytest.mark.parametrize(
    ("form", "times", "held"),
    [
        ("csv", 25, 100),
        ("json", 20, 100),
        ("parquet", 40, 200),
        ("arrow", 40, 200),
    ],
)
def test_a_large_result_is_never_whole_in_memory(
    release: Site, tmp_path: Path, form: str, times: int, held: int
) -> None:
    """A result of any size costs so many MB more than none."""
    file = tmp_path / f"rows.{form}"
    none = peak_of(release, file, BIG.format(times=0))
    large = peak_of(release, file, BIG.format(times=times))
    assert large - none < held * 1_000_000
    rows = release.sql("SELECT count(*) FROM core.fct_air_quality")[0][0] * times
    assert rows > 2_000_000
    if form == "parquet":
        assert pq.read_metadata(file).num_rows == rows
    else:
        assert file.stat().st_size > 2 * held * 1_000_000


def test_a_query_loads_no_program_that_it_does_not_need() -> None:
    heavy = {"openpyxl", "pandas", "matplotlib", "great_expectations", "dbt", "airflow", "polars"}
    code = (
        "import sys, federation.cli.main, federation.releases.query;"
        "import federation.reporting.data_package;"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
