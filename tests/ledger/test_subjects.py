"""What is added to the ledger is what it tells, of today and of an earlier instant."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from federation.contracts.pattern import Partition
from federation.ledger import (
    Arrival,
    Check,
    Conformed,
    Decision,
    Ledger,
    Measured,
    RowDecision,
    Verdict,
    read_ledger,
)
from federation.ledger.incidents import IncidentChange
from federation.ledger.tables import arrival, extract_decision, release, verdict
from sqlalchemy.exc import IntegrityError
from support.ledgers import age, rows_of

FEED = ("rayong", "tourism")
CAME = Arrival(
    *FEED,
    path="a.parquet",
    token="t",
    partition=Partition(date(2026, 1, 1), date(2026, 1, 31)),
    declared_version=1,
    modified_at=None,
    size_bytes=10,
    sha256="s",
    extract_id="e1",
)
REASON = {"code": "late", "consequence": "warn", "message": "สายไป"}
DONE = Conformed(*FEED, "e1", "k", [], 3, 0, 3, 0, "sha", "full")
JUDGED = Verdict(*FEED, "e1", "w", "1.0.0", "accepted_with_warning", 0, [REASON])
MEASURED = Measured(
    "tourism", "bound", "validity", "info", "warn", "passed", 3, 0, extract_id="e1", work_key="w"
)
SAID = Decision(*FEED, "e1", "hold", "look first", "a person")
ROW = RowDecision(*FEED, "e1", 7, "waive", "bound", "known", "a person", date(2026, 12, 31))


def test_a_snapshot_is_what_was_added(ledger: Ledger) -> None:
    ledger.arrivals.add(CAME)
    ledger.conformed.add(replace(DONE, source_rows=1))
    ledger.conformed.add(DONE)
    ledger.verdicts.add(JUDGED, [MEASURED])
    ledger.decisions.add(replace(SAID, decision="approve"))
    ledger.decisions.add(SAID)
    ledger.row_decisions.add([ROW, replace(ROW, row_number=3), replace(ROW, decision="release")])
    seen = read_ledger(ledger)
    (came,) = seen.arrivals[FEED]
    assert replace(came, arrival_id=0, arrived_at=None) == CAME
    assert replace(seen.conformed[*FEED, "k"]["e1"], conformed_at=None) == DONE
    assert replace(seen.verdicts[*FEED, "w"]["e1"], decided_at=None) == JUDGED
    assert seen.decisions == {FEED: {"e1": "hold"}}
    decided = [(entry.row_number, entry.decision) for entry in seen.row_decisions["e1"]]
    assert decided == [(3, "waive"), (7, "release")]
    assert ledger.arrivals.of_feed(*FEED) == [came]
    assert ledger.conformed.keys() == {"k"}


def test_a_snapshot_does_not_see_what_is_added_afterwards(ledger: Ledger) -> None:
    seen = read_ledger(ledger)
    ledger.arrivals.add(CAME)
    assert seen.arrivals[FEED] == []
    assert seen.conformed[*FEED, "k"] == {}


def test_a_verdict_and_its_results_are_written_both_or_neither(ledger: Ledger) -> None:
    wrong = replace(JUDGED)
    object.__setattr__(wrong, "verdict", "perhaps")
    with pytest.raises(IntegrityError, match="verdict_verdict_check"):
        ledger.verdicts.add(wrong, [MEASURED])
    assert ledger.results.all() == []
    ledger.verdicts.add(JUDGED, [])
    assert rows_of(ledger, verdict)[0]["reasons"][0]["message"] == "สายไป"


def test_a_ledger_as_it_was_knows_nothing_that_came_later(ledger: Ledger) -> None:
    ledger.checks.add(Check(*FEED, outcome="ok", unmatched=["b.txt"]))
    ledger.arrivals.add(CAME)
    ledger.decisions.add(SAID)
    ledger.results.add([MEASURED, replace(MEASURED, extract_id="")])
    ledger.releases.add("r1", {"inputs": []})
    before = ledger.as_it_was(datetime.now(UTC) - timedelta(days=1))
    assert (before.checks.latest(), before.arrivals.all(), before.releases.all()) == ([], [], [])
    assert before.decisions.newest() == []
    assert [row["extract_id"] for row in before.results.all()] == [""]
    for instant in (arrival.c.arrived_at, extract_decision.c.decided_at, release.c.created_at):
        age(ledger, instant, 2)
    assert [entry.extract_id for entry in before.arrivals.all()] == ["e1"]
    assert [row["release_id"] for row in before.releases.all()] == ["r1"]
    assert [row["extract_id"] for row in before.results.all()] == ["e1", ""]
    assert before.arrivals.first() == ledger.arrivals.first()
    assert ledger.checks.latest()[0].unmatched == ["b.txt"]


def test_a_release_is_found_by_its_current_extracts(ledger: Ledger) -> None:
    inputs = [
        {"extract_id": "e1", "state": "current"},
        {"extract_id": "e2", "state": "superseded"},
    ]
    ledger.releases.add("r1", {"inputs": inputs})
    ledger.releases.add("r1", {"inputs": []})  # again, after a crash
    ledger.releases.add("r2", {"inputs": inputs[:1], "as_of": "2026-01-01"})
    ledger.releases.add("r3", {"inputs": [], "candidate": True})
    assert ledger.releases.containing(["e1", "e2"]) == [
        {"extract_id": "e1", "release_id": "r1"},
        {"extract_id": "e1", "release_id": "r2"},
    ]
    assert [row["release_id"] for row in ledger.releases.all()] == ["r1"]


def test_the_choice_of_a_release_and_the_last_build_are_the_newest(ledger: Ledger) -> None:
    assert (ledger.releases.pinned(), ledger.builds.last()) == (None, None)
    ledger.releases.pin("r1")
    assert ledger.releases.pinned() == "r1"
    ledger.releases.pin(None)
    assert ledger.releases.pinned() is None
    ledger.builds.add("build_failed", "dbt")
    ledger.builds.add("released", "r2")
    last = ledger.builds.last()
    assert last is not None
    assert (last["outcome"], last["message"], last["run_id"]) == ("released", "r2", ledger.run_id)


def test_an_incident_is_opened_once(ledger: Ledger) -> None:
    problem = {"severity": "warning", "since": date(2026, 1, 1)}
    opened = [
        ledger.incidents.add(IncidentChange("i1", "opened", *FEED, "late", problem))
        for _ in range(2)
    ]
    assert opened == [True, False]
    (event,) = ledger.incidents.events()
    assert event["trouble"] == {"severity": "warning", "since": "2026-01-01"}


def test_the_story_of_an_extract_and_the_ledger_s_state(ledger: Ledger) -> None:
    before = ledger.state()
    ledger.arrivals.add(CAME)
    ledger.arrivals.add(replace(CAME, outcome="unchanged"))
    ledger.conformed.add(DONE)
    ledger.conformed.add(DONE)
    told = ledger.history(["e1"])
    assert [row["outcome"] for row in told["arrival"]] == ["new", "unchanged"]
    assert [row["conformed_id"] for row in told["conformed"]] == [2, 1]
    assert (told["verdict"], told["extract_decision"]) == ([], [])
    assert ledger.state() != before
