"""What analysts ask: the questions on the pages against known answers, and the benchmark's
queries."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from federation.common.engine import connect
from federation.common.paths import REPOSITORY
from independent.questions import ANSWERS, Known, known
from support.contracts import HOURLY_CITIES
from support.hubrun import Site

PAGES = (REPOSITORY / "README.md", *sorted(REPOSITORY.glob("[!.]*/*.md")))
# page, the sentence above a query, and the query
QUESTIONS = [
    (page.relative_to(REPOSITORY).as_posix(), question, query)
    for page in PAGES
    for question, query in re.findall(
        r"^([^\n]+)\n\n```sql\n(.*?)^```", page.read_text("utf-8"), flags=re.M | re.S
    )
]
DAYS = ("period_start", "first", "last", "month")
NUMBERS = ("received", "in_core", "quarantined", "duplicate", "superseded", "worst")
QUERIES = sorted((REPOSITORY / "tests" / "benchmarks" / "queries").glob("*.sql"))


def ask(site: Site, question: str) -> list[tuple[object, ...]]:
    with connect(site.home.current, read_only=True) as con:
        return con.execute(question).fetchall()


@pytest.fixture(scope="module")
def files(release: Site) -> Known:
    """What the cities' files say, read without the hub."""
    return known(release.platforms, HOURLY_CITIES)


def test_every_question_of_a_page_has_an_answer_to_compare_with() -> None:
    assert len(QUESTIONS) == sum(page.read_text("utf-8").count("```sql") for page in PAGES) >= 12
    assert {question for _, question, _ in QUESTIONS} == set(ANSWERS)


@pytest.mark.parametrize(("page", "question", "query"), QUESTIONS)
def test_a_question_of_a_page_has_the_answer_that_the_files_give(
    release: Site, files: Known, page: str, question: str, query: str
) -> None:
    expected = ANSWERS[question](files)
    assert len(expected) > 1
    with connect(release.home.current, read_only=True) as con:
        found = con.sql(query).to_arrow_table().to_pandas()[list(expected.columns)]
    pd.testing.assert_frame_equal(_plain(found), _plain(expected), check_dtype=False, rtol=1e-6)


@pytest.mark.parametrize("zone", ["Asia/Bangkok", "UTC", "America/Los_Angeles"])
def test_the_zone_of_the_client_changes_no_answer(release: Site, zone: str) -> None:
    query = next(query for _, question, query in QUESTIONS if "Songkran" in question)
    with duckdb.connect(str(release.home.current), read_only=True) as con:
        con.execute(f"SET TimeZone = '{zone}'")
        found = con.execute(query).fetchall()
    assert found == ask(release, query)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in one order, with the same few types."""
    columns = {}
    for name, column in frame.items():
        if pd.api.types.is_bool_dtype(column):
            columns[name] = column.astype(bool)
        elif pd.api.types.is_numeric_dtype(column) or name in NUMBERS:
            columns[name] = column.astype("float64").round(6)
        elif name in DAYS:
            columns[name] = pd.to_datetime(column).dt.strftime("%Y-%m-%d")
        else:
            columns[name] = column.astype(object).where(column.notna(), None)
    plain = pd.DataFrame(columns)
    return plain.sort_values(list(plain.columns)).reset_index(drop=True)


def test_there_are_twenty_queries() -> None:
    assert len(QUERIES) == 20


@pytest.mark.parametrize("file", QUERIES, ids=lambda file: file.stem)
def test_a_query_of_the_benchmark_is_answered(release: Site, file: Path) -> None:
    assert ask(release, file.read_text("utf-8"))


def test_a_group_of_all_cities_is_the_nation(release: Site) -> None:
    """The cube's sums over all cities give what the nation's cells say."""
    differing = """
        WITH grouped AS (
            SELECT indicator_code, period_kind, period_start,
                   max(factor) * sum(numerator) / sum(denominator) AS value
            FROM marts.indicator_cube WHERE area_level = 'province' AND value_kind = 'ratio'
            GROUP BY ALL HAVING sum(denominator) > 0)
        SELECT nation.indicator_code, nation.period_start, nation.value, grouped.value
        FROM marts.city_indicator AS nation
        JOIN grouped USING (indicator_code, period_kind, period_start)
        WHERE nation.city_code = 'TH' AND nation.value_status = 'measured'
          AND abs(nation.value - grouped.value) > 1e-4 * (1 + abs(nation.value))
          AND nation.indicator_code NOT IN (
            SELECT indicator_code FROM core.dim_indicator
            WHERE minimum_denominator > 0 OR across_cities = 'population_weighted')"""
    compared = (
        "SELECT count(*) FROM marts.city_indicator WHERE city_code = 'TH' AND value IS NOT NULL"
    )
    assert ask(release, compared) > [(100,)]
    assert ask(release, differing) == []


def test_a_headline_column_is_an_indicator_that_says_so(release: Site) -> None:
    macro = (REPOSITORY / "dbt_project" / "macros" / "headlines.sql").read_text("utf-8")
    columns = dict(re.findall(r"'([A-Z0-9:_]+)': '(\w+)'", macro))
    registry = ask(release, "SELECT indicator_code FROM core.dim_indicator WHERE is_headline")
    assert {code for (code,) in registry} == set(columns)
    with pytest.raises(duckdb.Error):
        ask(release, "SELECT no_such_column FROM marts.city_scorecard")
    for column in columns.values():
        assert ask(
            release,
            f"SELECT count({column}_rank), count({column}_to_best) FROM marts.city_scorecard",
        )
