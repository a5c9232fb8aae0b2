"""From a city's platform to landing: finds new extracts, keeps their bytes as they came."""

import os
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from federation.contracts.model import Feed
from federation.errors import DataProblem, Unreachable
from federation.hashing import short_hash
from federation.ledger import Arrival, Check, Ledger
from federation.paths import Home
from federation.transport import Listed, Transport
from federation.transport.web import ATTEMPTS, is_passing


def fetch_feed(feed: Feed, transport: Transport, home: Home, ledger: Ledger) -> Check:
    """Pull what is new of one feed; return what was seen. Every arrival is in landing and in the ledger.

    Never raises for trouble at the platform: the check says `unreachable`, and the last accepted data keep serving.
    """
    known = {arrival.path: arrival for arrival in ledger.arrivals(*feed.key)}
    check = Check(*feed.key, outcome="ok")
    try:
        for listed in _listing(feed, transport):
            check = _look_at(listed, feed, transport, home, ledger, known, check)
    except Unreachable as error:
        check = replace(check, outcome="unreachable", message=f"{error.what} ({error.where})")
    ledger.add_check(check)
    return check


def _listing(feed: Feed, transport: Transport) -> Iterator[Listed]:
    folder = feed.pattern.folder
    depth = feed.pattern.text.count("/") - folder.count("/") if folder else feed.pattern.text.count("/") + 1
    return transport.files(folder, depth)


def _look_at(listed: Listed, feed: Feed, transport: Transport, home: Home, ledger: Ledger,
             known: dict[str, Arrival], check: Check) -> Check:
    match = feed.pattern.match(listed.path)
    if match is None:
        beside = feed.checksum and listed.path.endswith(feed.checksum)
        return check if beside else replace(check, unmatched=[*check.unmatched, listed.path])
    check = replace(check, seen=check.seen + 1)
    before = known.get(listed.path)
    if before and before.token == listed.token:
        return replace(check, unchanged=check.unchanged + 1)
    try:
        arrival = _land(listed, feed, transport, home)
    except DataProblem as error:
        return replace(check, unmatched=[*check.unmatched, listed.path], message=error.what)
    same = before is not None and before.sha256 == arrival.sha256
    ledger.add_arrival(replace(arrival, outcome="unchanged" if same else "new"))
    return replace(check, unchanged=check.unchanged + same, new=check.new + (not same))


def _land(listed: Listed, feed: Feed, transport: Transport, home: Home) -> Arrival:
    match = feed.pattern.match(listed.path)
    assert match is not None
    partition, version = match
    temporary, digest, size = _download(listed.path, transport, home)
    try:
        _check_sum(listed.path, feed, transport, digest)
        extract_id = short_hash(*feed.key, str(partition), digest)
        _keep(temporary, home.landing(*feed.key, str(partition), digest))
    finally:
        temporary.unlink(missing_ok=True)
    return Arrival(*feed.key, path=listed.path, token=listed.token, partition=partition, declared_version=version,
                   modified_at=listed.modified_at, size_bytes=size, sha256=digest, extract_id=extract_id)


def _download(path: str, transport: Transport, home: Home) -> tuple[Path, str, int]:
    """Return a temporary file with the whole content, its SHA-256 and size; cut transfers start again."""
    home.incoming.mkdir(parents=True, exist_ok=True)
    _sweep(home.incoming)
    temporary = home.incoming / f"{os.getpid()}-{uuid4().hex}.part"
    try:
        for attempt in _again():
            with attempt, temporary.open("wb") as target, transport.stream(path) as chunks:
                digest, size = _copy(chunks, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary, digest, size


def _again() -> Retrying:
    return Retrying(retry=retry_if_exception(is_passing), stop=stop_after_attempt(ATTEMPTS), reraise=True,
                    wait=wait_random_exponential(multiplier=0.3, max=10))


def _copy(chunks: Iterator[bytes], target: BinaryIO) -> tuple[str, int]:
    digest, size = sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += target.write(chunk)
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest(), size


def _keep(temporary: Path, final: Path) -> None:
    """Move a whole file into landing; bytes that are there already stay untouched."""
    if final.exists():
        return
    final.parent.mkdir(parents=True, exist_ok=True)
    os.replace(temporary, final)
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _check_sum(path: str, feed: Feed, transport: Transport, digest: str) -> None:
    if not feed.checksum:
        return
    try:
        for attempt in _again():
            with attempt, transport.stream(path + feed.checksum) as chunks:
                promised = b"".join(chunks).decode("ascii", "replace").split()
    except Unreachable as error:
        if is_passing(error):
            raise
        raise DataProblem(f"{path}: the checksum that the contract names is not beside it", where=transport.where) from error
    if not promised or promised[0].lower() != digest:
        raise DataProblem(f"{path}: the checksum beside the file does not match its bytes", where=transport.where)


def _sweep(folder: Path) -> None:
    """Remove what killed downloads left behind."""
    for leftover in folder.glob("*.part"):
        pid = int(leftover.name.split("-", 1)[0])
        if not Path(f"/proc/{pid}").exists():
            leftover.unlink(missing_ok=True)
