"""Which extract is current: versions, times, corrections, covering and overlapping files, in any
order of arrival."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from federation.common.vocabulary import Delivery
from federation.contracts.model import Feed
from federation.contracts.pattern import Partition
from federation.extracts.precedence import decide_precedence, latest_arrivals, rank_of
from federation.ledger import Arrival, Ledger
from hypothesis import given
from hypothesis import strategies as st

NOON = datetime(2026, 2, 10, 12, tzinfo=UTC)


def months(first: str, last: str | None = None) -> Partition:
    start, end = date.fromisoformat(f"{first}-01"), date.fromisoformat(f"{last or first}-01")
    return Partition(start, (end + timedelta(days=32)).replace(day=1) - timedelta(days=1))


def arrival(
    number: int,
    content: str,
    partition: Partition | None = None,
    *,
    version: int = 0,
    hours: float | None = None,
    path: str = "",
) -> Arrival:
    """The `number`-th arrival.

    `content` stands for its bytes, `hours` for the platform's time after noon.
    """
    partition = partition or months("2026-01")
    modified = None if hours is None else NOON + timedelta(hours=hours)
    return Arrival(
        "rayong",
        "air_quality",
        path or f"{partition}.parquet",
        f"t{number}",
        partition,
        version,
        modified,
        1,
        content,
        f"{partition}:{content}",
        "new",
        number,
    )


def states(*arrivals: Arrival) -> dict[str, str]:
    return {
        standing.arrival.sha256: standing.state for standing in decide_precedence(arrivals).values()
    }


def test_a_corrected_file_supersedes_the_first() -> None:
    assert states(arrival(1, "A", hours=0), arrival(2, "B", hours=1)) == {
        "A": "superseded",
        "B": "current",
    }


def test_the_newer_modification_time_wins_over_the_order_of_arrival() -> None:
    assert states(arrival(1, "new", hours=5), arrival(2, "old", hours=1)) == {
        "new": "current",
        "old": "superseded",
    }


def test_without_a_modification_time_the_last_arrival_wins() -> None:
    assert states(arrival(1, "A"), arrival(2, "B")) == {"A": "superseded", "B": "current"}


def test_bytes_that_come_again_are_current_again() -> None:
    came = [arrival(1, "A", hours=0), arrival(2, "B", hours=1), arrival(3, "A", hours=2)]
    assert states(*came) == {"A": "current", "B": "superseded"}
    assert [entry.arrival_id for entry in latest_arrivals(came)] == [2, 3]


def test_a_declared_version_wins_over_any_time() -> None:
    first = arrival(1, "resent", version=1, hours=0)
    assert states(first, arrival(2, "plain", hours=9)) == {
        "resent": "current",
        "plain": "superseded",
    }


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_versions_out_of_order_end_with_the_highest(order: tuple[int, ...]) -> None:
    came = [
        arrival(place, f"v{version}", version=version) for place, version in enumerate(order, 1)
    ]
    assert states(*came) == {"v1": "superseded", "v2": "superseded", "v3": "current"}


def test_other_months_do_not_touch_each_other() -> None:
    assert states(arrival(1, "A", months("2026-01")), arrival(2, "B", months("2026-02"))) == {
        "A": "current",
        "B": "current",
    }


def test_a_year_supersedes_the_months_that_it_covers() -> None:
    parts = [
        arrival(1, "jan", months("2025-01")),
        arrival(2, "dec", months("2025-12")),
        arrival(3, "next", months("2026-01")),
    ]
    found = decide_precedence([*parts, arrival(4, "year", months("2025-01", "2025-12"))])
    by_content = {entry.arrival.sha256: entry for entry in found.values()}
    assert {name: entry.state for name, entry in by_content.items()} == {
        "jan": "superseded",
        "dec": "superseded",
        "next": "current",
        "year": "current",
    }
    assert by_content["jan"].other == by_content["year"].arrival.extract_id


def test_a_month_of_a_year_that_is_there_overlaps_in_part() -> None:
    found = decide_precedence(
        [arrival(1, "year", months("2025-01", "2025-12")), arrival(2, "month", months("2025-06"))]
    )
    month = next(entry for entry in found.values() if entry.arrival.sha256 == "month")
    assert (month.state, month.other) == ("overlapping", "2025:year")
    assert found["2025:year"].state == "current"


def test_a_shifted_range_overlaps_in_part_and_leaves_all_as_it_was() -> None:
    came = [
        arrival(1, "first", months("2025-01", "2025-06")),
        arrival(2, "second", months("2025-07", "2025-12")),
        arrival(3, "shifted", months("2025-04", "2025-09")),
    ]
    assert states(*came) == {"first": "current", "second": "current", "shifted": "overlapping"}


def test_nothing_arrived_nothing_stands() -> None:
    assert decide_precedence([]) == {}


def test_standings_from_the_ledger_are_those_of_the_records(ledger: Ledger) -> None:
    for entry in (arrival(0, "A", hours=0), arrival(0, "B", hours=1), arrival(0, "A", hours=2)):
        ledger.arrivals.add(entry)
    came = ledger.arrivals.of_feed("rayong", "air_quality")
    assert [entry.arrival_id for entry in came] == [1, 2, 3]
    assert came[0].modified_at == NOON
    assert states(*came) == {"A": "current", "B": "superseded"}


# -- one path, and times that cannot be true -------------------------------------------------------

CAME = datetime(2026, 11, 22, tzinfo=UTC)
WRONG_ERA, AHEAD = datetime(2569, 2, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)
FIRST_SECOND = datetime(1970, 1, 1, tzinfo=UTC)


def feed(feeds: dict[tuple[str, str], Feed], delivery: str = Delivery.FULL_PARTITION) -> Feed:
    return replace(feeds["rayong", "air_quality"], delivery=delivery)


def ranked(of: Feed, *arrivals: Arrival) -> list[str]:
    """The contents in order of rank; each came a day after the one before."""
    came = [
        replace(entry, arrived_at=CAME + timedelta(days=entry.arrival_id)) for entry in arrivals
    ]
    return [entry.sha256 for entry in latest_arrivals(came, rank_of(of, came))]


def at(entry: Arrival, stated: datetime | None) -> Arrival:
    return replace(entry, modified_at=stated)


@pytest.mark.parametrize("first", [WRONG_ERA, AHEAD, FIRST_SECOND, NOON, None])
@pytest.mark.parametrize("second", [WRONG_ERA, AHEAD, NOON - timedelta(days=999), None])
def test_the_bytes_that_a_path_shows_last_rank_highest_whatever_time_is_stated(
    feeds: dict[tuple[str, str], Feed], first: datetime | None, second: datetime | None
) -> None:
    came = at(arrival(1, "A"), first), at(arrival(2, "B"), second)
    for delivery in Delivery:
        assert ranked(feed(feeds, delivery), *came) == ["A", "B"]


def test_bytes_that_come_back_under_a_path_with_their_old_time_are_its_newest(
    feeds: dict[tuple[str, str], Feed],
) -> None:
    came = [arrival(1, "A", hours=0), arrival(2, "B", hours=5), arrival(3, "A", hours=0)]
    assert ranked(feed(feeds), *came) == ["B", "A"]


def test_stated_times_rank_different_paths(feeds: dict[tuple[str, str], Feed]) -> None:
    came = [arrival(1, "new", hours=5, path="a"), arrival(2, "old", hours=1, path="b")]
    assert ranked(feed(feeds), *came) == ["old", "new"]


def test_what_a_path_showed_before_ranks_no_higher_than_what_it_shows_now(
    feeds: dict[tuple[str, str], Feed],
) -> None:
    came = [
        arrival(1, "wrong", hours=9, path="a"),
        arrival(2, "other", hours=5, path="b"),
        arrival(3, "right", hours=1, path="a"),
    ]
    assert ranked(feed(feeds), *came) == ["wrong", "right", "other"]


@pytest.mark.parametrize("stated", [WRONG_ERA, AHEAD, FIRST_SECOND, None])
def test_between_different_paths_a_time_that_cannot_be_true_leaves_it_to_the_order_of_arrival(
    feeds: dict[tuple[str, str], Feed], stated: datetime | None
) -> None:
    odd, fine = arrival(1, "odd", path="a"), arrival(2, "fine", hours=1, path="b")
    assert ranked(feed(feeds), at(odd, stated), fine) == ["odd", "fine"]
    odd, fine = replace(odd, arrival_id=2), replace(fine, arrival_id=1)
    assert ranked(feed(feeds), fine, at(odd, stated)) == ["fine", "odd"]


def test_a_later_period_ranks_higher_where_files_tell_states(
    feeds: dict[tuple[str, str], Feed],
) -> None:
    came = [
        arrival(1, "february", months("2026-02"), hours=0),
        arrival(2, "january", months("2026-01"), hours=9),
    ]
    for delivery in (Delivery.APPEND, Delivery.UPSERT, Delivery.SNAPSHOT):
        assert ranked(feed(feeds, delivery), *came) == ["january", "february"]


# -- any order -------------------------------------------------------------------------------------

PARTITIONS = st.tuples(st.integers(1, 12), st.integers(0, 5)).map(
    lambda pair: months(f"2025-{pair[0]:02}", f"2025-{min(12, pair[0] + pair[1]):02}")
)


@st.composite
def deliveries(draw: st.DrawFn) -> list[Arrival]:
    """Arrivals with distinct ranks: no two share version and time."""
    ranks = draw(
        st.lists(
            st.tuples(st.integers(0, 2), st.integers(0, 50)), min_size=1, max_size=8, unique=True
        )
    )
    return [
        arrival(0, draw(st.sampled_from("ABC")), draw(PARTITIONS), version=version, hours=hours)
        for version, hours in ranks
    ]


def arrived(order: list[Arrival]) -> list[Arrival]:
    return [replace(entry, arrival_id=number) for number, entry in enumerate(order, 1)]


def standing_of(came: list[Arrival]) -> dict[str, tuple[str, str]]:
    return {key: (entry.state, entry.other) for key, entry in decide_precedence(came).items()}


@given(st.data(), deliveries())
def test_the_order_of_arrival_does_not_matter(
    data: st.DataObject, delivered: list[Arrival]
) -> None:
    shuffled = data.draw(st.permutations(delivered))
    assert standing_of(arrived(shuffled)) == standing_of(arrived(delivered))


@given(deliveries())
def test_a_day_belongs_to_one_current_extract_at_most(delivered: list[Arrival]) -> None:
    current = [
        entry.arrival.partition
        for entry in decide_precedence(arrived(delivered)).values()
        if entry.state == "current"
    ]
    assert current
    assert not [
        pair
        for pair in zip(sorted(current), sorted(current)[1:], strict=False)
        if pair[0].overlaps(pair[1])
    ]


@given(deliveries())
def test_whoever_supersedes_covers_and_ranks_higher(delivered: list[Arrival]) -> None:
    found = decide_precedence(arrived(delivered))
    for entry in found.values():
        if entry.state == "superseded":
            other = found[entry.other].arrival
            assert other.partition.covers(entry.arrival.partition)
            assert other.rank > entry.arrival.rank
        elif entry.state == "overlapping":
            assert found[entry.other].arrival.partition.overlaps(entry.arrival.partition)


@given(deliveries())
def test_what_ranks_highest_of_a_partition_is_never_superseded_by_its_own(
    delivered: list[Arrival],
) -> None:
    found = decide_precedence(arrived(delivered))
    best: dict[Partition, Arrival] = {}
    for entry in arrived(delivered):
        if entry.partition not in best or entry.rank > best[entry.partition].rank:
            best[entry.partition] = entry
    for partition, top in best.items():
        standing = found[top.extract_id]
        assert (
            standing.state in ("current", "overlapping")
            or found[standing.other].arrival.partition != partition
        )
