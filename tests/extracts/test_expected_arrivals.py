"""What should have come by when, from cadence, latency and the Thai calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from federation.contracts.model import Feed, Retirement
from federation.extracts.dated import Dated, Held
from federation.extracts.expected_arrivals import (
    expected_arrivals,
    is_dormant,
    late,
    periods,
    silent,
)
from federation.extracts.status import ReleaseInput
from federation.reference.working_days import working_day, working_days_after


def delivered(
    first: str,
    last: str,
    sent: str,
    state: str = "current",
    key: tuple[str, str] = ("bangkok", "air_quality"),
) -> ReleaseInput:
    return cast(
        ReleaseInput,
        SimpleNamespace(
            key=key,
            extract_id=f"{first}..{last} {sent}",
            first_date=first,
            last_date=last,
            modified_at=f"{sent}T09:00:00+07:00",
            arrived_at=f"{sent}T23:00:00+07:00",
            state=state,
        ),
    )


def told(found: Any) -> list[tuple[str, str, int]]:
    return [(str(entry.last_date), entry.state, entry.days_late) for entry in found]


@pytest.mark.parametrize(
    ("cadence", "began", "today", "ends"),
    [
        ("monthly", "2026-01-15", "2026-04-01", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("monthly", "2026-01-01", "2026-03-31", ["2026-01-31", "2026-02-28"]),
        ("quarterly", "2025-11-01", "2026-07-01", ["2025-12-31", "2026-03-31", "2026-06-30"]),
        ("yearly", "2019-01-01", "2021-06-30", ["2019-12-31", "2020-12-31"]),
        (
            "four_times_a_month",
            "2024-02-10",
            "2024-03-09",
            ["2024-02-16", "2024-02-24", "2024-02-29", "2024-03-08"],
        ),
    ],
)
def test_periods_are_those_that_have_ended(
    cadence: str, began: str, today: str, ends: list[str]
) -> None:
    found = list(periods(cadence, date.fromisoformat(began), date.fromisoformat(today)))
    assert [str(last) for _, last in found] == ends


def test_a_due_day_is_a_working_day() -> None:
    assert working_day(date(2026, 11, 24)) == date(2026, 11, 24)
    assert working_day(date(2026, 11, 21)) == date(2026, 11, 23)  # Saturday
    assert working_day(date(2026, 4, 13)) == date(2026, 4, 16)  # Songkran
    assert working_days_after(date(2026, 4, 10), 2) == date(2026, 4, 17)  # Friday before it


def test_what_is_due_and_not_there_is_late(feeds: dict[tuple[str, str], Feed]) -> None:
    feed = feeds["bangkok", "air_quality"]  # monthly, due ten days after the month
    came = [
        delivered("2026-01-01", "2026-01-31", "2026-02-05"),
        delivered("2026-02-01", "2026-02-28", "2026-03-20"),
    ]
    found = expected_arrivals(feed, came, date(2026, 5, 5))
    assert told(found) == [
        ("2026-01-31", "arrived", 0),
        ("2026-02-28", "arrived", 10),
        ("2026-03-31", "late", 25),
        ("2026-04-30", "not_due", 0),
    ]
    assert [str(entry.last_date) for entry in late(found)] == ["2026-03-31"]


def test_a_feed_that_never_came_owes_what_its_contract_promises(
    feeds: dict[tuple[str, str], Feed],
) -> None:
    feed = feeds["bangkok", "air_quality"]
    assert expected_arrivals(feed, [], date(2026, 5, 5)) == []
    promised = replace(feed, available_from=date(2026, 3, 15))
    assert told(expected_arrivals(promised, [], date(2026, 5, 5))) == [
        ("2026-03-31", "late", 25),
        ("2026-04-30", "not_due", 0),
    ]


def test_a_rejected_file_and_another_feeds_file_keep_no_promise(
    feeds: dict[tuple[str, str], Feed],
) -> None:
    feed = feeds["bangkok", "air_quality"]
    came = [
        delivered("2026-01-01", "2026-01-31", "2026-02-05"),
        delivered("2026-02-01", "2026-02-28", "2026-03-05", state="rejected"),
        delivered("2026-02-01", "2026-02-28", "2026-03-05", key=("phuket", "air_quality")),
    ]
    assert told(expected_arrivals(feed, came, date(2026, 3, 31)))[1] == ("2026-02-28", "late", 21)


def test_the_file_of_a_running_year_owes_every_quarter_anew(
    feeds: dict[tuple[str, str], Feed],
) -> None:
    feed = replace(
        feeds["bangkok", "tourism"], latency_days=60
    )  # one file a fiscal year, replaced every quarter
    first = delivered("2025-10-01", "2026-09-30", "2026-02-20", state="superseded", key=feed.key)
    found = expected_arrivals(feed, [first], date(2026, 6, 30))
    assert told(found) == [
        ("2025-12-31", "arrived", 0),
        ("2026-03-31", "late", 28),
    ]  # 30 May is a Saturday before a holiday
    again = delivered("2025-10-01", "2026-09-30", "2026-05-30", key=feed.key)
    assert told(expected_arrivals(feed, [first, again], date(2026, 6, 30)))[1][1] == "arrived"


def test_an_irregular_feed_owes_nothing(feeds: dict[tuple[str, str], Feed]) -> None:
    feed = feeds["bangkok", "dengue_cases"]
    assert feed.latency_days is None
    assert (
        expected_arrivals(
            feed,
            [delivered("1993-01-01", "2002-12-31", "2003-01-01", key=feed.key)],
            date(2026, 1, 1),
        )
        == []
    )


def test_every_regular_feed_says_by_when(feeds: dict[tuple[str, str], Feed]) -> None:
    assert all(
        (feed.latency_days is None) == (feed.cadence == "irregular") for feed in feeds.values()
    )


def held(*months: str) -> Held:
    """One record of each of these months, and one entity."""
    records = {}
    for text in months:
        first = date.fromisoformat(f"{text}-01")
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        records[first, following - timedelta(days=1)] = 1
    return Held(records, frozenset({0}))


def test_a_period_has_arrived_when_records_dated_in_it_came(
    feeds: dict[tuple[str, str], Feed],
) -> None:
    feed = replace(feeds["bangkok", "tourism"], latency_days=60)
    file = delivered("2023-10-01", "2024-09-30", "2024-10-20", key=feed.key)
    months = ("2023-10", "2023-11", "2023-12", "2024-01")
    told_of = Dated({file.extract_id: held(*months)})
    found = expected_arrivals(feed, [file], date(2024, 12, 20), told_of)
    assert [(str(entry.last_date), entry.state, entry.records, entry.owed) for entry in found] == [
        ("2023-12-31", "arrived", 3, 3),
        ("2024-03-31", "partly", 1, 3),
        ("2024-06-30", "empty", 0, 3),
        ("2024-09-30", "empty", 0, 3),
    ]
    assert {entry.newest for entry in found} == {date(2024, 1, 31)}
    assert late(found) == []
    assert len(silent(found)) == 2
    assert not is_dormant(found)


def test_an_empty_period_is_no_fault_before_it_is_due(feeds: dict[tuple[str, str], Feed]) -> None:
    feed = replace(feeds["bangkok", "tourism"], latency_days=60)
    file = delivered("2025-10-01", "2026-09-30", "2026-10-05", key=feed.key)
    told_of = Dated({file.extract_id: held("2025-10", "2025-11", "2025-12")})
    found = expected_arrivals(feed, [file], date(2026, 10, 31), told_of)
    assert [entry.state for entry in found] == ["arrived", "empty", "empty", "not_due"]


def test_a_feed_is_dormant_after_more_than_twelve_silent_periods(
    feeds: dict[tuple[str, str], Feed],
) -> None:
    feed = feeds["bangkok", "air_quality"]
    came = [delivered("2024-01-01", "2024-01-31", "2024-02-05")]
    a_year_later = expected_arrivals(feed, came, date(2025, 2, 20))
    assert (len(silent(a_year_later)), is_dormant(a_year_later)) == (12, False)
    assert is_dormant(expected_arrivals(feed, came, date(2025, 3, 20)))
    again = [*came, delivered("2025-02-01", "2025-02-28", "2025-03-05")]
    assert not is_dormant(expected_arrivals(feed, again, date(2025, 3, 20)))


def test_a_feed_begins_with_its_first_record(feeds: dict[tuple[str, str], Feed]) -> None:
    feed = replace(feeds["bangkok", "tourism"], latency_days=60)
    file = delivered("2023-10-01", "2024-09-30", "2024-10-20", key=feed.key)
    told_of = Dated({file.extract_id: held(*(f"2024-0{month}" for month in range(3, 10)))})
    found = expected_arrivals(feed, [file], date(2024, 12, 20), told_of)
    assert [(str(entry.first_date), entry.state, entry.records, entry.owed) for entry in found] == [
        ("2024-01-01", "arrived", 1, 1),
        ("2024-04-01", "arrived", 3, 3),
        ("2024-07-01", "arrived", 3, 3),
    ]


def test_a_feed_that_its_city_has_stopped_owes_nothing_that_ends_later(
    feeds: dict[tuple[str, str], Feed],
) -> None:
    feed = feeds["bangkok", "air_quality"]
    came, today = [delivered("2023-01-01", "2023-01-31", "2023-02-02")], date(2025, 3, 20)
    assert is_dormant(expected_arrivals(feed, came, today))
    stopped = replace(feed, retirement=Retirement(date(2023, 3, 30), "the gauges are gone"))
    found = expected_arrivals(stopped, came, today)
    assert [str(entry.last_date) for entry in found] == ["2023-01-31", "2023-02-28"]
    assert [str(entry.last_date) for entry in late(found)] == ["2023-02-28"]
    assert stopped.is_retired(date(2023, 3, 31))
    assert not stopped.is_retired(date(2023, 3, 30))
