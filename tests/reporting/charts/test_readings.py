"""What mails and pages read of a release for their charts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import pytest
from federation.reporting.charts.readings import (
    RELEASES_SHOWN,
    read_allowed_age_days,
    read_score_trend,
)

TODAY = date(2026, 11, 26)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("CREATE SCHEMA ops")
        opened.execute(
            "CREATE TABLE ops.expected_arrivals "
            "(city VARCHAR, dataset VARCHAR, last_date DATE, due_on DATE)"
        )
        for table, at in (("score_history", "measured_at TIMESTAMPTZ, "), ("scores", "")):
            opened.execute(
                f"CREATE TABLE ops.{table} "
                f"({at}city VARCHAR, dataset VARCHAR, dimension VARCHAR, score DOUBLE)"
            )
        yield opened


@pytest.mark.parametrize(("due_on", "allowed"), [(TODAY, 87), (TODAY - timedelta(days=1), 26)])
def test_on_its_due_day_a_period_may_still_come(
    con: duckdb.DuckDBPyConnection, due_on: date, allowed: int
) -> None:
    periods = [(date(2026, 8, 31), date(2026, 9, 30)), (date(2026, 10, 31), due_on)]
    for last_date, due in periods:
        con.execute(
            "INSERT INTO ops.expected_arrivals VALUES ('x', 'rainfall', ?, ?)", [last_date, due]
        )
    assert read_allowed_age_days(con, "x", "rainfall", TODAY) == allowed


def test_where_nothing_was_due_nothing_is_promised(con: duckdb.DuckDBPyConnection) -> None:
    assert read_allowed_age_days(con, "x", "rainfall", TODAY) is None


def test_a_trend_is_of_the_newest_releases_with_this_one_at_the_end(
    con: duckdb.DuckDBPyConnection,
) -> None:
    con.execute(
        "INSERT INTO ops.score_history SELECT "
        "TIMESTAMPTZ '2026-01-01' + to_days(CAST(n AS INTEGER)), 'x', NULL, 'overall', n "
        "FROM range(40) AS r(n)"
    )
    con.execute(
        "INSERT INTO ops.scores VALUES ('x', NULL, 'overall', 99), (NULL, NULL, 'overall', 1)"
    )
    scores = [score for _, score in read_score_trend(con, "x", "")]
    assert len(scores) == RELEASES_SHOWN
    assert scores[0] == 40 - (RELEASES_SHOWN - 1)
    assert scores[-2:] == [39, 99]
