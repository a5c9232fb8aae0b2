"""Faults of every kind, planted into the cities' own shapes: each verdict points at the fault."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from federation.common.progress import Progress
from federation.contracts.model import Feed
from federation_demo.faults import KINDS, Planted, Planting
from federation_demo.faults.corpus import LABELS
from federation_demo.faults.kinds import FAMILIES
from federation_demo.faults.measure import Judged, judge_all, missed_aims, show
from support.platforms import Request, make_platforms


@pytest.fixture(scope="module")
def faulted(
    tmp_path_factory: pytest.TempPathFactory, feeds: dict[tuple[str, str], Feed]
) -> tuple[Path, list[Planted]]:
    """Platforms with one fault of every kind, each in an extract of its own."""
    directory = tmp_path_factory.mktemp("faulted")
    make_platforms(directory, Request(seed=11, months=1))
    return directory, Planting(directory, seed=11, each=1).plant(feeds.values())


def test_every_kind_is_planted_once_and_labelled(faulted: tuple[Path, list[Planted]]) -> None:
    directory, planted = faulted
    assert len(KINDS) >= 40
    assert {kind.family for kind in KINDS.values()} == set(FAMILIES)
    assert Counter(entry.kind for entry in planted) == Counter(list(KINDS))
    assert len({entry.path for entry in planted}) == len(planted)
    labels = json.loads((directory / LABELS).read_text("utf-8"))
    assert [Planted(**label) for label in labels] == planted
    assert all(label["label"] and label["codes"] and label["verdicts"] for label in labels)
    assert len({entry.city for entry in planted}) == 6
    assert len({entry.dataset for entry in planted}) == 7


def test_the_gate_points_at_every_fault(
    faulted: tuple[Path, list[Planted]],
    feeds: dict[tuple[str, str], Feed],
    capsys: pytest.CaptureFixture[str],
) -> None:
    directory, planted = faulted
    judged = judge_all(directory, list(feeds.values()), planted, Progress(silent=True), clean=False)
    assert len(judged) == len(planted)
    show(judged)
    told = capsys.readouterr().out
    assert [entry for entry in judged if not (entry.detected and entry.right)] == [], told
    assert missed_aims(judged) == []


def test_the_same_seed_plants_the_same_faults(
    faulted: tuple[Path, list[Planted]], feeds: dict[tuple[str, str], Feed], tmp_path: Path
) -> None:
    make_platforms(tmp_path, Request(seed=11, months=1))
    some = ["other_era", "stuck_meter", "keys_in_conflict", "flipped_bit"]
    again = Planting(tmp_path, seed=11, each=1).plant(feeds.values(), some)
    other = tmp_path / "other"
    make_platforms(other, Request(seed=11, months=1))
    assert Planting(other, seed=11, each=1).plant(feeds.values(), some) == again
    assert [entry.kind for entry in again] == sorted(
        some, key=[entry.kind for entry in again].index
    )
    for entry in again:
        assert (tmp_path / entry.path).read_bytes() == (other / entry.path).read_bytes()


def planted(kind: str) -> Planted:
    known = KINDS[kind]
    said = sorted(known.verdicts), sorted(known.codes)
    return Planted(kind, known.family, known.label, "c", "d", "2026", f"{kind}.parquet", *said)


def test_a_bad_verdict_that_does_not_point_at_the_fault_is_a_miss() -> None:
    entry = Judged("x", "rejected", ("not_parquet",), planted("other_era"))
    assert entry.right
    assert not entry.detected
    assert missed_aims([entry]) == ["calendar: 0.0% detected, the aim is 100%"]


def test_one_value_fault_in_twenty_may_be_missed_but_not_two() -> None:
    found = Judged("x", "rejected", ("dust_level",), planted("other_unit"))
    lost = Judged("x", "accepted", (), planted("other_unit"))
    assert missed_aims([found] * 19 + [lost]) == []
    assert missed_aims([found] * 18 + [lost] * 2) == ["value: 90.0% detected, the aim is 95%"]


def test_clean_extracts_must_not_be_rejected_and_hardly_be_warned_about() -> None:
    good, warned = (
        Judged("g", "accepted", ()),
        Judged("w", "accepted_with_warning", ("stops_early",)),
    )
    assert missed_aims([good] * 199 + [warned]) == []
    assert missed_aims([good] * 99 + [warned]) == ["1 of 100 clean extracts have false warnings"]
    assert missed_aims([good] * 199 + [Judged("r", "rejected", ("dust_level",))]) == [
        "clean extracts rejected: r"
    ]
    stale = Judged("s", "accepted_with_warning", ("outside_partition",))
    assert missed_aims([stale]) == []
