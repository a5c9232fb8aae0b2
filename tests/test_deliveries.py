"""Deliveries as they really come: shrinking, empty, overlapping, cumulative, corrected, out of order, under two contracts."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from federation.build_inputs import lay_out_inputs
from federation.contracts import Feed
from federation.contracts.pattern import span_of
from federation.errors import HubError
from federation.held import decide, find, held
from federation.ledger import Ledger
from federation.paths import Home
from federation.placed import Placed, place
from federation.plan import plan_build
from federation.progress import Progress
from federation.settings import Settings
from federation.steps import Hub, conform, fetch, gate
from native import write_native

BEGAN = 1_770_000_000
Cases = dict[str, int | None]


@dataclass
class City:
    """One feed of one city: what it delivers, and what the hub makes of it."""

    feed: Feed
    hub: Hub
    platform: Path
    sent: int = field(default=0)

    @property
    def home(self) -> Home:
        return self.hub.settings.home

    def deliver(self, years: str, cases: Cases, *, at: int | None = None) -> None:
        """Deliver months (`2001-01` -> cases) as the file of these years; `at`: its place in the platform's time."""
        self.sent += 1
        rows = [{"provCode": 20, "monthStart": _midnight_ms(month), "dengueCases": value} for month, value in cases.items()]
        file = write_native(self.platform / "dengue" / f"dengueCases-{years}.parquet", self.feed, rows)
        seconds = BEGAN + (self.sent if at is None else at)
        os.utime(file, (seconds, seconds))
        fetch(self.hub, [self.feed])
        conform(self.hub, [self.feed])
        gate(self.hub, [self.feed])

    def placed(self) -> list[Placed]:
        return place([self.feed], self.hub.ledger, self.home)

    def states(self) -> dict[str, list[str]]:
        """What became of each period's deliveries, in order of rank."""
        found: dict[str, list[str]] = {}
        for entry in self.placed():
            found.setdefault(str(entry.extract.arrival.partition), []).append(entry.state)
        return found

    def core(self) -> Cases:
        """The records that a build from nothing would load; the accounting of each extract must balance."""
        plan = plan_build([self.feed], self.hub.ledger, self.home, None)
        with duckdb.connect() as con:
            lay_out_inputs(con, plan, self.home)
            query = "SELECT strftime(month, '%Y-%m'), cases, extract_id FROM inputs.dengue_cases ORDER BY 1"
            rows = con.execute(query).fetchall()
            gone = dict(con.execute("SELECT extract_id, records FROM inputs.superseded").fetchall())
        for entry in plan.pending:
            loaded = sum(row[2] == entry.extract_id for row in rows)
            valid = entry.records_received - entry.records_duplicate - entry.records_quarantined
            assert valid == loaded + gone.get(entry.extract_id, 0)
        assert len({row[0] for row in rows}) == len(rows)
        return {month: cases for month, cases, _ in rows}

    def decide(self, entry: Placed, decision: str) -> None:
        decide(entry, decision, "checked with the city", self.hub.ledger, "a person")


def _midnight_ms(month: str) -> int:
    local = datetime.fromisoformat(f"{month}-01T00:00:00+07:00")
    return int(local.astimezone(UTC).timestamp()) * 1000


def months(first: str, *cases: int | None) -> Cases:
    """Cases of consecutive months."""
    year, month = map(int, first.split("-"))
    places = range(year * 12 + month - 1, year * 12 + month - 1 + len(cases))
    return {f"{place // 12}-{place % 12 + 1:02}": value for place, value in zip(places, cases, strict=True)}


Opened = Callable[..., City]


@pytest.fixture
def city(feeds: dict[tuple[str, str], Feed], home: Home, ledger: Ledger, tmp_path: Path) -> Opened:
    """Open the dengue feed of Chonburi, whose files name a first and a last year, under changed terms."""

    def opened(**terms: object) -> City:
        feed = replace(feeds["chonburi", "dengue_cases"], **terms)  # type: ignore[arg-type]
        settings = Settings(home, None, str(tmp_path / "platforms"))
        return City(feed, Hub(settings, ledger, Progress(silent=True)), tmp_path / "platforms" / "chonburi")

    return opened


# -- held for a person -----------------------------------------------------------------------------------------

def test_a_delivery_that_takes_records_away_is_held_until_a_person_approves_it(city: Opened) -> None:
    chonburi = city()
    chonburi.deliver("2001-2001", months("2001-01", *range(12)))
    chonburi.deliver("2001-2001", months("2001-01", *range(10)))
    assert chonburi.states() == {"2001": ["current", "held"]}
    assert len(chonburi.core()) == 12
    (found,) = held([chonburi.feed], chonburi.hub.ledger, chonburi.home)
    assert (found.records_before, found.records_after, found.removed, found.added, found.changed) == (12, 10, 2, 0, 0)
    assert found.removed_most == [("2001-11-01", 1), ("2001-12-01", 1)]
    assert "16.7 % fewer" in found.text
    entry = chonburi.placed()[-1]
    assert entry.verdict == "held"
    assert entry.reasons[-1]["code"] == "held_for_approval"
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


def test_a_file_without_any_row_says_that_there_is_nothing_and_removes_its_period(city: Opened) -> None:
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
    entry, _ = find(chonburi.placed()[0].extract.extract_id[:6], [chonburi.feed], chonburi.hub.ledger, chonburi.home)
    with pytest.raises(HubError, match="nothing of it can enter"):
        chonburi.decide(entry, "approve")


# -- corrections in any order ----------------------------------------------------------------------------------

def test_bytes_that_were_current_before_are_current_again(city: Opened) -> None:
    chonburi = city()
    first, second = months("2001-01", *range(12)), months("2001-01", *range(1, 13))
    for cases in (first, second, first):
        chonburi.deliver("2001-2001", cases)
    assert chonburi.core() == first
    assert sorted(chonburi.states()["2001"]) == ["current", "superseded"]


def test_the_platforms_time_decides_unless_the_contract_trusts_the_order_of_arrival(city: Opened) -> None:
    newer, older = months("2001-01", *range(12)), months("2001-01", *range(1, 13))
    for rule, holds in (("modified", newer), ("arrival", older)):
        chonburi = city(version_rule=rule)
        chonburi.deliver("2001-2001", newer, at=9)
        chonburi.deliver("2001-2001", older, at=2)
        assert chonburi.core() == holds


# -- files that tell states of the same records ----------------------------------------------------------------

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


# -- some days only --------------------------------------------------------------------------------------------

def test_a_span_of_days_is_all_that_is_pulled_conformed_and_judged(city: Opened) -> None:
    chonburi = city()
    whole, chonburi.hub = chonburi.hub, replace(chonburi.hub, span=span_of("2002-06-01", "2002-06-30"))
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


# -- two versions of a contract --------------------------------------------------------------------------------

def test_each_period_is_read_by_the_version_that_holds_on_its_first_day(city: Opened) -> None:
    chonburi = city()
    chonburi.deliver("2001-2001", months("2001-01", *range(12)))
    before = chonburi.placed()[0]
    renamed = {name.replace("dengueCases", "cases"): kind for name, kind in chonburi.feed.columns.items()}
    national = tuple(replace(column, sources=("cases",)) if column.sources == ("dengueCases",) else column
                     for column in chonburi.feed.national)
    newest = replace(chonburi.feed, version="2.0.0", columns=renamed, national=national, effective_from=date(2002, 1, 1),
                     earlier=(chonburi.feed,), document=chonburi.feed.document | {"version": "2.0.0"})
    rows = [{"provCode": 20, "monthStart": _midnight_ms(month), "cases": 7} for month in months("2002-01", *range(12))]
    write_native(chonburi.platform / "dengue" / "dengueCases-2002-2002.parquet", newest, rows)
    chonburi.feed = newest
    fetch(chonburi.hub, [newest])
    conform(chonburi.hub, [newest])
    gate(chonburi.hub, [newest])
    assert chonburi.states() == {"2001": ["current"], "2002": ["current"]}
    assert [entry.extract.feed.version for entry in chonburi.placed()] == [before.extract.feed.version, "2.0.0"]
    assert chonburi.placed()[0].identity == before.identity, "an earlier period is no new work"
    assert chonburi.core() == months("2001-01", *range(12)) | months("2002-01", *[7] * 12)


def test_a_patch_reads_what_had_landed_anew_and_what_was_quarantined_enters(city: Opened) -> None:
    chonburi = city()
    wrong = replace(chonburi.feed, document=chonburi.feed.document | {"version": "0.9.0"}, national=tuple(
        replace(column, facts=column.facts | {"missing": [7]}, required=True) if column.name == "cases" else column
        for column in chonburi.feed.national))
    right, chonburi.feed = chonburi.feed, wrong
    chonburi.deliver("2001-2001", months("2001-01", *range(12)))
    assert len(chonburi.core()) == 11
    (chonburi.platform / "dengue" / "dengueCases-2001-2001.parquet").unlink()  # the platform is not needed for it
    chonburi.feed = right
    conform(chonburi.hub, [right])
    gate(chonburi.hub, [right])
    assert chonburi.core() == months("2001-01", *range(12))
