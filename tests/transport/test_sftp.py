"""SFTP platforms: the host key comes before any secret, and links lead nowhere."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import asyncssh
import pytest
from federation.common.errors import HubError, Unreachable

from .conftest import FEBRUARY, JANUARY, Fetch, Platform

ANOTHER = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
ANOTHER_KIND = (
    asyncssh.generate_private_key("ecdsa-sha2-nistp256").export_public_key().decode().strip()
)


@pytest.fixture(params=["sftp", "openssh"])
def platform(request: pytest.FixtureRequest, named: Callable[[str], Platform]) -> Platform:
    return named(request.param)


@pytest.mark.parametrize("key", [ANOTHER, ANOTHER_KIND], ids=["another", "another kind"])
def test_another_host_key_than_the_given_one_ends_it_before_the_login(
    platform: Platform, fetch: Fetch, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    logged_in: list[object] = []
    monkeypatch.setattr(
        "federation.transport.sftp.Sftp._log_in", lambda *arguments: logged_in.append(arguments)
    )
    check = fetch(platform.transport(extra={"host_key": key}))
    assert check.outcome == "unreachable"
    assert "does not show the host key" in check.message
    assert logged_in == []


@pytest.mark.parametrize("key", ["", "ssh-ed25519", "ssh-ed25519 AAAA", "AAAA", "no key at all"])
def test_a_connection_without_a_usable_host_key_is_refused_before_anything_is_sent(
    platform: Platform, key: str
) -> None:
    assert platform.wire
    with pytest.raises(HubError, match="host key"):
        platform.transport(extra={"host_key": key})
    assert platform.wire.came == 0


def test_symbolic_links_are_not_followed(
    platform: Platform, fetch: Fetch, home: object, tmp_path: Path
) -> None:
    platform.put(JANUARY, b"january")
    (tmp_path / "outside.parquet").write_bytes(b"outside")
    (platform.directory / FEBRUARY).symlink_to(tmp_path / "outside.parquet")
    check = fetch(platform.transport())
    assert (check.outcome, check.new, check.unmatched) == ("ok", 1, [FEBRUARY])
    assert "symbolic link" in check.message


def test_a_link_in_place_of_the_feeds_folder_is_not_followed(
    platform: Platform, fetch: Fetch, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / Path(JANUARY).name).write_bytes(b"outside")
    (platform.directory / "air").symlink_to(tmp_path / "outside")
    assert fetch(platform.transport()).new == 0


def test_a_file_that_became_a_link_after_the_listing_is_not_read(
    platform: Platform, tmp_path: Path
) -> None:
    file = platform.put(JANUARY, b"january")
    transport = platform.transport()
    (listed,) = transport.files("air", 1)
    (tmp_path / "outside.parquet").write_bytes(b"outside")
    file.unlink()
    file.symlink_to(tmp_path / "outside.parquet")
    with (
        pytest.raises(Unreachable, match=r"symbolic link|cannot be read"),
        transport.stream(listed.path) as opened,
    ):
        list(opened.chunks)
    transport.close()


def test_a_key_with_a_passphrase_opens_the_platform(
    named: Callable[[str], Platform], fetch: Fetch
) -> None:
    platform = named("openssh")
    platform.put(JANUARY, b"january")
    key = asyncssh.import_private_key(platform.secret)
    locked = key.export_private_key("openssh", passphrase="geheim", rounds=1).decode()
    extra = {"private_key": locked, "private_key_passphrase": "geheim"}
    assert fetch(platform.transport(extra=extra)).new == 1
    with pytest.raises(HubError, match="private key cannot be read") as refused:
        platform.transport(extra=extra | {"private_key_passphrase": "other"})
    assert "geheim" not in str(refused.value)


def test_a_server_that_says_nothing_is_unreachable(
    named: Callable[[str], Platform], fetch: Fetch
) -> None:
    platform = named("sftp")
    with socket.create_server(("127.0.0.1", 0)) as mute:
        taken: list[socket.socket] = []
        threading.Thread(target=lambda: taken.append(mute.accept()[0]), daemon=True).start()
        transport = platform.transport(
            port=mute.getsockname()[1], extra={"limits": {"silent_seconds": 1}}
        )
        check = fetch(transport)
    assert check.outcome == "unreachable"
