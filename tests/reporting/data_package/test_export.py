"""`hub export`: every table as files that say what they hold, whole or not at all."""

import fcntl
import hashlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from federation.common.engine import connect
from federation.common.progress import Progress
from federation.datasets.tables import references, tables
from federation.releases.formats import Format
from federation.reporting.catalogue.entries import read_tables
from federation.reporting.data_package import Wanted, export
from federation.reporting.data_package.folder import replaced
from support.hubrun import Site

UNFINISHED = ".hub-export"
PACKAGE = "datapackage.json"


@pytest.fixture(scope="module")
def exported(release: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one whole export."""
    folder = tmp_path_factory.mktemp("export") / "national ชาติ"
    done = release.hub("export", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["release_id"] == release.manifest()["release_id"]
    assert made["files"] == len([file for file in folder.rglob("*") if file.is_file()])
    assert made["folder"] == str(folder)
    return folder


@pytest.fixture(scope="module")
def package(exported: Path) -> dict[str, Any]:
    return dict(json.loads((exported / PACKAGE).read_text("utf-8")))


def of_form(package: dict[str, Any], form: str) -> dict[str, dict[str, Any]]:
    """Return the resources of one form by the name of their table."""
    return {
        resource["name"].removesuffix(f".{form}"): resource
        for resource in package["resources"]
        if resource["format"] == form
    }


def all_tables(release: Site) -> set[str]:
    rows = release.sql(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() UNION ALL "
        "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal"
    )
    return {name for (name,) in rows}


# -- what the files hold ---------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_every_table_and_view_is_there_with_the_same_rows(
    release: Site, exported: Path, package: dict[str, Any], form: str
) -> None:
    resources = of_form(package, form)
    assert resources.keys() == all_tables(release)
    with connect(release.home.current, read_only=True) as con:
        for table, about in resources.items():
            assert about["path"] == f"{form}/{table}.{form}"
            columns = {name: kind for name, kind, *_ in con.execute(f"DESCRIBE {table}").fetchall()}
            assert [field["name"] for field in about["schema"]["fields"]] == list(columns)
            file = reading(exported / about["path"], form, columns)
            rows = f"SELECT * FROM {table}"
            differing = f"(({rows}) EXCEPT ALL {file}) UNION ALL ({file} EXCEPT ALL ({rows}))"
            assert con.execute(f"SELECT count(*) FROM ({differing})").fetchall() == [(0,)], table
            assert con.execute(f"SELECT count(*) FROM {table}").fetchall() == [(about["rows"],)]


def reading(file: Path, form: str, columns: dict[str, str]) -> str:
    """Return the SQL that reads a file with the types of its table."""
    path = str(file).replace("'", "''")
    if form == "parquet":
        return f"SELECT * FROM '{path}'"
    return (
        f"SELECT * FROM read_csv('{path}', columns = {columns}, auto_detect = false, "
        """header = true, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)"""
    )


def test_csv_opens_in_excel_and_parquet_says_what_its_columns_hold(
    release: Site, exported: Path
) -> None:
    for file in (exported / "csv").iterdir():
        assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    schema = pq.read_schema(exported / "parquet" / "core.fct_air_quality.parquet")
    comments = dict(
        release.sql(
            "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'fct_air_quality'"
        )
    )
    found = {field.name: field.metadata[b"description"].decode() for field in schema}
    assert found == comments
    assert schema.metadata[b"primary_key"] == b"city_code, station_id, measured_at"
    assert schema.field("city_code").metadata[b"refers_to"] == b"core.dim_city.city_code"
    assert schema.field("measured_at").type.tz == "Asia/Bangkok"


# -- what the package says -------------------------------------------------------------------------


def test_the_package_names_its_release_publisher_licences_and_sources(
    release: Site, package: dict[str, Any]
) -> None:
    manifest = release.manifest()
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert package["release_id"] == package["version"] == manifest["release_id"]
    assert package["created"] == manifest["created_at"]
    assert package["contributors"][0]["roles"] == ["publisher"]
    assert {licence["name"] for licence in package["licenses"]} == {"notspecified", "CC-BY-4.0"}
    resources = of_form(package, "csv")
    dengue = resources["core.fct_dengue_cases"]
    assert [licence["name"] for licence in dengue["licenses"]] == ["CC-BY-4.0"]
    assert "OpenDengue" in dengue["sources"][0]["title"]
    assert [licence["name"] for licence in resources["marts.tourism_monthly"]["licenses"]] == [
        "notspecified"
    ]
    assert len(resources["marts.city_indicator"]["sources"]) == 7
    assert "licenses" not in resources["core.dim_date"]


def test_each_file_is_described_in_both_languages_with_its_size_and_hash(
    exported: Path, package: dict[str, Any]
) -> None:
    names = [resource["name"] for resource in package["resources"]]
    assert len(names) == len(set(names)) > 80
    for about in package["resources"]:
        data = (exported / about["path"]).read_bytes()
        assert about["bytes"] == len(data)
        assert about["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        for text in (about, *about["schema"]["fields"]):
            english, thai = text["description"].split(" / ", 1)
            assert english
            assert any("\u0e00" <= letter <= "\u0e7f" for letter in thai)
    fields = {field["name"]: field for field in package["resources"][0]["schema"]["fields"]}
    assert fields
    air = of_form(package, "csv")["core.fct_air_quality"]["schema"]["fields"]
    assert {field["name"]: field.get("unit") for field in air}["pm25_ugm3"] == "ug/m3"
    types = {field["type"] for about in package["resources"] for field in about["schema"]["fields"]}
    assert types == {"string", "integer", "number", "boolean", "date", "datetime", "any"}


def test_primary_keys_are_those_of_the_models_and_hold(
    release: Site, package: dict[str, Any]
) -> None:
    found = {
        table: about["schema"].get("primaryKey", [])
        for table, about in of_form(package, "parquet").items()
    }
    for name, table in tables().items():
        assert sorted(found[name]) == sorted(table.key), name
    with connect(release.home.current, read_only=True) as con:
        keyed = {table: key for table, key in found.items() if key}
        assert len(keyed) > 25
        for table, key in keyed.items():
            columns = ", ".join(key)
            complete = " AND ".join(f"{column} IS NOT NULL" for column in key)
            (counted,) = con.execute(
                f"SELECT count(*), count(DISTINCT ({columns})), count(*) FILTER ({complete}) "
                f"FROM {table}"
            ).fetchall()
            assert len(set(counted)) == 1, table


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_foreign_keys_are_those_of_the_models_and_hold(
    release: Site, package: dict[str, Any], form: str
) -> None:
    resources = of_form(package, form)
    found = {
        (table, key["fields"][0], *target(table, key, form))
        for table, about in resources.items()
        for key in about["schema"].get("foreignKeys", [])
    }
    declared = {
        (table, column, *refers_to.rsplit(".", 1))
        for table, columns in references().items()
        for column, refers_to in columns.items()
    }
    assert len(declared) > 30
    assert declared <= found
    with connect(release.home.current, read_only=True) as con:
        for table, column, parent, field in found:
            assert parent in resources
            assert [field] == resources[parent]["schema"]["primaryKey"]
            orphans = (
                f"SELECT {column} FROM {table} WHERE {column} NOT IN (SELECT {field} FROM {parent})"
            )
            assert con.execute(orphans).fetchall() == [], (table, column)


def target(table: str, key: dict[str, Any], form: str) -> tuple[str, str]:
    """Return the table and column that a foreign key names."""
    resource, (field,) = key["reference"]["resource"], key["reference"]["fields"]
    return resource.removesuffix(f".{form}") or table, field


def test_a_release_of_earlier_code_names_no_keys_of_other_tables() -> None:
    with connect() as con:
        con.execute("CREATE SCHEMA ops")
        con.execute(
            "CREATE TABLE ops.dictionary AS SELECT 'core' AS schema_name, 'dim_city' AS table_name,"
            " 'city_code' AS column_name, 'VARCHAR' AS data_type, NULL AS unit,"
            " 'Code.' AS description_en, 'รหัส' AS description_th, true AS is_key UNION ALL "
            "SELECT 'core', 'dim_city', NULL, NULL, NULL, 'City.', 'เมือง', false"
        )
        (table,) = read_tables(con)
    assert [(column.name, column.refers_to) for column in table.columns] == [("city_code", None)]


# -- what can be chosen ----------------------------------------------------------------------------


def test_the_same_release_gives_the_same_bytes(release: Site, exported: Path) -> None:
    before = {file: file.read_bytes() for file in exported.rglob("*") if file.is_file()}
    assert release.hub("export", str(exported)).returncode == 0
    assert {file: file.read_bytes() for file in exported.rglob("*") if file.is_file()} == before


def test_forms_and_tables_can_be_chosen_and_no_key_names_what_is_not_there(
    release: Site, tmp_path: Path
) -> None:
    release_id = release.manifest()["release_id"]
    chosen = "core.dim_ci*,core.fct_tourism, core.dim_programme"
    asked = ("--format", "csv", "--tables", chosen, "--release", release_id)
    done = release.hub("export", str(tmp_path / "some"), *asked)
    assert done.returncode == 0, done.stderr
    assert "3 tables" in done.stdout
    files = {
        file.relative_to(tmp_path / "some").as_posix() for file in (tmp_path / "some").rglob("*.*")
    }
    tables_there = ("core.dim_city", "core.dim_programme", "core.fct_tourism")
    assert files == {PACKAGE, *(f"csv/{table}.csv" for table in tables_there)}
    described = json.loads((tmp_path / "some" / PACKAGE).read_text("utf-8"))
    keys = [
        (resource["name"], key["fields"], key["reference"]["resource"])
        for resource in described["resources"]
        for key in resource["schema"].get("foreignKeys", [])
    ]
    assert keys == [
        ("core.dim_programme.csv", ["parent_code"], ""),
        ("core.fct_tourism.csv", ["city_code"], "core.dim_city.csv"),
    ]


def test_a_schema_is_all_of_its_tables(release: Site, tmp_path: Path) -> None:
    wanted = Wanted(tmp_path, [Format.PARQUET], ["ops"])
    made = export(release.home, wanted, Progress(silent=True))
    assert made.tables == sum(table.startswith("ops.") for table in all_tables(release))


# -- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--tables", "core.dim_citty"), "perhaps core.dim_city"),
        (("--tables", "dim_city"), "perhaps"),
        (("--release", "20200101T000000-aaaaaa"), "no release"),
    ],
)
def test_what_there_is_none_of_is_refused_and_nothing_is_made(
    release: Site, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    done = release.hub("export", str(tmp_path / "new"), *options)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "content",
    [{"notes.txt": "mine"}, {PACKAGE: '{"name": "other"}'}, {PACKAGE: "[]"}, {PACKAGE: "{"}],
)
def test_a_folder_with_other_things_is_left_alone(
    release: Site, tmp_path: Path, content: dict[str, str]
) -> None:
    for name, text in content.items():
        (tmp_path / name).write_text(text)
    done = release.hub("export", str(tmp_path), "--json")
    assert done.returncode == 2
    assert "other files lie in this folder" in json.loads(done.stdout)["error"]
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == content


def test_a_file_is_no_folder(release: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        done = release.hub("export", str(place))
        assert done.returncode == 2
        assert "nothing can be written there" in done.stderr
        assert "Traceback" not in done.stderr
    assert (tmp_path / "file").read_text() == "mine"


def test_two_exports_do_not_write_into_one_folder(release: Site, tmp_path: Path) -> None:
    handle = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    done = release.hub("export", str(tmp_path), "--tables", "core.dim_city")
    os.close(handle)
    assert done.returncode == 2
    assert "another export writes there" in done.stderr
    assert list(tmp_path.iterdir()) == []
    assert release.hub("export", str(tmp_path), "--tables", "core.dim_city").returncode == 0


# -- cut short -------------------------------------------------------------------------------------


def test_files_beside_an_earlier_export_stay(release: Site, tmp_path: Path) -> None:
    one = ("--tables", "core.dim_city")
    assert release.hub("export", str(tmp_path), *one).returncode == 0
    (tmp_path / "report.xlsx").write_text("mine")
    assert release.hub("export", str(tmp_path), *one, "--format", "parquet").returncode == 0
    assert (tmp_path / "report.xlsx").read_text() == "mine"
    assert not (tmp_path / "csv").exists()


def test_a_killed_export_never_looks_whole_and_the_next_one_is(
    release: Site, tmp_path: Path
) -> None:
    process = release.start("export", str(tmp_path))
    until(lambda: any((tmp_path / UNFINISHED).rglob("*.csv")))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert [entry.name for entry in tmp_path.iterdir()] == [UNFINISHED]
    assert release.hub("export", str(tmp_path)).returncode == 0
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["csv", PACKAGE, "parquet"]


def test_a_killed_renewal_leaves_the_earlier_export_whole(release: Site, tmp_path: Path) -> None:
    assert release.hub("export", str(tmp_path)).returncode == 0
    before = content(tmp_path)
    process = release.start("export", str(tmp_path))
    until(lambda: any((tmp_path / UNFINISHED).rglob("*.csv")))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert {
        name: data for name, data in content(tmp_path).items() if UNFINISHED not in name
    } == before


@pytest.mark.parametrize("place", range(4))
def test_a_power_cut_between_two_renames_leaves_no_package_or_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    make(tmp_path, "old")
    done: list[str] = []
    watch(monkeypatch, Path, "unlink", done, place)
    watch(monkeypatch, os, "replace", done, place)
    with pytest.raises(KeyboardInterrupt):
        make(tmp_path, "new")
    monkeypatch.undo()
    if (tmp_path / PACKAGE).exists():
        assert whole(tmp_path) == made("old")
    make(tmp_path, "newer")
    assert content(tmp_path) == made("newer")


def watch(
    monkeypatch: pytest.MonkeyPatch, owner: Any, function: str, done: list[str], place: int
) -> None:
    """Let the process end before its step number `place` of those that publish."""
    original = getattr(owner, function)

    def step(*arguments: Any, **options: Any) -> Any:
        if len(done) == place:
            raise KeyboardInterrupt
        done.append(function)
        return original(*arguments, **options)

    monkeypatch.setattr(owner, function, step)


def package_of(text: str) -> bytes:
    return json.dumps({"name": "national-data-federation", "text": text}).encode()


def make(folder: Path, text: str) -> None:
    with replaced(folder) as unfinished:
        for form in ("csv", "parquet"):
            (unfinished / form).mkdir()
            (unfinished / form / f"a.{form}").write_text(text)
        (unfinished / PACKAGE).write_bytes(package_of(text))


def made(text: str) -> dict[str, bytes]:
    """Return what `make` makes."""
    files = {f"{form}/a.{form}": text.encode() for form in ("csv", "parquet")}
    return {PACKAGE: package_of(text), **files}


def whole(folder: Path) -> dict[str, bytes]:
    """Return the files that people see."""
    return {name: data for name, data in content(folder).items() if UNFINISHED not in name}


def content(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def until(happened: Any) -> None:
    end = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_file_that_cannot_grow_is_told_and_leaves_what_was_there(
    release: Site, tmp_path: Path
) -> None:
    assert release.hub("export", str(tmp_path), "--tables", "core.dim_city").returncode == 0
    before = content(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "federation.cli.main", "export", str(tmp_path)],
        env=release.environment,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000)),
    )
    assert done.returncode == 2
    assert "nothing can be written there: File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert content(tmp_path) == before
