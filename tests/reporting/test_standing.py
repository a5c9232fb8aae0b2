"""Which release serves and what the next one waits for, from a real ledger and files."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from federation.common.errors import ContractError
from federation.common.paths import CONTRACTS
from federation.common.vocabulary import ExtractState, WaitKind
from federation.extracts.catalogue import Catalogue
from federation.extracts.snapshot import read_snapshot
from federation.releases.release import point_at
from federation.reporting.standing import Standing, standing
from support.delivering import City, months
from support.hubrun import Site

Opened = Callable[..., City]
MADE = "2026-05-31T23:30:00+00:00"


def _now(opened: City) -> Standing:
    return standing(opened.seen(), opened.hub.ledger)


def _kinds(now: Standing) -> list[WaitKind]:
    return [entry.kind for entry in now.waits_for]


def _release(opened: City, release_id: str, **more: Any) -> None:
    """A release on disk of all that is current now."""
    home = opened.home
    home.release(release_id).parent.mkdir(parents=True)
    home.release(release_id).touch()
    inputs = [
        {"state": entry.state, "identity": entry.identity}
        for entry in opened.placed()
        if entry.state == ExtractState.CURRENT
    ]
    manifest = {"release_id": release_id, "created_at": MADE, "inputs": inputs, **more}
    home.manifest(release_id).write_text(json.dumps(manifest), "utf-8")


def test_before_the_first_release_everything_accepted_waits(city: Opened) -> None:
    opened = city()
    opened.deliver("2001-2001", months("2001-01", 1, 2, 3))
    now = _now(opened)
    assert (now.release, now.newest, now.pinned, now.candidates) == (None, None, None, [])
    assert _kinds(now) == [WaitKind.UNRELEASED]
    assert now.waits_for[0].city == opened.feed.city.key
    assert now.waits_for[0].to_do == "hub run"


def test_what_a_release_holds_waits_no_more_and_what_comes_later_does(city: Opened) -> None:
    opened = city()
    opened.deliver("2001-2001", months("2001-01", 1, 2, 3))
    _release(opened, "20260531T233000-aaaaaa")
    assert _kinds(_now(opened)) == []
    opened.deliver("2002-2002", months("2002-01", 1, 2, 3))
    (waits,) = _now(opened).waits_for
    assert (waits.kind, waits.partition) == (WaitKind.UNRELEASED, "2002")


def test_a_held_delivery_names_the_command_that_shows_it(city: Opened) -> None:
    opened = city(shrink_tolerance_pct=0.0)
    opened.deliver("2001-2001", months("2001-01", 1, 2, 3))
    _release(opened, "20260531T233000-aaaaaa")
    opened.deliver("2001-2001", months("2001-01", 1))
    now = _now(opened)
    assert now.count(WaitKind.HELD) == 1
    (held,) = [entry for entry in now.waits_for if entry.kind == WaitKind.HELD]
    assert held.to_do == f"hub release show {held.extract_id}"
    assert now.to_json()["held"] == {"count": 1, "command": "hub release held"}


def test_a_refused_contract_is_waited_for_with_its_key(city: Opened) -> None:
    opened = city()
    file = CONTRACTS / opened.feed.city.key / f"{opened.feed.dataset}.yml"
    catalogue = Catalogue([], [ContractError(file, "columns", "it is empty")])
    seen = read_snapshot(opened.hub.ledger, opened.home, catalogue)
    (waits,) = standing(seen, opened.hub.ledger).waits_for
    assert (waits.kind, waits.dataset) == (WaitKind.REFUSED, opened.feed.dataset)
    assert waits.why == "columns: it is empty"


def test_a_release_serves_since_it_was_pointed_at_and_is_as_old_as_its_making(
    city: Opened,
) -> None:
    opened = city()
    _release(opened, "20260531T233000-aaaaaa")
    _release(opened, "20260601T233000-aaaaaa")
    point_at("20260531T233000-aaaaaa", opened.home)
    moved = datetime(2026, 6, 2, 1, tzinfo=UTC)
    stamp = moved.timestamp()
    os.utime(opened.home.current, (stamp, stamp), follow_symlinks=False)
    now = _now(opened)
    assert now.release
    assert now.newest == "20260601T233000-aaaaaa"
    assert now.release.serves_since == moved
    age = timedelta(seconds=now.release.age_seconds)
    assert abs(datetime.now(UTC) - datetime.fromisoformat(MADE) - age) < timedelta(minutes=1)
    told = now.to_json()["release"]
    assert told["serves_since"] == "2026-06-02T01:00:00+00:00"
    assert told["made_at"] == MADE


@pytest.mark.parametrize("kept", [True, False])
def test_a_pinned_release_names_what_pinned_it(city: Opened, kept: bool) -> None:
    opened = city()
    if kept:
        _release(opened, "20260531T233000-aaaaaa")
    opened.hub.ledger.releases.pin("20260531T233000-aaaaaa")
    pinned = _now(opened).pinned
    assert pinned
    assert (pinned.by, pinned.kept) == ("hub rollback 20260531T233000-aaaaaa", kept)
    assert pinned.until == "hub rollback --unpin"
    assert abs(datetime.now(UTC) - pinned.since) < timedelta(minutes=1)
    opened.hub.ledger.releases.pin(None)
    assert _now(opened).pinned is None


def test_a_candidate_is_open_until_a_release_is_made_of_the_same(city: Opened) -> None:
    opened = city()
    of_same = {"signature": "s", "models": "m"}
    _release(opened, "candidate-20260531T233000-aaaaaa", candidate=True, **of_same)
    _release(opened, "candidate-20260601T233000-aaaaaa", candidate=True, signature="t", models="m")
    names = {entry.release_id for entry in _now(opened).candidates}
    assert names == {"candidate-20260531T233000-aaaaaa", "candidate-20260601T233000-aaaaaa"}
    _release(opened, "20260602T233000-aaaaaa", **of_same)
    now = _now(opened)
    assert [entry.release_id for entry in now.candidates] == ["candidate-20260601T233000-aaaaaa"]
    assert now.newest == "20260602T233000-aaaaaa"


def test_status_shows_people_the_time_of_bangkok_and_machines_utc(release: Site) -> None:
    said = release.hub("status").stdout
    told = json.loads(release.hub("status", "--json").stdout)
    serving = release.manifest()["release_id"]
    assert told["release"]["release_id"] == told["newest"] == serving
    assert told["release"]["made_at"].endswith("+00:00")
    made = datetime.fromisoformat(told["release"]["made_at"]) + timedelta(hours=7)
    assert "times are Asia/Bangkok" in said
    assert f"release {serving} serves since" in said
    assert f"made {made:%Y-%m-%d %H:%M}" in said
    assert "held: 0 (hub release held)" in said
    assert (told["pinned"], told["candidates"]) == (None, [])
