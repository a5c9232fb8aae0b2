"""What no rule keeps goes; what is in use stays, however old it is."""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from federation.common import retention
from federation.common.paths import Home
from federation.common.progress import Progress
from federation.common.vocabulary import Kept
from federation.extracts.catalogue import Catalogue
from federation.ledger import Ledger
from federation.operation.upkeep import surplus
from federation.operation.upkeep.upkeep import Done, pack, upkeep
from federation.releases.release import point_at
from support.delivering import City, months

LONG_AGO = time.time() - 400 * 86_400
NAMES = [f"202601{day:02d}T000000-aaaaaa" for day in range(1, retention.RELEASES_KEPT + 4)]


def put(path: Path, content: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def grow_old(home: Home) -> None:
    """Let everything in a home be older than any rule."""
    for place, _, names in os.walk(home.root):
        for path in (Path(place), *(Path(place, name) for name in names)):
            os.utime(path, (LONG_AGO, LONG_AGO), follow_symlinks=False)


def tidied(home: Home, ledger: Ledger, *, dry_run: bool = False) -> dict[Kept, int]:
    done: Done = upkeep(home, ledger, Progress(silent=True), dry_run=dry_run)
    return {kind: count for kind, count in done.count.items() if count}


@pytest.fixture
def releases(home: Home) -> list[str]:
    for name in NAMES:
        put(home.release(name))
        put(home.manifest(name), json.dumps({"release_id": name, "inputs": []}))
        put(home.site(name))
    point_at(NAMES[0], home)
    return NAMES


def test_releases_that_serve_or_are_pinned_stay(
    home: Home, ledger: Ledger, releases: list[str]
) -> None:
    ledger.releases.pin(releases[1])
    put(home.releases / "notes" / "of a person.txt")
    put(home.site("20250101T000000-aaaaaa"))
    grow_old(home)
    before = sorted(home.root.rglob("*"))
    assert tidied(home, ledger, dry_run=True) == {Kept.RELEASES: 1, Kept.SITES: 2}
    assert sorted(home.root.rglob("*")) == before
    assert tidied(home, ledger) == {Kept.RELEASES: 1, Kept.SITES: 2}
    left = sorted(folder.name for folder in home.releases.iterdir())
    assert left == [*releases[:2], *releases[-retention.RELEASES_KEPT :], "notes"]
    assert tidied(home, ledger) == {}


def test_old_mails_leftovers_and_logs_go_and_young_ones_stay(home: Home, ledger: Ledger) -> None:
    gone = {
        put(home.outbox / "a.eml"): Kept.MAILS,
        put(home.outbox / "a.7.tmp"): Kept.LEFTOVERS,
        put(home.incoming / "b.part"): Kept.LEFTOVERS,
        put(home.scratch / "duckdb_temp"): Kept.LEFTOVERS,
        put(home.conformed_folder / "c" / "d" / "p" / ".conform-1-x" / "half"): Kept.LEFTOVERS,
        put(home.releases / ".20260101T000000-aaaaaa" / "half"): Kept.LEFTOVERS,
        put(home.sites / ".20260101T000000-aaaaaa.x1" / "half"): Kept.LEFTOVERS,
        put(home.airflow_logs / "dag_id=warehouse" / "1.log"): Kept.AIRFLOW_LOGS,
        put(home.proposals / "c" / "d" / "e.patch"): Kept.PROPOSALS,
    }
    stay = [
        put(home.landing("rayong", "tourism", "p", "s")),
        put(home.root / "postgres.unfinished-1" / "base"),
        put(home.root / "notes.txt"),
    ]
    assert tidied(home, ledger) == {}
    assert all(path.exists() for path in gone)
    grow_old(home)
    assert set(tidied(home, ledger)) == set(gone.values())
    assert not any(path.exists() for path in gone)
    assert all(path.exists() for path in stay)


def test_a_conformed_extract_of_a_contract_before_goes_and_one_in_use_stays(
    city: Callable[..., City], monkeypatch: pytest.MonkeyPatch
) -> None:
    chonburi = city()
    chonburi.deliver("2001-2001", months("2001-01", *range(12)))
    chonburi.deliver("2001-2001", months("2001-01", *range(1, 13)))
    monkeypatch.setattr(surplus, "load_catalogue", lambda _: Catalogue([chonburi.feed]))
    home, ledger = chonburi.home, chonburi.hub.ledger
    in_use = sorted(home.conformed_folder.rglob("*.parquet"))
    assert len(in_use) == 2  # the second replaced the first, which serves again if it is held
    one = in_use[0]
    extract_id = one.name.partition("-")[0]
    before = put(one.with_name(f"{extract_id}-0123456789abcdef.parquet"))
    quarantine = put(Home.quarantine(before))
    named = put(one.with_name(f"{extract_id}-fedcba9876543210.parquet"))
    put(home.manifest(NAMES[0]), json.dumps({"inputs": [{"conformed": home.name_of(named)}]}))
    put(home.release(NAMES[0]))
    landed = sorted(path for path in (home.root / "landing").rglob("*.parquet"))
    assert tidied(home, ledger) == {}
    grow_old(home)
    assert tidied(home, ledger) == {Kept.CONFORMED: 2}
    assert not any(file.exists() for file in (before, quarantine))
    assert sorted(home.conformed_folder.rglob("*.parquet")) == sorted([*in_use, named])
    assert sorted((home.root / "landing").rglob("*.parquet")) == landed
    assert chonburi.states() == {"2001": ["superseded", "current"]}


def test_a_log_is_packed_and_goes_on_where_it_is_open(tmp_path: Path) -> None:
    log = tmp_path / "hub.jsonl"
    with log.open("a") as writer:
        for number in range(retention.LOGS_KEPT + 3):
            writer.write(f"line {number}\n")
            writer.flush()
            pack(log)
        writer.write("the last\n")
    assert log.read_text() == "the last\n"
    packed = sorted(tmp_path.glob("*.gz"))
    assert len(packed) == retention.LOGS_KEPT
    assert gzip.decompress(packed[0].read_bytes()) == b"line %d\n" % (retention.LOGS_KEPT + 2)
    assert gzip.decompress(packed[-1].read_bytes()) == b"line 3\n"
    assert not list(tmp_path.glob("*.tmp"))


def test_every_kind_has_a_rule() -> None:
    assert set(retention.RULES) == set(Kept)
