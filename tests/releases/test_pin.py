"""A pinned release: it is not pruned, a killed rollback is finished, and the newest serves when
it is gone."""

import json
import shutil

import pytest
from federation.common.errors import HubError
from federation.common.paths import Home
from federation.ledger import Ledger
from federation.ledger.tables import release_choice
from federation.releases import pin
from federation.releases.aside import CANDIDATE, prune_aside
from federation.releases.index import find, newest_manifest, serving
from federation.releases.release import RELEASES_KEPT, activate, reconcile
from support.ledgers import rows_of

NAMES = [f"202601{day:02d}T000000-aaaaaa" for day in range(1, RELEASES_KEPT + 4)]


@pytest.fixture
def releases(home: Home, ledger: Ledger) -> list[str]:
    """As many releases as are kept, the newest serving."""
    for name in NAMES[:RELEASES_KEPT]:
        _release(home, name)
    reconcile(home, ledger)
    return NAMES[:RELEASES_KEPT]


def _release(home: Home, release_id: str, **more: str) -> None:
    home.release(release_id).parent.mkdir(parents=True)
    home.release(release_id).touch()
    home.manifest(release_id).write_text(json.dumps({"release_id": release_id, **more}))


def test_a_pinned_release_serves_and_is_kept_while_newer_ones_come_and_go(
    releases: list[str], home: Home, ledger: Ledger
) -> None:
    pin.rollback(releases[0], ledger, home)
    assert serving(home) == releases[0]
    for name in NAMES[RELEASES_KEPT:]:
        _release(home, name)
        activate(name, ledger, home)
        assert serving(home) == releases[0]
    assert sorted(folder.name for folder in home.releases.iterdir()) == [
        releases[0],
        *NAMES[-RELEASES_KEPT:],
    ]
    assert pin.unpin(ledger, home) == releases[0]
    assert serving(home) == NAMES[-1]
    assert sorted(folder.name for folder in home.releases.iterdir()) == NAMES[-RELEASES_KEPT:]


def test_a_rollback_killed_before_the_switch_is_finished_by_the_next_pass(
    releases: list[str], home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(release_id: str, home: Home) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pin, "point_at", die)
    with pytest.raises(KeyboardInterrupt):
        pin.rollback(releases[3], ledger, home)
    assert serving(home) == releases[-1]
    assert reconcile(home, ledger) == {"release_id": releases[-1]}
    assert serving(home) == releases[3]


def test_pinning_twice_is_one_event(releases: list[str], home: Home, ledger: Ledger) -> None:
    pin.rollback(releases[3], ledger, home)
    pin.rollback(releases[3], ledger, home)
    assert len(rows_of(ledger, release_choice)) == 1


def test_the_newest_serves_when_the_pinned_one_is_gone(
    releases: list[str], home: Home, ledger: Ledger
) -> None:
    pin.rollback(releases[3], ledger, home)
    shutil.rmtree(home.releases / releases[3])
    reconcile(home, ledger)
    assert serving(home) == releases[-1]


def test_what_is_as_of_a_day_never_serves_and_counts_for_nothing(
    releases: list[str], home: Home, ledger: Ledger
) -> None:
    _release(home, "asof-20260101-aaaaaa", as_of="2026-01-01")
    with pytest.raises(HubError, match="never serves"):
        pin.rollback("asof-20260101-aaaaaa", ledger, home)
    assert reconcile(home, ledger) == {"release_id": releases[-1]}
    assert serving(home) == releases[-1]
    assert (home.releases / releases[0]).exists()
    assert find("asof-20260101-aaaaaa", home) == "asof-20260101-aaaaaa"


def test_a_candidate_never_serves_and_counts_for_nothing(
    releases: list[str], home: Home, ledger: Ledger
) -> None:
    name = "candidate-20270101T000000-aaaaaa"  # newer than all
    _release(home, name, candidate="yes")
    with pytest.raises(HubError, match=f"hub release promote {name}"):
        pin.rollback(name, ledger, home)
    assert reconcile(home, ledger) == {"release_id": releases[-1]}
    assert serving(home) == releases[-1]
    assert newest_manifest(home) == {"release_id": releases[-1]}
    assert (find("current", home), find("previous", home)) == (releases[-1], releases[-2])
    assert (home.releases / releases[0]).exists()
    assert home.release(name).exists()


def test_the_newest_candidates_are_kept_beside_the_releases(
    releases: list[str], home: Home
) -> None:
    for day in range(1, RELEASES_KEPT + 3):
        made = f"2027-01-{day:02d}T00:00:00+00:00"
        _release(home, f"candidate-202701{day:02d}T000000-aaaaaa", candidate="y", created_at=made)
    prune_aside(CANDIDATE, home)
    kept = sorted(folder.name for folder in home.releases.glob(f"{CANDIDATE}*"))
    assert len(kept) == RELEASES_KEPT
    assert kept[0] == "candidate-20270103T000000-aaaaaa"
    assert (home.releases / releases[0]).exists()


def test_words_for_releases(releases: list[str], home: Home, ledger: Ledger) -> None:
    assert (find("current", home), find("previous", home)) == (releases[-1], releases[-2])
    pin.rollback(releases[3], ledger, home)
    assert (find("current", home), find("previous", home)) == (releases[3], releases[2])
    with pytest.raises(HubError, match="no release 'nonsense' is kept"):
        find("nonsense", home)
    pin.rollback(releases[0], ledger, home)
    with pytest.raises(HubError, match="no release 'previous' is kept"):
        find("previous", home)
