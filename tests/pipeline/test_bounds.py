"""Whatever raises in one feed, file, extract or mail ends there: the others are done, nothing is
kept of it, and it is tried again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from federation.common.errors import OwnTrouble, as_own_trouble, is_of_the_machine
from federation.common.paths import REPOSITORY, Home
from federation.common.progress import Progress
from federation.common.settings import Settings
from federation.common.vocabulary import ReasonCode
from federation.conform.sandbox.job import Limits as SandboxLimits
from federation.conform.sandbox.sandbox import LandedExtract, Sandbox, job_for
from federation.conform.sandbox.worker import conform as conform_here
from federation.contracts.model import Feed
from federation.extracts.catalogue import Catalogue
from federation.extracts.extract import all_extracts
from federation.extracts.snapshot import read_snapshot
from federation.gate import extracts as gate_extracts
from federation.ledger import Ledger, read_ledger
from federation.ledger.arrivals import Arrivals
from federation.pipeline.conform import conform
from federation.pipeline.fetch import fetch
from federation.pipeline.gate import gate
from federation.pipeline.hub import Hub
from federation.pipeline.run import refresh_incidents
from federation.reporting.mail import reports
from federation.transport.directory import Directory
from sqlalchemy.exc import OperationalError
from support.outbox import recipients

Feeds = dict[tuple[str, str], Feed]
CITIES = ("khon_kaen", "phuket", "rayong")
ERRORS = [
    RuntimeError("a mistake in the code"),
    UnicodeDecodeError("utf-8", b"\xca", 0, 1, "invalid"),
    KeyError("name"),
    RecursionError(),
]
FULL_DISK = OSError(28, "No space left on device")


@pytest.fixture
def hub(home: Home, ledger: Ledger, platforms: Path) -> Hub:
    return Hub(Settings(home, None, str(platforms)), ledger, Progress(silent=True))


@pytest.fixture
def chosen(feeds: Feeds) -> list[Feed]:
    """The population of three cities; Phuket is the one in trouble."""
    return [feeds[city, "population"] for city in CITIES]


def raising(
    monkeypatch: pytest.MonkeyPatch,
    place: Any,
    name: str,
    error: Exception,
    concerns: Callable[..., bool],
) -> Callable[[], None]:
    """Let a function raise where its arguments concern the one in trouble; return what mends it."""
    original = getattr(place, name)

    def changed(*arguments: Any, **named: Any) -> Any:
        if concerns(*arguments):
            raise error
        return original(*arguments, **named)

    monkeypatch.setattr(place, name, changed)
    return lambda: monkeypatch.setattr(place, name, original)


def looked_at(hub: Hub, chosen: Sequence[Feed]) -> dict[str, str]:
    return {check.city: check.outcome for check in fetch(hub, chosen)}


def cities(done: Sequence[Any]) -> set[str]:
    return {entry.city for entry in done}


# -- a feed ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_what_a_library_makes_of_a_listing_is_the_platforms_trouble(
    hub: Hub, chosen: list[Feed], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    mend = raising(monkeypatch, Directory, "files", error, lambda _, folder, __: folder[0] == "P")
    chosen = [chosen[0], replace(chosen[1]), *chosen[2:]]
    assert looked_at(hub, chosen)["phuket"] == "unreachable"
    assert looked_at(hub, chosen)["khon_kaen"] == "ok"
    assert hub.troubles == []
    mend()
    assert set(looked_at(hub, chosen).values()) == {"ok"}


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_what_a_library_makes_of_a_download_is_the_trouble_of_that_file(
    hub: Hub, feeds: Feeds, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    feed = feeds["rayong", "population"]
    mend = raising(monkeypatch, Directory, "stream", error, lambda _, path, *__: "2020" in path)
    (check,) = fetch(hub, [feed])
    assert (check.outcome, check.unmatched) == ("ok", ["Population/2020.parquet"])
    assert check.new == check.seen - 1 > 0
    mend()
    (check,) = fetch(hub, [feed])
    assert (check.new, check.unmatched, hub.troubles) == (1, [], [])


@pytest.mark.parametrize(
    "error",
    [MemoryError(), FULL_DISK, OSError(24, "Too many open files")],
    ids=lambda error: type(error).__name__,
)
def test_what_the_machine_lacks_is_no_trouble_of_a_city(
    hub: Hub, chosen: list[Feed], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    mend = raising(monkeypatch, Directory, "stream", error, lambda self, *_: "phuket" in self.where)
    assert looked_at(hub, chosen) == {"khon_kaen": "ok", "rayong": "ok"}
    assert [trouble.where for trouble in hub.troubles] != []
    assert cities(hub.ledger.checks.latest()) == {"khon_kaen", "rayong"}
    mend()
    assert set(looked_at(hub, chosen).values()) == {"ok"}


def test_a_landing_that_cannot_be_written_is_no_trouble_of_a_city(
    hub: Hub, chosen: list[Feed], home: Home
) -> None:
    blocked = home.root / "landing" / "phuket"
    blocked.parent.mkdir(parents=True)
    blocked.write_text("no folder")
    assert looked_at(hub, chosen) == {"khon_kaen": "ok", "rayong": "ok"}
    (trouble,) = hub.troubles
    assert "landing cannot be written" in trouble.what
    blocked.unlink()
    assert set(looked_at(hub, chosen).values()) == {"ok"}
    conform(hub, chosen)
    hub.troubles.clear()
    aside = blocked.with_name("aside")
    blocked.rename(aside)
    blocked.write_text("no folder")
    looked_at(hub, chosen)
    conform(hub, chosen)  # says nothing more: one fault is one trouble
    assert [trouble.what for trouble in hub.troubles] == [trouble.what]
    blocked.unlink()
    conform(hub, chosen)
    assert "landed files are gone" in hub.troubles[-1].what


def test_a_database_that_is_away_for_one_feed_keeps_no_other(
    hub: Hub, chosen: list[Feed], monkeypatch: pytest.MonkeyPatch
) -> None:
    away = OperationalError("INSERT", {}, Exception("server closed the connection"))
    mend = raising(monkeypatch, Arrivals, "add", away, lambda _, arrival: arrival.city == "phuket")
    assert looked_at(hub, chosen) == {"khon_kaen": "ok", "rayong": "ok"}
    (trouble,) = hub.troubles
    assert (trouble.exit_code, trouble.where) == (2, "phuket/population")
    mend()
    assert set(looked_at(hub, chosen).values()) == {"ok"}


# -- a file and an extract -------------------------------------------------------------------------


def is_phuket(_: object, extract: LandedExtract, *__: object) -> bool:
    return extract.feed.city.key == "phuket"


@pytest.mark.parametrize(
    "error", [*ERRORS, FULL_DISK, MemoryError()], ids=lambda error: type(error).__name__
)
def test_whatever_raises_while_a_file_is_conformed_keeps_no_other_and_is_tried_again(
    hub: Hub, chosen: list[Feed], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    fetch(hub, chosen)
    mend = raising(monkeypatch, Sandbox, "conform", error, is_phuket)
    assert cities(conform(hub, chosen)) == {"khon_kaen", "rayong"}
    assert hub.troubles
    assert all(trouble.exit_code == 2 for trouble in hub.troubles)
    assert cities(hub.ledger.conformed.newest()) == {"khon_kaen", "rayong"}
    mend()
    assert cities(conform(hub, chosen)) == {"phuket"}


def test_a_folder_of_conformed_records_that_cannot_be_written_is_no_verdict(
    hub: Hub, chosen: list[Feed], home: Home
) -> None:
    fetch(hub, chosen)
    blocked = home.root / "conformed" / "phuket"
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("no folder")
    assert cities(conform(hub, chosen)) == {"khon_kaen", "rayong"}
    assert hub.troubles
    blocked.unlink()
    assert cities(conform(hub, chosen)) == {"phuket"}


@pytest.mark.parametrize("error", [*ERRORS[:1], FULL_DISK], ids=["mistake", "full disk"])
@pytest.mark.parametrize("step", ["judge", "decide"])
def test_whatever_raises_while_an_extract_is_judged_keeps_no_other_and_is_tried_again(
    hub: Hub, chosen: list[Feed], monkeypatch: pytest.MonkeyPatch, step: str, error: Exception
) -> None:
    from federation.gate import verdict

    fetch(hub, chosen)
    conform(hub, chosen)
    if step == "judge":
        concerns = lambda file, *_: file.feed.city.key == "phuket"  # noqa: E731
        mend = raising(monkeypatch, gate_extracts, "_of_file", error, concerns)
    else:
        concerns = lambda extract, *_: extract.feed.city.key == "phuket"  # noqa: E731
        mend = raising(monkeypatch, verdict, "decide", error, concerns)
    decided = gate(hub, chosen)
    assert {extract.feed.city.key for extract, _ in decided} == {"khon_kaen", "rayong"}
    assert cities(hub.ledger.verdicts.newest()) == {"khon_kaen", "rayong"}
    assert {trouble.where.split()[0] for trouble in hub.troubles} == {"phuket/population"}
    mend()
    assert {extract.feed.city.key for extract, _ in gate(hub, chosen)} == {"phuket"}


def test_a_conformed_file_that_was_damaged_on_disk_keeps_no_other_from_its_verdict(
    hub: Hub, chosen: list[Feed], home: Home
) -> None:
    fetch(hub, chosen)
    conform(hub, chosen)
    damaged = next((home.root / "conformed" / "phuket").rglob("*.parquet"))
    damaged.write_bytes(b"damaged")
    decided = gate(hub, chosen)
    assert {extract.feed.city.key for extract, _ in decided} >= {"khon_kaen", "rayong"}
    assert ["damaged on disk" in trouble.what for trouble in hub.troubles] == [True]
    conform(hub, chosen)
    assert {extract.feed.city.key for extract, _ in gate(hub, chosen)} == {"phuket"}


# -- a mail ----------------------------------------------------------------------------------------


def test_whatever_raises_while_a_mail_is_made_keeps_no_other(
    hub: Hub, chosen: list[Feed], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    away = replace(hub, settings=replace(hub.settings, platforms=str(tmp_path / "empty")))
    assert set(looked_at(away, chosen).values()) == {"unreachable"}
    refresh_incidents(hub, read_snapshot(hub.ledger, hub.settings.home, Catalogue(chosen)))
    unlucky = chosen[1].stewards[0].email
    mend = raising(
        monkeypatch,
        reports,
        "_due",
        RuntimeError("a broken report"),
        lambda draft, _: draft.recipient.email == unlucky,
    )
    assert reports.report(None, chosen, hub.ledger, hub.settings)["sent"] > 0
    told = {row["recipient"]: (row["state"], row["detail"]) for row in hub.ledger.mails.latest(99)}
    assert told.pop(unlucky) == ("refused", "it cannot be made: RuntimeError: a broken report")
    assert {state for state, _ in told.values()} == {"sent"}
    mend()
    reports.report(None, chosen, hub.ledger, hub.settings)
    assert {row["state"] for row in hub.ledger.mails.latest(99)} == {"sent"}


# -- what is the machine's -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (FULL_DISK, True),
        (OSError("Write error: [errno 28] No space left on device"), True),
        (OSError(122, "Disk quota exceeded"), True),
        (RuntimeError("IO Error: Could not write file: Input/output error"), True),
        ("failed to offload: This limit was set by the 'max_temp_directory_size' setting", True),
        (OSError(27, "File too large"), False),
        (OSError("Couldn't deserialize thrift: no data"), False),
        (ValueError("x"), False),
    ],
)
def test_the_machines_errors_are_told_from_those_of_a_file(
    error: Exception | str, expected: bool
) -> None:
    assert is_of_the_machine(error) == expected


def test_a_conforming_process_that_cannot_write_says_nothing_of_the_extract(
    hub: Hub, feeds: Feeds, tmp_path: Path
) -> None:
    feed = feeds["rayong", "population"]
    fetch(hub, [feed])
    extract = all_extracts([feed], read_ledger(hub.ledger), hub.settings.home)[-1]
    landed = LandedExtract(
        extract.feed, extract.arrival.partition, extract.extract_id, extract.landing
    )
    job = job_for(landed, tmp_path, SandboxLimits())
    answer = conform_here(replace(job, output="/dev/full"))
    assert "No space left" in answer.trouble
    with pytest.raises(OwnTrouble, match="could not be conformed"):
        answer.raise_trouble(extract.landing)


@pytest.mark.parametrize(("signal", "trouble"), [(9, True), (11, False)])
def test_a_conforming_process_that_the_kernel_ends_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch,
    hub: Hub,
    feeds: Feeds,
    tmp_path: Path,
    signal: int,
    trouble: bool,
) -> None:
    from federation.conform.sandbox import supervisor

    monkeypatch.setattr(supervisor, "_answer", lambda *_: os.kill(os.getpid(), signal))
    silent, _ = os.pipe()
    monkeypatch.setattr(sys, "stdin", os.fdopen(silent))
    feed = feeds["rayong", "population"]
    fetch(hub, [feed])
    extract = all_extracts([feed], read_ledger(hub.ledger), hub.settings.home)[-1]
    landed = LandedExtract(
        extract.feed, extract.arrival.partition, extract.extract_id, extract.landing
    )
    job = job_for(landed, tmp_path, SandboxLimits())
    answer = supervisor.run_in_child(job)
    assert bool(answer.trouble) == trouble
    assert [finding.code for finding in answer.findings] == [ReasonCode.CONFORM_DIED]


def test_a_trouble_says_what_where_and_that_nothing_is_said_of_the_data() -> None:
    trouble = as_own_trouble(FULL_DISK, "phuket/population 2020")
    assert isinstance(trouble, OwnTrouble)
    assert (trouble.exit_code, trouble.where) == (2, "phuket/population 2020")
    assert "No space left" in trouble.what
    assert "make room" in trouble.todo


SCRIPT = """
mount -t tmpfs -o size=4k none "$HUB_HOME/conformed" || exit 77
exec "$0" -m federation.cli.main run --city rayong --dataset air_quality
"""


def test_a_pass_on_a_full_disk_ends_with_2_and_the_next_makes_it_good(
    platforms: Path, tmp_path: Path
) -> None:
    """A disk of 4 KB for conformed records, in a mount namespace of its own."""
    if not shutil.which("unshare"):
        pytest.skip("util-linux (unshare) is not installed")
    home = tmp_path / "hub"
    (home / "conformed").mkdir(parents=True)
    environment = os.environ | {"HUB_HOME": str(home), "HUB_PLATFORMS": str(platforms)}
    kept = ["--mount"] if os.geteuid() == 0 else ["--mount", "--map-root-user"]
    first = subprocess.run(
        ["unshare", *kept, "sh", "-c", SCRIPT, sys.executable],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    if first.returncode in (77, 1) and "could not be conformed" not in first.stderr:
        pytest.skip(f"no mount namespace here: {first.stderr[-200:]}")
    assert first.returncode == 2, first.stderr[-2000:]
    assert "No space left on device" in first.stderr
    assert "unreadable_file" not in first.stdout
    # The people on call hear of it, and nobody at the city.
    assert recipients(home / "outbox") == {"oncall@data.go.example.org"}
    run = [sys.executable, "-m", "federation.cli.main", "run", "--city", "rayong"]
    second = subprocess.run(
        [*run, "--dataset", "air_quality", "--json"],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert second.returncode == 0, second.stderr[-2000:]
    assert '"verdict": "accepted' in second.stdout
