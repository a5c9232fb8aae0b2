"""What releases said of the indicators, told by the releases after them."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from federation.common.engine import connect
from federation.releases.vintages import tell_vintages

MADE_AT = datetime(2026, 11, 1, tzinfo=UTC)


def _build(file: Path, cells: dict[str, float | None], *, keeps_vintages: bool = True) -> Path:
    """Lay out a build with one indicator of one city, by year."""
    with connect(file) as con:
        con.execute("CREATE SCHEMA marts; CREATE SCHEMA ops")
        con.execute(
            "CREATE TABLE marts.city_indicator (indicator_code VARCHAR, indicator_version INTEGER, "
            "city_code VARCHAR, period_kind VARCHAR, period_start DATE, value DOUBLE, "
            "value_status VARCHAR)"
        )
        for year, value in cells.items():
            status = "not_due" if value is None else "measured"
            row = ["TH:X", 1, "10", "year", f"{year}-01-01", value, status]
            con.execute("INSERT INTO marts.city_indicator VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        if keeps_vintages:
            con.execute(
                "CREATE TABLE ops.indicator_vintages (release_id VARCHAR, created_at TIMESTAMPTZ, "
                "indicator_code VARCHAR, indicator_version BIGINT, city_code VARCHAR, "
                "period_kind VARCHAR, period_start DATE, value DOUBLE, value_status VARCHAR)"
            )
    return file


def _tell(file: Path, release_id: str, earlier: Path | None) -> list[tuple[object, ...]]:
    with connect(file) as con:
        tell_vintages(con, release_id, MADE_AT, earlier)
        return con.execute(
            "SELECT release_id, year(period_start), value, value_status "
            "FROM ops.indicator_vintages ORDER BY ALL"
        ).fetchall()


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """The release `a`: 2024 is 5, 2025 is not due."""
    file = _build(tmp_path / "a", {"2024": 5.0, "2025": None})
    _tell(file, "a", None)
    return file


def test_the_first_release_tells_every_cell(tmp_path: Path) -> None:
    file = _build(tmp_path / "a", {"2024": 5.0, "2025": None})
    assert _tell(file, "a", None) == [("a", 2024, 5.0, "measured"), ("a", 2025, None, "not_due")]


def test_a_later_release_tells_only_what_it_says_otherwise(tmp_path: Path, first: Path) -> None:
    file = _build(tmp_path / "b", {"2024": 5.0, "2025": 7.0})
    assert _tell(file, "b", first) == [
        ("a", 2024, 5.0, "measured"),
        ("a", 2025, None, "not_due"),
        ("b", 2025, 7.0, "measured"),
    ]


def test_a_cell_that_is_gone_and_comes_again_is_told_both_times(
    tmp_path: Path, first: Path
) -> None:
    gone = _build(tmp_path / "b", {"2025": None})
    assert _tell(gone, "b", first)[-1] == ("b", 2024, None, "removed")
    again = _build(tmp_path / "c", {"2024": 5.0, "2025": None})
    assert _tell(again, "c", gone)[-1] == ("c", 2024, 5.0, "measured")
    still = _build(tmp_path / "d", {"2024": 5.0, "2025": None})
    assert len(_tell(still, "d", again)) == 4


def test_told_twice_is_told_once(tmp_path: Path, first: Path) -> None:
    """A build whose release was killed may be told again, under another name."""
    file = _build(tmp_path / "b", {"2024": 6.0, "2025": None})
    once = _tell(file, "b", first)
    assert _tell(file, "b", first) == once


def test_a_release_before_there_were_vintages_hands_on_none(tmp_path: Path) -> None:
    earlier = _build(tmp_path / "a", {"2024": 5.0}, keeps_vintages=False)
    file = _build(tmp_path / "b", {"2024": 5.0})
    assert _tell(file, "b", earlier) == [("b", 2024, 5.0, "measured")]


def test_what_a_release_said_is_the_last_row_up_to_it(tmp_path: Path, first: Path) -> None:
    file = _build(tmp_path / "b", {"2024": 6.0, "2025": 7.0})
    _tell(file, "b", first)
    with duckdb.connect(str(file), read_only=True) as con:
        as_of_a = con.execute(
            "SELECT value FROM ops.indicator_vintages WHERE release_id <= 'a' "
            "AND period_start = '2024-01-01' ORDER BY release_id DESC LIMIT 1"
        ).fetchone()
    assert as_of_a == (5.0,)
