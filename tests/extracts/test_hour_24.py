"""A month of hours 1 to 24 beside months of hours 0 to 23: each hour is in the warehouse once."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from federation.common.paths import Home
from federation.common.progress import Progress
from federation.common.settings import Settings
from federation.contracts.model import Feed
from federation.extracts.catalogue import Catalogue
from federation.extracts.snapshot import read_snapshot
from federation.ledger import Ledger
from federation.pipeline.conform import conform
from federation.pipeline.fetch import fetch
from federation.pipeline.gate import gate
from federation.pipeline.hub import Hub
from federation.warehouse.inputs import lay_out_inputs
from federation.warehouse.plan import Plan, plan_build
from support.native import write_native

JANUARY, FEBRUARY = datetime(2026, 1, 1), datetime(2026, 2, 1)
Deliver = Callable[[datetime, int, float, int], None]


@pytest.fixture
def feed(feeds: dict[tuple[str, str], Feed]) -> Feed:
    return feeds["phuket", "air_quality"]


@pytest.fixture
def hub(home: Home, ledger: Ledger, tmp_path: Path) -> Hub:
    return Hub(Settings(home, None, str(tmp_path / "platforms")), ledger, Progress(silent=True))


@pytest.fixture
def deliver(feed: Feed, hub: Hub, tmp_path: Path) -> Deliver:
    """Deliver so many hours from an hour on, with a value, as the file of a month."""

    def deliver(first: datetime, count: int, value: float, month: int) -> None:
        folder = tmp_path / "platforms" / "phuket" / "AirQuality"
        rows = [
            {
                "StationId": "43t",
                "District": "เมือง",
                "DateTime": (first + timedelta(hours=n)).isoformat(),
                "PM25": value + n % 9,
            }
            for n in range(count)
        ]
        file = write_native(folder / f"AirQuality_2026_{month:02}.parquet", feed, rows)
        os.utime(file, (1_780_000_000 + value, 1_780_000_000 + value))
        fetch(hub, [feed])
        conform(hub, [feed])
        gate(hub, [feed])

    return deliver


def planned(feed: Feed, hub: Hub) -> Plan:
    return plan_build(read_snapshot(hub.ledger, hub.settings.home, Catalogue([feed])), None)


def loaded(feed: Feed, hub: Hub) -> dict[datetime, float]:
    """Hour (local) -> PM2.5 of what a build would load; each hour comes once, and it adds up."""
    plan = planned(feed, hub)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        lay_out_inputs(con, plan, hub.settings.home)
        rows = con.execute("SELECT measured_at, pm25_ugm3 FROM inputs.air_quality").fetchall()
        superseded = con.execute("SELECT coalesce(sum(records), 0) FROM inputs.superseded")
        gone = superseded.fetchall()[0][0]
    received = sum(entry.records_received - entry.records_quarantined for entry in plan.pending)
    assert len(rows) == received - gone
    found = {at.astimezone(UTC).replace(tzinfo=None) + timedelta(hours=7): v for at, v in rows}
    assert len(found) == len(rows)
    return found


def test_the_last_hour_of_january_is_not_lost(feed: Feed, hub: Hub, deliver: Deliver) -> None:
    deliver(JANUARY + timedelta(hours=1), 31 * 24, 10, 1)
    assert max(loaded(feed, hub)) == FEBRUARY


@pytest.mark.parametrize(("january", "february"), [(10, 20), (20, 10)])
def test_where_both_months_tell_the_hour_the_later_file_counts(
    feed: Feed, hub: Hub, deliver: Deliver, january: int, february: int
) -> None:
    deliver(JANUARY + timedelta(hours=1), 31 * 24, january, 1)
    deliver(FEBRUARY, 28 * 24, february, 2)
    found = loaded(feed, hub)
    assert len(found) == 31 * 24 + 28 * 24 - 1
    assert found[FEBRUARY] == (february if february > january else january + 743 % 9)


def test_two_months_of_hours_1_to_24_are_whole(feed: Feed, hub: Hub, deliver: Deliver) -> None:
    deliver(JANUARY + timedelta(hours=1), 31 * 24, 10, 1)
    deliver(FEBRUARY + timedelta(hours=1), 28 * 24, 20, 2)
    assert len(loaded(feed, hub)) == (31 + 28) * 24


def test_the_day_after_the_period_is_computed_anew(feed: Feed, hub: Hub, deliver: Deliver) -> None:
    deliver(JANUARY + timedelta(hours=1), 31 * 24, 10, 1)
    assert planned(feed, hub).touched == [("air_quality", "83", "2026-01-01", "2026-02-01")]


def test_a_corrected_file_ends_it(feed: Feed, hub: Hub, deliver: Deliver) -> None:
    deliver(JANUARY + timedelta(hours=1), 31 * 24, 10, 1)
    deliver(FEBRUARY, 28 * 24, 20, 2)
    assert planned(feed, hub).merged == {feed.key}
    deliver(JANUARY, 31 * 24, 30, 1)
    assert planned(feed, hub).merged == set()
    assert loaded(feed, hub)[FEBRUARY] == 20
