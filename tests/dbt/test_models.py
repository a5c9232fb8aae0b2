"""The dbt project on an empty warehouse: every model builds, every unit test and every test
passes."""

import json
import shutil
from pathlib import Path

import pytest
from federation.common.engine import connect
from federation.common.errors import DataProblem
from federation.common.paths import Home
from federation.common.sql import Sql, compose, literal
from federation.contracts.load import load_cities
from federation.datasets.tables import Table, by_name, datasets_of, tables
from federation.ledger import Ledger
from federation.releases.trace.lineage import facts_behind, relation
from federation.warehouse.build import start_from
from federation.warehouse.dbt.process import Dbt
from federation.warehouse.dbt.results import node_results
from federation.warehouse.inputs import lay_out_inputs
from federation.warehouse.ops import write_ops
from federation.warehouse.plan import Plan, city_row
from support import parsed

CITIES = [city_row(city) for city in load_cities()]


def run_dbt(command: str, home: Home, *arguments: str) -> None:
    with Dbt(home) as dbt:
        dbt.run(command, *arguments)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A build of no extract at all, as dbt leaves it."""
    home = Home(tmp_path_factory.mktemp("built"))
    parsed.lay_into(home)
    start_from(None, home)
    with connect(home.build) as con:
        lay_out_inputs(con, Plan(None, [], [], [], CITIES, [], "", False), home)
    run_dbt("run", home)
    parsed.keep(home)
    return home


@pytest.fixture
def empty_build(built: Home, home: Home, ledger: Ledger) -> Home:
    """A copy of that build, with `ops`."""
    shutil.copytree(built.root, home.root, dirs_exist_ok=True)
    with connect(home.build) as con:
        write_ops(con, Plan(None, [], [], [], [], [], "", False), [], ledger, home)
    return home


@pytest.mark.parametrize(
    ("kind", "least"), [("unit_test", 4), pytest.param("test", 20, marks=pytest.mark.slow)]
)
def test_every_model_builds_from_nothing_and_every_test_passes(
    empty_build: Home, kind: str, least: int
) -> None:
    run_dbt("test", empty_build, "--resource-type", kind)
    results = json.loads((empty_build.dbt_target / "run_results.json").read_text())["results"]
    kinds = [result["unique_id"].split(".")[0] for result in results]
    assert kinds.count(kind) == len(kinds) >= least
    assert {result["status"] for result in results} == {"pass"}


def test_areas_dates_and_cities_are_whole(empty_build: Home) -> None:
    with connect(empty_build.build, read_only=True) as con:
        levels = dict(
            con.execute(
                "SELECT level, count(*) FROM core.dim_area WHERE valid_to IS NULL GROUP BY 1"
            ).fetchall()
        )
        assert levels == {"province": 77, "district": 928, "subdistrict": 7435}
        assert (
            con.execute("SELECT valid_to FROM core.dim_area WHERE area_code = '104701'").fetchall()[
                0
            ][0]
            is not None
        )
        day = (
            "SELECT be_year, fiscal_year_be, fiscal_quarter, is_public_holiday, holiday_name_en "
            "FROM core.dim_date WHERE date = ?"
        )
        assert con.execute(day, ["2020-02-29"]).fetchall() == [(2563, 2563, 2, False, None)]
        assert con.execute(day, ["2025-10-01"]).fetchall()[0][:3] == (2568, 2569, 1)
        assert con.execute(day, ["2026-01-01"]).fetchall()[0][3:] == (True, "New Year's Day")
        whose = (
            "SELECT is_public_holiday, is_government_holiday, is_bank_holiday, holiday_kind "
            "FROM core.dim_date WHERE date = ?"
        )
        assert con.execute(whose, ["2026-05-01"]).fetchall() == [(True, False, True, "regular")]
        assert con.execute(whose, ["2026-05-13"]).fetchall() == [(True, True, False, "regular")]
        assert con.execute(whose, ["2026-01-10"]).fetchall() == [(False, False, False, None)]
        assert con.execute(
            "SELECT count(*) FILTER (NOT is_federation), count(*) FROM core.dim_city"
        ).fetchall() == [(6, 7)]


def test_a_failing_model_says_which_and_why(empty_build: Home, tmp_path: Path) -> None:
    with connect(empty_build.build) as con:
        con.execute("DROP VIEW inputs.tourism")
    with pytest.raises(DataProblem, match="stg_tourism"):
        run_dbt("run", empty_build)
    (failed,) = [node for node in node_results(empty_build) if node.is_failed]
    assert failed.name == "model stg_tourism"
    assert "tourism does not exist" in failed.line


@pytest.mark.parametrize("name", tables())
def test_a_public_table_says_where_its_rows_come_from(name: str) -> None:
    table = tables()[name]
    told = [bool(said) for said in (table.dataset, table.traces or table.sources, table.reference)]
    assert told.count(True) == 1, (
        f"{name}.yml: say in config.meta `traces` (table: condition) or `reference`"
    )


def test_the_rows_of_every_public_table_can_be_traced(empty_build: Home) -> None:
    assert len(tables()) >= 12
    with connect(empty_build.build, read_only=True) as con:
        for name, table in tables().items():
            every = compose("SELECT * FROM {table}", table=relation(table))
            behind = facts_behind(
                table, _one_of_each_indicator(table) if table.sources else every, con
            )
            assert bool(behind) != bool(table.reference), name
            assert all(by_name(fact).dataset for fact in behind), name
            assert [con.execute(rows).fetchall() for rows in behind.values()] == [
                [] for _ in behind
            ]


def _one_of_each_indicator(table: Table) -> Sql:
    return compose(
        "SELECT mart.* REPLACE (known.indicator_code AS indicator_code, 'TH' AS city_code, "
        "'year' AS period_kind, "
        "DATE '2020-01-01' AS period_start) FROM core.dim_indicator AS known "
        "LEFT JOIN {table} AS mart ON false",
        table=relation(table),
    )


def test_every_indicator_names_the_tables_that_it_is_computed_from(empty_build: Home) -> None:
    with connect(empty_build.build, read_only=True) as con:
        named = con.execute(
            "SELECT indicator_code, numerator_source, denominator_source, weight_source "
            "FROM core.dim_indicator"
        ).fetchall()
        assert len(named) >= 4
        for code, *sources in named:
            one = compose(
                "SELECT * FROM ({rows}) WHERE indicator_code = {code}",
                rows=_one_of_each_indicator(tables()["marts.city_indicator"]),
                code=literal(code),
            )
            behind = facts_behind(tables()["marts.city_indicator"], one, con)
            assert (
                {by_name(fact).dataset for fact in behind}
                == set.union(*map(datasets_of, filter(None, sources)))
                != set()
            )


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("select content from read_text('/etc/passwd')", "file system operations are disabled"),
        (
            "select * from read_csv('http://127.0.0.1:9/nothing.csv')",
            "disabled|not.*allowed|httpfs",
        ),
    ],
)
def test_a_model_that_reads_what_is_not_the_builds_is_refused(
    checkout: Path, empty_build: Home, monkeypatch: pytest.MonkeyPatch, query: str, refused: str
) -> None:
    (checkout / "dbt_project/models/staging/stg_thief.sql").write_text(query + "\n", "utf-8")
    monkeypatch.setattr("federation.warehouse.dbt.process.DBT_PROJECT", checkout / "dbt_project")
    with pytest.raises(DataProblem, match=f"(?s)stg_thief.*({refused})"):
        run_dbt("run", empty_build, "--select", "stg_thief")
