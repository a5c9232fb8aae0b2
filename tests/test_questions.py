"""What analysts ask: the benchmark's queries on a release of generated platforms; the pages'
examples are in test_docs.py."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from federation.common.engine import connect
from federation.common.paths import REPOSITORY
from support.hubrun import Site

QUERIES = sorted((REPOSITORY / "tests" / "benchmarks" / "queries").glob("*.sql"))


def ask(site: Site, question: str) -> list[tuple[object, ...]]:
    with connect(site.home.current, read_only=True) as con:
        return con.execute(question).fetchall()


def test_there_are_twenty_queries() -> None:
    assert len(QUERIES) == 20


@pytest.mark.parametrize("file", QUERIES, ids=lambda file: file.stem)
def test_a_query_of_the_benchmark_is_answered(release: Site, file: Path) -> None:
    assert ask(release, file.read_text("utf-8"))


@pytest.mark.parametrize(
    "question",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SET memory_limit = '9GB'",
        "COPY core.dim_city TO '/tmp/cities.csv'",
        "ATTACH '/tmp/other.duckdb'",
    ],
)
def test_a_question_sees_nothing_but_its_release(release: Site, question: str) -> None:
    done = release.hub("sql", question)
    assert done.returncode == 2
    assert re.search("disabled|locked", done.stderr)
    assert "Traceback" not in done.stderr


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
        WHERE nation.city_code = 'TH'
          AND abs(nation.value - grouped.value) > 1e-4 * (1 + abs(nation.value))
          AND nation.indicator_code NOT IN (
            SELECT indicator_code FROM core.dim_indicator WHERE minimum_denominator > 0)"""
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
