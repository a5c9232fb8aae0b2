"""Holidays by who has them, against the lists of cabinet and Bank of Thailand; the festivals' days;
working days."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from federation.reference.holiday_calendar import festival_periods, holidays_of, is_in_festival
from federation.reference.working_days import working_day, working_days_after

DECLARED = yaml.safe_load(
    (Path(__file__).parent / "declared_holidays.yml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("year", DECLARED)
def test_offices_are_closed_on_the_days_of_the_cabinets_list(year: int) -> None:
    closed = [entry.day for entry in holidays_of(year).values() if entry.is_government_holiday]
    assert closed == _days(year, "government")


@pytest.mark.parametrize("year", DECLARED)
def test_banks_are_closed_on_the_days_of_the_bank_of_thailands_list(year: int) -> None:
    closed = [entry.day for entry in holidays_of(year).values() if entry.is_bank_holiday]
    assert closed == _days(year, "banks")


def test_the_declared_lists_cover_the_years_of_the_registers() -> None:
    assert list(DECLARED) == list(range(2020, 2027))


def _days(year: int, whose: str) -> list[date]:
    return [date.fromisoformat(f"{year}-{day}") for day in DECLARED[year][whose]]


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2020-12-05", "regular"),
        ("2020-02-10", "substitute"),  # Makha Bucha was a Saturday
        ("2020-12-11", "moved"),  # from the 7th
        ("2020-09-04", "moved"),  # from Songkran
        ("2021-10-22", "moved"),  # from the 25th
        ("2023-12-29", "moved"),  # from 2 January
        ("2022-07-15", "special"),
        ("2019-05-06", "special"),  # coronation
    ],
)
def test_a_holiday_says_why_it_is_on_that_day(day: str, kind: str) -> None:
    when = date.fromisoformat(day)
    assert holidays_of(when.year)[when].kind == kind


def test_childrens_day_is_no_holiday_in_any_year() -> None:
    names = {entry.name_en for year in range(1970, 2041) for entry in holidays_of(year).values()}
    assert "National Labor Day" in names
    assert not [name for name in names if "Children" in name]


def test_every_holiday_is_somebodys_and_has_a_name_in_both_languages() -> None:
    for year in range(1970, 2041):
        for entry in holidays_of(year).values():
            assert entry.is_government_holiday or entry.is_bank_holiday
            assert entry.name_th
            assert entry.name_en


def test_songkran_of_2020_was_put_off_so_no_day_of_it_is_in_the_period() -> None:
    april = [date(2020, 4, 1) + timedelta(days=number) for number in range(30)]
    assert {is_in_festival("songkran", day) for day in april} == {False}
    assert is_in_festival("songkran", date(2021, 4, 10)) is True
    assert is_in_festival("songkran", date(2021, 4, 17)) is False
    assert is_in_festival("songkran", date(2015, 4, 13)) is None


def test_the_period_of_new_year_begins_in_the_old_year() -> None:
    assert is_in_festival("new_year", date(2020, 12, 28)) is False
    assert is_in_festival("new_year", date(2020, 12, 29)) is True
    assert is_in_festival("new_year", date(2021, 1, 4)) is True
    assert is_in_festival("new_year", date(2021, 1, 5)) is False


def test_a_period_has_seven_days_but_for_the_ten_of_2025() -> None:
    lengths = {
        (entry.festival, entry.year): (entry.last_day - entry.first_day).days + 1
        for entry in festival_periods()
        if entry.first_day and entry.last_day
    }
    assert lengths.pop(("new_year", 2025)) == 10
    assert len(lengths) > 10
    assert set(lengths.values()) == {7}


def test_an_office_works_on_labour_day_and_not_on_the_ploughing_day() -> None:
    assert working_day(date(2026, 5, 1)) == date(2026, 5, 1)
    assert working_day(date(2026, 5, 13)) == date(2026, 5, 14)
    assert working_days_after(date(2020, 12, 4), 1) == date(2020, 12, 7)
