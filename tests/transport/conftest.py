"""Six platforms behind real servers, each behind a wire, and OpenSSH's server beside them.

One set for all tests here.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from federation.common.paths import Home
from federation.contracts.model import Feed
from federation.fetch.feed import Landing, fetch_feed
from federation.ledger import Check, Ledger
from federation.transport import Limits, Transport, transport_for
from federation_demo.platform_servers import s3, served
from federation_demo.platform_servers.serve import SERVERS
from support import openssh
from support.wire import Wire, wired

KINDS = (*SERVERS, "openssh")
JANUARY, FEBRUARY = "air/kk_air_2569_01.parquet", "air/kk_air_2569_02.parquet"
Fetch = Callable[..., Check]


@dataclass
class Platform:
    """One platform: its folder, the connection that opens it, and the wire that leads there
    (none for a directory)."""

    kind: str
    directory: Path
    connection: str
    wire: Wire | None

    def transport(self, limits: Limits | None = None, **changed: Any) -> Transport:
        """Return a new transport; `changed` replaces parts of the connection."""
        return transport_for(self.changed(**changed), limits)

    def changed(self, **parts: Any) -> str:
        if not parts:
            return self.connection
        given = json.loads(self.connection)
        return json.dumps(given | parts | {"extra": given["extra"] | parts.get("extra", {})})

    @property
    def secret(self) -> str:
        given = json.loads(self.connection) if self.wire else {}
        return str(given.get("password") or given.get("extra", {}).get("private_key", "no secret"))

    def put(self, path: str, data: bytes, seconds: int = 1_770_000_000) -> Path:
        """Write a file with a modification time; it is there for readers when this returns."""
        file = self.directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        os.utime(file, (seconds, seconds))
        self.settle()
        return file

    def settle(self) -> None:
        """Wait until the bucket holds what the folder holds."""
        if self.kind != "s3":
            return
        transport, until = self.transport(), time.monotonic() + 30
        while self._held(transport) != self._folder():
            assert time.monotonic() < until, "the bucket does not follow its folder"
            time.sleep(0.02)
        transport.close()

    def _folder(self) -> dict[str, str]:
        files = (file for file in self.directory.rglob("*") if file.is_file())
        return {
            file.relative_to(self.directory).as_posix(): md5(file.read_bytes()).hexdigest()
            for file in files
        }

    @staticmethod
    def _held(transport: Transport) -> dict[str, str]:
        return {entry.path: entry.token.split('"')[1] for entry in transport.files("", 9)}


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Platform]]:
    root = tmp_path_factory.mktemp("served")
    for kind in KINDS:
        (root / kind).mkdir()
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setattr(s3, "FOLLOW_SECONDS", 0.03)
        found = {
            entry.city: entry.connection
            for entry in stack.enter_context(served(root, {kind: kind for kind in SERVERS}))
        }
        found.pop("openssh")
        if openssh.sshd():
            folder = tmp_path_factory.mktemp("openssh")
            found["openssh"] = stack.enter_context(openssh.running(folder, root / "openssh"))
        yield {
            kind: _behind_a_wire(kind, root / kind, connection, stack)
            for kind, connection in found.items()
        }


def _behind_a_wire(kind: str, directory: Path, connection: str, stack: ExitStack) -> Platform:
    if kind == "directory":
        return Platform(kind, directory, connection, None)
    given = json.loads(connection)
    wire = stack.enter_context(wired(given["port"]))
    return Platform(kind, directory, json.dumps(given | {"port": wire.port}), wire)


@pytest.fixture
def named(servers: dict[str, Platform]) -> Callable[[str], Platform]:
    """Return an emptied platform by its kind."""

    def choose(kind: str) -> Platform:
        if kind not in servers:
            pytest.skip("OpenSSH's server is not installed (Debian: openssh-server)")
        platform = servers[kind]
        shutil.rmtree(platform.directory)
        platform.directory.mkdir()
        platform.settle()
        if platform.wire:
            platform.wire.came = platform.wire.cuts = 0
        return platform

    return choose


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Back-off without its waiting."""
    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=lambda _: None))


@pytest.fixture
def feed(feeds: dict[tuple[str, str], Feed]) -> Feed:
    return feeds["khon_kaen", "air_quality"]


@pytest.fixture
def fetch(feed: Feed, home: Home, ledger: Ledger) -> Fetch:
    """Fetch the feed over a transport and close it."""

    def run(transport: Transport) -> Check:
        try:
            return fetch_feed(feed, transport, Landing(home, ledger))
        finally:
            transport.close()

    return run


def landed(home: Home) -> list[bytes]:
    """The bytes of every file below landing, half ones included."""
    return sorted(
        file.read_bytes() for file in (home.root / "landing").rglob("*") if file.is_file()
    )
