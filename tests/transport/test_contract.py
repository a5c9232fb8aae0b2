"""What is true of every transport, against real servers."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from federation.common.errors import Unreachable
from federation.common.paths import Home
from federation.ledger import Check, Ledger
from federation.transport import Limits
from federation.transport.base import Changed
from support.meddling import Meddled

from .conftest import FEBRUARY, JANUARY, KINDS, Fetch, Platform, landed

DATA = b"january" * 1000
LONG = random.Random(1).randbytes(3_000_000)
REMOTE = [kind for kind in KINDS if kind != "directory"]


@pytest.fixture
def platform(request: pytest.FixtureRequest, named: Callable[[str], Platform]) -> Platform:
    return named(request.param)


every_transport = pytest.mark.parametrize("platform", KINDS, indirect=True)
every_remote = pytest.mark.parametrize("platform", REMOTE, indirect=True)


def counts(check: Check) -> tuple[str, int, int, int]:
    return check.outcome, check.seen, check.new, check.unchanged


@every_transport
def test_files_are_listed_with_size_time_and_token_and_streamed_byte_for_byte(
    platform: Platform,
) -> None:
    platform.put(JANUARY, DATA)
    platform.put(FEBRUARY, b"")
    platform.put("tourism/kk_tourism_2566.parquet", b"of another feed")
    transport = platform.transport()
    january, february = transport.files("air", 1)
    assert (january.path, january.size, february.path) == (JANUARY, len(DATA), FEBRUARY)
    assert january.token
    assert january.modified_at is not None
    assert january.modified_at.tzinfo is not None
    with transport.stream(january.path, token=january.token) as opened:
        assert b"".join(opened.chunks) == DATA
    with transport.stream(february.path) as opened:
        assert b"".join(opened.chunks) == b""
    transport.close()


@every_transport
def test_an_unchanged_file_keeps_its_token_and_is_not_pulled_again(
    platform: Platform, fetch: Fetch, home: Home
) -> None:
    platform.put(JANUARY, DATA)
    assert counts(fetch(platform.transport())) == ("ok", 1, 1, 0)
    assert counts(fetch(platform.transport())) == ("ok", 1, 0, 1)
    assert landed(home) == [DATA]


@every_transport
def test_a_changed_file_has_another_token_and_lands_beside_the_old(
    platform: Platform, fetch: Fetch, home: Home, ledger: Ledger
) -> None:
    platform.put(JANUARY, DATA)
    fetch(platform.transport())
    platform.put(JANUARY, DATA[::-1], seconds=1_770_000_060)
    assert counts(fetch(platform.transport())) == ("ok", 1, 1, 0)
    assert landed(home) == sorted([DATA, DATA[::-1]])
    one, other = ledger.arrivals.of_feed("khon_kaen", "air_quality")
    assert one.token != other.token


@every_transport
def test_a_folder_that_is_not_there_is_in_order_and_empty(platform: Platform, fetch: Fetch) -> None:
    assert counts(fetch(platform.transport())) == ("ok", 0, 0, 0)


@every_remote
def test_a_cut_transfer_goes_on_where_it_was_cut(
    platform: Platform, fetch: Fetch, home: Home
) -> None:
    platform.put(JANUARY, LONG)
    assert platform.wire
    platform.wire.cut_after = 2_000_000
    assert counts(fetch(platform.transport())) == ("ok", 1, 1, 0)
    assert platform.wire.cuts == 1
    assert landed(home) == [LONG]
    assert platform.wire.came < 1.5 * len(LONG)


@every_transport
def test_a_file_that_changes_while_it_is_read_does_not_land(
    platform: Platform, fetch: Fetch, home: Home
) -> None:
    platform.put(JANUARY, LONG)
    platform.put(FEBRUARY, b"february")

    def once() -> None:
        if (platform.directory / JANUARY).stat().st_size == len(LONG):
            platform.put(JANUARY, b"other" * 500_000, seconds=1_770_009_000)

    check = fetch(Meddled(platform.transport(), once))
    assert (check.outcome, check.new) == ("unreachable", 1)
    assert "changed while it was read" in check.message
    assert landed(home) == [b"february"]
    assert fetch(platform.transport()).new == 1
    assert landed(home) == sorted([b"february", b"other" * 500_000])


@every_transport
def test_another_version_than_the_listed_one_is_not_streamed(platform: Platform) -> None:
    platform.put(JANUARY, DATA)
    transport = platform.transport()
    (listed,) = transport.files("air", 1)
    platform.put(JANUARY, b"other", seconds=1_770_009_000)
    with pytest.raises(Changed), transport.stream(JANUARY, token=listed.token) as opened:
        list(opened.chunks)
    transport.close()


@every_transport
@pytest.mark.parametrize("name", ["kk\\air.parquet", "kk\x07air.parquet", "kk\u202eair.parquet"])
def test_a_hostile_name_is_left_out_with_its_reason(
    platform: Platform, fetch: Fetch, home: Home, name: str
) -> None:
    platform.put(JANUARY, DATA)
    platform.put(f"air/{name}", b"hostile")
    check = fetch(platform.transport())
    assert counts(check) == ("ok", 1, 1, 0)
    assert len(check.unmatched) == 1
    assert "the name holds" in check.message
    assert name.isprintable() or name not in check.message
    assert landed(home) == [DATA]


@every_transport
def test_a_file_over_the_limit_is_left_out_and_the_others_land(
    platform: Platform, fetch: Fetch, home: Home
) -> None:
    platform.put(JANUARY, LONG)
    platform.put(FEBRUARY, b"february")
    check = fetch(platform.transport(Limits(file_bytes=1_000_000)))
    assert (check.outcome, check.new, check.unmatched) == ("ok", 1, [JANUARY])
    assert "file_bytes" in check.message
    assert landed(home) == [b"february"]


@every_transport
def test_a_slow_transfer_is_ended(platform: Platform, fetch: Fetch, home: Home) -> None:
    platform.put(JANUARY, LONG)
    transport = platform.transport(Limits(slowest_bytes_per_second=1 << 50))
    object.__setattr__(transport.limits, "slow_seconds", 0)
    check = fetch(transport)
    assert (check.new, check.unmatched) == (0, [JANUARY])
    assert "slowest_bytes_per_second" in check.message
    assert landed(home) == []


@every_transport
def test_a_listing_without_end_is_ended(platform: Platform) -> None:
    for month in range(1, 5):
        (platform.directory / "air").mkdir(exist_ok=True)
        (platform.directory / f"air/kk_air_2569_0{month}.parquet").write_bytes(b"x")
    platform.settle()
    transport = platform.transport(Limits(listing_entries=3))
    with pytest.raises(Unreachable, match="more than 3 entries"):
        list(transport.files("air", 1))
    transport.close()


@every_remote
def test_a_wrong_secret_is_refused_and_no_secret_is_told(
    platform: Platform,
    fetch: Fetch,
    ledger: Ledger,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG)
    platform.put(JANUARY, DATA)
    wrong = "wrong/geheim+1"
    extra = {"extra": {"private_key": _another_key()}} if platform.kind == "openssh" else {}
    assert fetch(platform.transport()).outcome == "ok"
    check = fetch(platform.transport(password=wrong, **extra))
    assert (check.outcome, check.seen) == ("unreachable", 0)
    assert check.message
    told = f"{check} {ledger.checks.latest()} {_hub_logs(caplog)}"
    assert wrong not in told
    assert platform.secret not in told


@every_remote
def test_nobody_listening_is_unreachable_and_no_secret_is_told(
    platform: Platform, fetch: Fetch
) -> None:
    check = fetch(platform.transport(port=9))
    assert check.outcome == "unreachable"
    assert "does not answer" in check.message
    assert platform.secret not in str(check)


@every_remote
def test_a_connection_that_would_switch_a_check_off_or_is_misspelt_is_refused(
    platform: Platform,
) -> None:
    for extra in ({"verify": False}, {"no_host_key_check": True}, {"ca_fle": "x"}):
        with pytest.raises(Exception, match=f"extra {next(iter(extra))}") as refused:
            platform.transport(extra=extra)
        assert platform.secret not in str(refused.value)


def _hub_logs(caplog: pytest.LogCaptureFixture) -> str:
    """What loggers that a deployment shows have said.

    Wire-level debugging of libraries is off in one.
    """
    return json.dumps(
        [record.getMessage() for record in caplog.records if record.levelno >= logging.INFO]
    )


def _another_key() -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    made = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()
    )
    return made.decode()
