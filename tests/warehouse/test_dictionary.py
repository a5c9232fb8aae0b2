"""The data dictionary: every public table and column is described in both languages."""

import pytest
from federation.common.engine import connect
from federation.common.errors import ContractError, DataProblem
from federation.common.paths import Home
from federation.datasets.descriptions import bilingual, described, docs_blocks, unit_of
from federation.datasets.tables import tables
from federation.warehouse.dictionary import dictionary_rows
from support.hubrun import Site


@pytest.mark.parametrize("name", sorted(tables().keys() | described().keys()))
def test_a_public_table_and_its_columns_are_described_in_both_languages(name: str) -> None:
    table = described()[name]  # refuses a text without one of them
    assert table.columns
    assert all(text.en and text.th for text in (table.text, *table.columns.values()))
    assert set(table.key) <= set(table.columns)


@pytest.mark.parametrize("name", docs_blocks())
def test_a_shared_text_is_bilingual(name: str) -> None:
    assert bilingual("columns.md", name, docs_blocks()[name])


@pytest.mark.parametrize("written", ["", "Name.", "ชื่อ", "\nชื่อ", "ชื่อ\nName.", "Name. ชื่อ\nชื่อ"])
def test_a_text_without_one_of_its_languages_is_refused_by_name(written: str) -> None:
    with pytest.raises(ContractError, match=r"fct_x.yml.*name_th"):
        bilingual("fct_x.yml", "name_th", written)


def test_a_text_may_be_long_in_english_and_ends_in_thai() -> None:
    text = bilingual("x.yml", "x", "Rain of the day,\nin mm.\nปริมาณฝนของวัน (มม.)\n")
    assert (text.en, text.th) == ("Rain of the day, in mm.", "ปริมาณฝนของวัน (มม.)")


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ("pm25_ugm3", "ug/m3"),
        ("pm25_mean_ugm3_to_best", "ug/m3"),
        ("pm25_mean_ugm3_rank", None),
        ("pm25_mean_ugm3_year", None),
        ("amount_thb", "baht"),
        ("days_good", "days"),
        ("persons", "persons"),
        ("persons_year", None),
        ("station_id", None),
    ],
)
def test_a_unit_is_the_suites_or_the_names(column: str, unit: str | None) -> None:
    assert unit_of(column) == unit


def test_a_build_with_something_that_nobody_described_says_what(home: Home) -> None:
    home.build.parent.mkdir(parents=True, exist_ok=True)
    with connect(home.build) as con:
        con.execute("CREATE SCHEMA core; CREATE TABLE core.fct_rainfall AS SELECT 1.5 AS snow_mm")
        with pytest.raises(DataProblem, match=r"core.fct_rainfall.snow_mm has no description"):
            dictionary_rows(con)
        con.execute(
            "DROP TABLE core.fct_rainfall; CREATE TABLE core.fct_snow AS SELECT 1.5 AS snow_mm"
        )
        with pytest.raises(DataProblem, match=r"core.fct_snow has no description"):
            dictionary_rows(con)


def test_every_city_code_of_core_and_marts_has_its_row_in_the_dimension(release: Site) -> None:
    places = release.sql(
        "SELECT schema_name || '.' || table_name, coalesce(refers_to, '') FROM ops.dictionary "
        "WHERE column_name = 'city_code' AND schema_name IN ('core', 'marts') "
        "AND table_name <> 'dim_city'"
    )
    assert len(places) > 20
    for name, refers_to in places:
        assert refers_to == "core.dim_city.city_code", name
        lost = f"SELECT count(*) FROM {name} ANTI JOIN core.dim_city USING (city_code)"
        assert release.sql(lost) == [(0,)], name
    both = "SELECT count(*) FILTER (is_federation), count(*) FROM core.dim_city"
    assert release.sql(both) == [(1, 7)]
