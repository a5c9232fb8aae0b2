"""What is there is asked before what is late."""

from __future__ import annotations

from datetime import UTC, date, datetime

from federation.common.vocabulary import ExtractState, VerdictKind
from federation.reporting.charts.coverage import Cell
from federation.reporting.site.calendars import Owed, by_month, by_year
from federation.reporting.site.expectations import Extract

TODAY = date(2026, 11, 27)


def month(number: int, quarantined: int = 0) -> Extract:
    return Extract(
        extract_id=str(number),
        partition=f"2026-{number:02}",
        first_date=date(2026, number, 1),
        last_date=date(2026, number, 28),
        name="x.parquet",
        arrived_at=datetime(2026, 11, 1, tzinfo=UTC),
        verdict=VerdictKind.ACCEPTED,
        state=ExtractState.CURRENT,
        reasons=[],
        quarantined=quarantined,
    )


def spans(*numbers: int) -> tuple[tuple[date, date], ...]:
    return tuple((date(2026, number, 1), date(2026, number, 28)) for number in numbers)


def test_a_year_of_which_some_months_came_is_there_in_part() -> None:
    due = Owed(arrived=spans(1, 2, 3, 4, 5), missing=spans(6, 7, 8, 9, 10))
    row = by_year([month(number) for number in range(1, 6)], due, [2025, 2026], "x", TODAY)
    assert row.cells == (None, Cell("partly", "5/10"))


def test_a_month_that_did_not_come_is_overdue_and_one_on_hold_is_told() -> None:
    due = Owed(arrived=spans(1, 2), missing=spans(3))
    (row,) = by_month([month(1), month(2, quarantined=3)], due, TODAY)
    states = [cell.state if cell else None for cell in row.cells]
    assert states[:4] == ["covered", "quarantined", "late", None]
    assert row.label == "2569 (2026)"


def test_a_month_of_which_too_little_came_tells_the_share() -> None:
    (june,) = spans(6)
    (row,) = by_month([month(6)], Owed(partly=((june, "30%"),)), TODAY)
    assert row.cells[5] == Cell("partly", "30%")


def test_a_period_that_a_file_covers_without_any_record_is_overdue() -> None:
    (row,) = by_month([month(6)], Owed(missing=spans(6)), TODAY)
    assert row.cells[5] == Cell("late")
