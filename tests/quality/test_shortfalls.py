"""What a feed owes is told once, in the words of its kind, to who can act."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from federation.common.vocabulary import PeriodState
from federation.contracts.model import Feed
from federation.extracts.expected_arrivals import Expected
from federation.quality.contacts import stakeholders
from federation.quality.shortfalls import shortfalls


def month(number: int, state: str, records: int = 0, year: int = 2026) -> Expected:
    first = date(year, number, 1)
    last = date(year, number, 28)
    key = ("phuket", "air_quality")
    return Expected(
        *key, first, last, last, PeriodState(state), None, None, 0, records=records, owed=672
    )


@pytest.fixture
def feed(feeds: dict[tuple[str, str], Feed]) -> Feed:
    return feeds["phuket", "air_quality"]


def test_what_came_in_part_is_one_incident_with_its_share(feed: Feed) -> None:
    expected = [month(1, "arrived", 672), month(2, "partly", 200), month(3, "partly", 203)]
    (found,) = shortfalls(feed, expected, [])
    assert (found.reason, found.severity, found.dimension) == (
        "incomplete",
        "warning",
        "completeness",
    )
    assert found.message_en.startswith("403 of 1,344 hourly records came (30 %): ")
    assert "403 จาก 1,344 ระเบียนรายชั่วโมง (30 %)" in found.message_th
    assert (found.records, found.extracts, found.owner) == (941, 2, feed.stewards[0].email)
    assert found.todo_en
    assert found.todo_th


def test_an_empty_period_is_no_late_one(feed: Feed) -> None:
    found = {
        entry.reason: entry.message_en
        for entry in shortfalls(feed, [month(1, "empty"), month(2, "late")], [])
    }
    assert found.keys() == {"late", "empty_period"}
    assert "nothing of" in found["empty_period"]


@pytest.mark.parametrize("state", ["rejected", "overlapping", "held"])
def test_a_file_that_does_not_serve_is_not_told_as_late_too(feed: Feed, state: str) -> None:
    file: Any = SimpleNamespace(state=state, first_date="2026-02-01", last_date="2026-02-28")
    expected = [month(1, "arrived"), month(2, "late")]
    assert list(shortfalls(feed, expected, [file])) == []
    (late,) = shortfalls(feed, [*expected, month(3, "late")], [file])
    assert late.extracts == 1


def test_a_dormant_feed_is_one_question_to_the_national_office(feed: Feed) -> None:
    silent = [month(number, "late", year=year) for year in (2024, 2025) for number in range(1, 13)]
    (found,) = shortfalls(feed, [month(12, "arrived", 672, 2023), *silent], [])
    assert (found.reason, found.severity) == ("dormant", "info")
    assert found.owner == stakeholders()[0].email
    assert found.message_en.startswith("nothing new for 1 year 11 months")
    assert found.message_th.startswith("ไม่มีข้อมูลใหม่ 1 ปี 11 เดือน")
