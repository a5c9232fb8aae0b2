"""One wrong value of a good record: the record enters without it, and what stood there is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from federation.common.paths import Home
from federation.common.progress import Progress
from federation.common.settings import Settings
from federation.contracts.model import Feed
from federation.extracts.catalogue import Catalogue
from federation.extracts.snapshot import Snapshot, read_snapshot
from federation.ledger import Ledger
from federation.pipeline.conform import conform
from federation.pipeline.fetch import fetch
from federation.pipeline.gate import gate
from federation.pipeline.hub import Hub
from federation.warehouse import ops
from federation.warehouse.inputs import lay_out_inputs
from federation.warehouse.plan import plan_build
from support.native import write_native


@pytest.fixture
def feed(feeds: dict[tuple[str, str], Feed]) -> Feed:
    return feeds["phuket", "air_quality"]


@pytest.fixture
def hub(home: Home, ledger: Ledger, tmp_path: Path) -> Hub:
    return Hub(Settings(home, None, str(tmp_path / "platforms")), ledger, Progress(silent=True))


def hours(count: int) -> list[dict[str, Any]]:
    return [
        {
            "StationId": "43t",
            "District": "เมือง",
            "DateTime": (datetime(2026, 1, 1) + timedelta(hours=n)).isoformat(),
            "PM25": 10.0 + n / 8,
            "O3": 0.02 + n / 1000,
        }
        for n in range(count)
    ]


def deliver(feed: Feed, hub: Hub, rows: list[dict[str, Any]]) -> Snapshot:
    folder = Path(str(hub.settings.platforms)) / "phuket" / "AirQuality"
    write_native(folder / "AirQuality_2026_01.parquet", feed, rows)
    fetch(hub, [feed])
    conform(hub, [feed])
    gate(hub, [feed])
    return read_snapshot(hub.ledger, hub.settings.home, Catalogue([feed]))


def loaded(seen: Snapshot, home: Home) -> dict[int, dict[str, Any]]:
    """Source row -> record that a build would load."""
    with duckdb.connect() as con:
        lay_out_inputs(con, plan_build(seen, None), home)
        rows = con.sql("SELECT * EXCLUDE (measured_at) FROM inputs.air_quality").to_arrow_table()
    return {row["row_number"]: row for row in rows.to_pylist()}


def wrong(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows[3] |= {"PM25": -5.0}
    rows[5] |= {"PM25": 2_000.0, "O3": 5.0}
    rows[7] |= {"District": "บางละมุง"}  # another province's
    return rows


def test_the_record_enters_without_its_wrong_value(feed: Feed, hub: Hub) -> None:
    seen = deliver(feed, hub, wrong(hours(40)))
    found = loaded(seen, hub.settings.home)
    assert [*found] == [row for row in range(1, 41) if row != 8]
    assert (found[4]["pm25_ugm3"], found[4]["o3_ppb"]) == (None, 23.0)
    assert (found[6]["pm25_ugm3"], found[6]["o3_ppb"]) == (None, None)
    assert (found[5]["pm25_ugm3"], found[5]["o3_ppb"]) == (10.5, 24.0)


def test_records_add_up_as_before(feed: Feed, hub: Hub) -> None:
    seen = deliver(feed, hub, wrong(hours(40)))
    (entry,) = plan_build(seen, None).inputs
    assert (entry.records_received, entry.records_quarantined) == (40, 1)
    assert len(loaded(seen, hub.settings.home)) == 39
    picked = [reason for reason in entry.reasons if reason.consequence != "warn"]
    assert {reason.code: (reason.consequence, reason.records) for reason in picked} == {
        "unknown_area": ("quarantine", 1),
        "pm25_range": ("blank", 2),
        "o3_range": ("blank", 1),
    }


def test_what_stood_there_is_counted_and_kept_with_its_reason(feed: Feed, hub: Hub) -> None:
    seen = deliver(feed, hub, wrong(hours(40)))
    inputs = plan_build(seen, None).inputs
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA ops")
        ops._write_blanks(con, inputs, hub.settings.home)
        rows = con.execute(
            "SELECT city, partition, row_number, column_name, value_masked, reason "
            "FROM ops.blanked_values ORDER BY row_number, column_name"
        ).fetchall()
        counts = ops._values_blanked(con)
    place = ("phuket", "2026-01")
    assert rows == [
        (*place, 4, "pm25_ugm3", "-5.0", "pm25_range"),
        (*place, 6, "o3_ppb", "5000.0", "o3_range"),
        (*place, 6, "pm25_ugm3", "2000.0", "pm25_range"),
    ]
    assert counts == {inputs[0].extract_id: 3}


def test_without_a_wrong_value_nothing_is_left_out(feed: Feed, hub: Hub) -> None:
    seen = deliver(feed, hub, hours(40))
    (entry,) = plan_build(seen, None).inputs
    assert not entry.has_blanks
    assert not Home.blanks(hub.settings.home.at(entry.conformed)).exists()
    assert all(record["pm25_ugm3"] for record in loaded(seen, hub.settings.home).values())


def test_a_lost_file_of_blanks_is_written_again(feed: Feed, hub: Hub) -> None:
    seen = deliver(feed, hub, wrong(hours(40)))
    (entry,) = plan_build(seen, None).inputs
    file = Home.blanks(hub.settings.home.at(entry.conformed))
    file.unlink()
    gate(hub, [feed])
    assert file.exists()
    assert loaded(seen, hub.settings.home)[4]["pm25_ugm3"] is None


def test_a_corrected_file_brings_the_value(feed: Feed, hub: Hub) -> None:
    deliver(feed, hub, wrong(hours(40)))
    found = loaded(deliver(feed, hub, hours(40)), hub.settings.home)
    assert found[4]["pm25_ugm3"] == 10.375
