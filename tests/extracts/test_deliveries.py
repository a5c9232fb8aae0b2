"""Deliveries as they really come: shrinking, empty, overlapping, cumulative, corrected, out of
order, under two contracts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from federation.common.errors import HubError
from federation.contracts.pattern import span_of
from federation.extracts.approvals import find, held
from federation.pipeline.conform import conform
from federation.pipeline.fetch import fetch
from federation.pipeline.gate import gate
from federation.warehouse.plan import plan_build
from support.delivering import BEGAN, City, midnight_ms, months
from support.native import write_native

Opened = Callable[..., City]


# -- held for a person -----------------------------------------------------------------------------


def test_a_delivery_that_takes_records_away_is_held_until_a_person_approves_it(
    city: Opened,
) -> None:
    chonburi = city()
    chonburi.deliver("2001-2001", months("2001-01", *range(12)))
    chonburi.deliver("2001-2001", months("2001-01", *range(10)))
    assert chonburi.states() == {"2001": ["current", "held"]}
    assert len(chonburi.core()) == 12
    (found,) = held(chonburi.seen())
    assert (
        found.records_before,
        found.records_after,
        found.removed,
        found.added,
        found.changed,
    ) == (12, 10, 2, 0, 0)
    assert found.removed_most == [("2001-11-01", 1), ("2001-12-01", 1)]
    assert "16.7 % fewer" in found.text
    entry = chonburi.placed()[-1]
    assert entry.verdict == "held"
    assert entry.reasons[-1].code == "held_for_approval"
    chonburi.decide(entry, "approve")
    assert chonburi.states() == {"2001": ["superseded", "current"]}
    assert len(chonburi.core()) == 10
    chonburi.decide(entry, "hold")
    assert chonburi.states() == {"2001": ["current", "held"]}


def test_within_the_tolerance_nobody_is_asked(city: Opened) -> None:
    chonburi = city(shrink_tolerance_pct=20.0)
    chonburi.deliver("2001-2001", months("2001-01", *range(12)))
    chonburi.deliver("2001-2001", months("2001-01", *range(10)))
    assert chonburi.states() == {"2001": ["superseded", "current"]}


def test_a_file_without_any_row_says_that_there_is_nothing_and_removes_its_period(
    city: Opened,
) -> None:
    chonburi = city()
    chonburi.deliver("2001-2001", months("2001-01", *range(12)))
    chonburi.deliver("2001-2001", {})
    assert chonburi.states() == {"2001": ["superseded", "current"]}
    assert chonburi.core() == {}


def test_a_whole_file_after_the_held_one_settles_it(city: Opened) -> None:
    chonburi = city()
    chonburi.deliver("2001-2001", months("2001-01", *range(12)))
    chonburi.deliver("2001-2001", months("2001-01", 5))
    chonburi.deliver("2001-2001", months("2001-01", *range(1, 13)))
    assert chonburi.states() == {"2001": ["superseded", "superseded", "current"]}


def test_a_covering_file_that_lacks_what_the_parts_held_is_held_too(city: Opened) -> None:
    chonburi = city()
    chonburi.deliver("2001-2001", months("2001-01", *range(12)))
    chonburi.deliver("2002-2002", months("2002-01", *range(12)))
    chonburi.deliver("2001-2002", months("2002-01", *range(12)))
    assert chonburi.states() == {"2001": ["current"], "2002": ["current"], "2001..2002": ["held"]}


def test_what_the_gate_rejected_cannot_be_approved(city: Opened) -> None:
    chonburi = city()
    chonburi.deliver("2001-2001", months("1999-01", *range(12)))
    assert chonburi.states() == {"2001": ["rejected"]}
    entry = find(chonburi.placed()[0].extract.extract_id[:6], chonburi.seen())
    with pytest.raises(HubError, match="nothing of it can enter"):
        chonburi.decide(entry, "approve")


# -- corrections in any order ----------------------------------------------------------------------


def test_bytes_that_were_current_before_are_current_again(city: Opened) -> None:
    chonburi = city()
    first, second = months("2001-01", *range(12)), months("2001-01", *range(1, 13))
    for cases in (first, second, first):
        chonburi.deliver("2001-2001", cases)
    assert chonburi.core() == first
    assert sorted(chonburi.states()["2001"]) == ["current", "superseded"]


def test_what_a_path_shows_last_holds_whatever_time_the_platform_states(city: Opened) -> None:
    first, corrected = months("2001-01", *range(12)), months("2001-01", *range(1, 13))
    for rule in ("modified", "arrival"):
        chonburi = city(version_rule=rule)
        chonburi.deliver("2001-2001", first, at=300_000_000)
        chonburi.deliver("2001-2001", corrected, at=2)
        assert chonburi.core() == corrected
        chonburi.deliver("2001-2001", first, at=1)
        assert chonburi.core() == first


@pytest.mark.parametrize("stated", [1, 18_900_000_000])  # of 1970; of the year 2568
def test_a_time_that_cannot_be_true_is_nowhere_the_time_of_sending(
    city: Opened, stated: int
) -> None:
    chonburi = city()
    chonburi.deliver("2001-2001", months("2001-01", *range(12)), at=stated - BEGAN)
    (entry,) = chonburi.placed()
    assert entry.extract.arrival.modified_at is not None
    told = entry.as_input(chonburi.home)
    assert (told.modified_at, told.arrived_at is not None) == (None, True)
    chonburi.deliver("2001-2001", months("2001-01", *range(1, 13)))
    sent = [entry.as_input(chonburi.home).modified_at for entry in chonburi.placed()]
    assert [entry is None for entry in sent] == [True, False]


def test_between_paths_the_platforms_time_decides_unless_the_contract_trusts_the_order_of_arrival(
    city: Opened,
) -> None:
    for rule, states in (
        ("modified", {"2001": ["overlapping"], "2001..2002": ["current"]}),
        ("arrival", {"2001": ["superseded"], "2001..2002": ["current"]}),
    ):
        chonburi = city(version_rule=rule)
        chonburi.deliver("2001-2001", months("2001-01", *range(12)), at=9)
        chonburi.deliver("2001-2002", months("2001-01", *range(24)), at=2)
        assert chonburi.states() == states


# -- files that tell states of the same records ----------------------------------------------------


def test_of_an_update_stream_the_latest_state_of_each_key_holds(city: Opened) -> None:
    chonburi = city(delivery="upsert")
    chonburi.deliver("2001-2002", months("2001-01", *[1] * 24))
    chonburi.deliver("2002-2003", months("2002-07", *[2] * 6) | months("2003-01", *[2] * 12))
    assert chonburi.states() == {"2001..2002": ["current"], "2002..2003": ["current"]}
    assert chonburi.core() == months("2001-01", *[1] * 18, *[2] * 18)
    # An earlier period sent again corrects itself, not what a later file has told since.
    chonburi.deliver("2001-2002", months("2001-01", *[3] * 24))
    assert chonburi.core() == months("2001-01", *[3] * 18, *[2] * 18)


def test_a_key_that_an_update_leaves_out_stays(city: Opened) -> None:
    chonburi = city(delivery="upsert")
    chonburi.deliver("2001-2001", months("2001-01", *range(12)))
    chonburi.deliver("2001-2001", months("2001-03", 99))
    assert chonburi.core() == months("2001-01", *range(12)) | {"2001-03": 99}


@pytest.mark.parametrize(("delivery", "replaces"), [("full_partition", 1), ("upsert", 0)])
def test_what_a_delivery_would_replace_is_what_it_takes_the_place_of(
    city: Opened, delivery: str, replaces: int
) -> None:
    chonburi = city(delivery=delivery)
    chonburi.deliver("2001-2001", months("2001-01", *range(12)))
    chonburi.deliver("2001-2001", months("2001-01", *range(6)))
    *_, newest = chonburi.placed()
    chonburi.decide(newest, "hold")
    (found,) = held(chonburi.seen())
    assert (len(found.replaces), found.records_before) == (replaces, 12 * replaces)
    chonburi.decide(newest, "approve")
    states = chonburi.states()["2001"]
    assert states.count("superseded") == replaces


def test_rolling_windows_overlap_and_a_window_sent_again_replaces_its_own(city: Opened) -> None:
    chonburi = city(delivery="append")
    chonburi.deliver("2001-2002", months("2001-01", *[1] * 24))
    chonburi.deliver("2002-2003", months("2002-01", *[2] * 24))
    chonburi.deliver("2001-2002", months("2001-01", *[3] * 23))
    assert chonburi.states() == {"2001..2002": ["superseded", "current"], "2002..2003": ["current"]}
    assert chonburi.core() == months("2001-01", *[3] * 12, *[2] * 24)


def test_of_cumulative_files_the_one_up_to_the_latest_period_counts_alone(city: Opened) -> None:
    chonburi = city(delivery="snapshot")
    chonburi.deliver("2001-2003", months("2001-01", *[1] * 36))
    chonburi.deliver("2001-2002", months("2001-01", *[2] * 24))
    assert chonburi.states() == {"2001..2003": ["current"], "2001..2002": ["superseded"]}
    assert chonburi.core() == months("2001-01", *[1] * 36)
    chonburi.deliver("2001-2004", months("2001-01", *[3] * 48))
    assert chonburi.core() == months("2001-01", *[3] * 48)


def test_files_of_whole_periods_that_overlap_in_part_are_in_conflict(city: Opened) -> None:
    chonburi = city()
    chonburi.deliver("2001-2002", months("2001-01", *[1] * 24))
    chonburi.deliver("2002-2003", months("2002-01", *[2] * 24))
    assert chonburi.states() == {"2001..2002": ["current"], "2002..2003": ["overlapping"]}
    assert chonburi.placed()[-1].verdict == "rejected"


# -- some days only --------------------------------------------------------------------------------


def test_a_span_of_days_is_all_that_is_pulled_conformed_and_judged(city: Opened) -> None:
    chonburi = city()
    whole, chonburi.hub = (
        chonburi.hub,
        replace(chonburi.hub, span=span_of("2002-06-01", "2002-06-30")),
    )
    for year in (2001, 2002, 2003):
        chonburi.deliver(f"{year}-{year}", months(f"{year}-01", *range(12)))
    assert chonburi.states() == {"2002": ["current"]}
    for _ in range(2):  # as often as one likes
        chonburi.hub = replace(whole, span=span_of(None, "2002-12-31"))
        for step in (fetch, conform, gate):
            step(chonburi.hub, [chonburi.feed])
        assert chonburi.states() == {"2001": ["current"], "2002": ["current"]}
    with pytest.raises(HubError, match="ends before it begins"):
        span_of("2026-02-01", "2026-01-01")
    with pytest.raises(HubError, match="is no date"):
        span_of("01/02/2569", None)


# -- two versions of a contract --------------------------------------------------------------------


def test_each_period_is_read_by_the_version_that_holds_on_its_first_day(city: Opened) -> None:
    chonburi = city()
    chonburi.deliver("2001-2001", months("2001-01", *range(12)))
    before = chonburi.placed()[0]
    renamed = {
        name.replace("dengueCases", "cases"): kind for name, kind in chonburi.feed.columns.items()
    }
    national = tuple(
        replace(column, sources=("cases",)) if column.sources == ("dengueCases",) else column
        for column in chonburi.feed.national
    )
    newest = replace(
        chonburi.feed,
        version="2.0.0",
        columns=renamed,
        national=national,
        effective_from=date(2002, 1, 1),
        earlier=(chonburi.feed,),
        document=chonburi.feed.document | {"version": "2.0.0"},
    )
    rows = [
        {"provCode": 20, "monthStart": midnight_ms(month), "cases": 7}
        for month in months("2002-01", *range(12))
    ]
    write_native(chonburi.platform / "dengue" / "dengueCases-2002-2002.parquet", newest, rows)
    chonburi.feed = newest
    fetch(chonburi.hub, [newest])
    conform(chonburi.hub, [newest])
    gate(chonburi.hub, [newest])
    assert chonburi.states() == {"2001": ["current"], "2002": ["current"]}
    assert [entry.extract.feed.version for entry in chonburi.placed()] == [
        before.extract.feed.version,
        "2.0.0",
    ]
    assert chonburi.placed()[0].identity == before.identity, "an earlier period is no new work"
    assert chonburi.core() == months("2001-01", *range(12)) | months("2002-01", *[7] * 12)


def test_a_patch_reads_what_had_landed_anew_and_what_was_quarantined_enters(city: Opened) -> None:
    chonburi = city()
    wrong = replace(
        chonburi.feed,
        document=chonburi.feed.document | {"version": "0.9.0"},
        national=tuple(
            replace(column, facts=column.facts | {"missing": [7]}, required=True)
            if column.name == "cases"
            else column
            for column in chonburi.feed.national
        ),
    )
    right, chonburi.feed = chonburi.feed, wrong
    chonburi.deliver("2001-2001", months("2001-01", *range(12)))
    assert len(chonburi.core()) == 11
    (
        chonburi.platform / "dengue" / "dengueCases-2001-2001.parquet"
    ).unlink()  # the platform is not needed for it
    chonburi.feed = right
    conform(chonburi.hub, [right])
    gate(chonburi.hub, [right])
    assert chonburi.core() == months("2001-01", *range(12))


def test_a_damaged_earlier_file_is_made_again_before_it_is_evidence(city: Opened) -> None:
    chonburi = city()
    chonburi.deliver("2001-2001", months("2001-01", *range(12)))
    (earlier,) = chonburi.placed()
    whole = earlier.extract.conformed.read_bytes()
    earlier.extract.conformed.write_bytes(whole[:-1])
    chonburi.deliver("2002-2002", months("2002-01", *range(12)))
    assert not earlier.extract.conformed.exists()
    conform(chonburi.hub, [chonburi.feed])
    gate(chonburi.hub, [chonburi.feed])
    assert earlier.extract.conformed.read_bytes() == whole
    assert chonburi.states() == {"2001": ["current"], "2002": ["current"]}


def test_a_release_of_code_that_named_no_averaging_can_be_built_upon(city: Opened) -> None:
    chonburi = city()
    chonburi.deliver("2001-2001", months("2001-01", *range(12)))
    base = {"release_id": "r", "models": "others", "signature": "s", "inputs": [], "cities": []}
    plan = plan_build(chonburi.seen(), base)
    assert (plan.base, len(plan.pending)) == (None, 1)
