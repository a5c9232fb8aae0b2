"""One small feed delivered again and again, straight to the gate: what the hub makes of it,
without a build."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from federation.common.paths import Home
from federation.common.vocabulary import ExtractDecision
from federation.contracts.model import Feed
from federation.extracts.approvals import decide
from federation.extracts.catalogue import Catalogue
from federation.extracts.snapshot import Snapshot, read_snapshot
from federation.extracts.status import ExtractStatus
from federation.pipeline.conform import conform
from federation.pipeline.fetch import fetch
from federation.pipeline.gate import gate
from federation.pipeline.hub import Hub
from federation.warehouse.inputs import lay_out_inputs
from federation.warehouse.plan import plan_build

from support.native import write_native

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
        """Deliver months (`2001-01` -> cases) as the file of these years.

        `at`: its place in the platform's time.
        """
        self.sent += 1
        rows = [
            {"provCode": 20, "monthStart": midnight_ms(month), "dengueCases": value}
            for month, value in cases.items()
        ]
        file = write_native(
            self.platform / "dengue" / f"dengueCases-{years}.parquet", self.feed, rows
        )
        seconds = BEGAN + (self.sent if at is None else at)
        os.utime(file, (seconds, seconds))
        fetch(self.hub, [self.feed])
        conform(self.hub, [self.feed])
        gate(self.hub, [self.feed])

    def seen(self) -> Snapshot:
        return read_snapshot(self.hub.ledger, self.home, Catalogue([self.feed]))

    def placed(self) -> list[ExtractStatus]:
        return list(self.seen().statuses)

    def states(self) -> dict[str, list[str]]:
        """What became of each period's deliveries, in order of rank."""
        found: dict[str, list[str]] = {}
        for entry in self.placed():
            found.setdefault(str(entry.extract.arrival.partition), []).append(entry.state)
        return found

    def core(self) -> Cases:
        """The records that a build from nothing would load.

        The accounting of each extract must balance.
        """
        plan = plan_build(self.seen(), None)
        with duckdb.connect() as con:
            lay_out_inputs(con, plan, self.home)
            query = (
                "SELECT strftime(month, '%Y-%m'), cases, extract_id FROM inputs.dengue_cases "
                "ORDER BY 1"
            )
            rows = con.execute(query).fetchall()
            gone = dict(con.execute("SELECT extract_id, records FROM inputs.superseded").fetchall())
        for entry in plan.pending:
            loaded = sum(row[2] == entry.extract_id for row in rows)
            valid = entry.records_received - entry.records_duplicate - entry.records_quarantined
            assert valid == loaded + gone.get(entry.extract_id, 0)
        assert len({row[0] for row in rows}) == len(rows)
        return {month: cases for month, cases, _ in rows}

    def decide(self, entry: ExtractStatus, decision: str) -> None:
        decide(
            entry, ExtractDecision(decision), "checked with the city", self.hub.ledger, "a person"
        )


def midnight_ms(month: str) -> int:
    local = datetime.fromisoformat(f"{month}-01T00:00:00+07:00")
    return int(local.astimezone(UTC).timestamp()) * 1000


def months(first: str, *cases: int | None) -> Cases:
    """Cases of consecutive months."""
    year, month = map(int, first.split("-"))
    places = range(year * 12 + month - 1, year * 12 + month - 1 + len(cases))
    return {
        f"{place // 12}-{place % 12 + 1:02}": value
        for place, value in zip(places, cases, strict=True)
    }
