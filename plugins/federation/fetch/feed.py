"""From a city's platform to landing: finds new extracts, keeps their bytes as they came."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from federation.common.errors import DataProblem, Unreachable
from federation.common.hashing import short_hash
from federation.common.paths import Home
from federation.common.vocabulary import ArrivalOutcome, CheckOutcome
from federation.contracts.model import Feed
from federation.contracts.pattern import EVER, Partition
from federation.fetch.download import downloaded
from federation.ledger import Arrival, Check, Ledger
from federation.transport import Listed, Transport
from federation.transport.base import Interrupted, Silent, again
from federation.transport.names import refusal, shown

_FAILURES = 3  # files in a row; then the rest is left for the next pass
_REASONS = 5  # reasons in a message
_NAMED = 200  # files named in a check
_CHECKSUM_BYTES = 1 << 16


@dataclass(frozen=True)
class Landing:
    """Where fetched files go: their bytes into the home, their arrivals into the ledger."""

    home: Home
    ledger: Ledger


def fetch_feed(
    feed: Feed,
    transport: Transport,
    landing: Landing,
    beat: Callable[[], None] = lambda: None,
    span: Partition = EVER,
) -> Check:
    """Fetch the new files of one feed that are about a day of `span`; return what was seen.

    Every arrival is in landing and in the ledger. A platform that fails raises nothing: the check
    is `unreachable`, and the last accepted data stay in use. A file that must not be fetched is
    named with its reason, and the other files are fetched. `beat` is called at every sign of life.
    """
    visit = _Visit(feed, transport, landing, beat, span)
    try:
        visit.look_at_all()
    except Unreachable as error:
        visit.failed(error)
    check = visit.check()
    landing.ledger.checks.add(check)
    return check


class _Visit:
    """One look at a feed's place on its platform."""

    def __init__(
        self,
        feed: Feed,
        transport: Transport,
        landing: Landing,
        beat: Callable[[], None],
        span: Partition,
    ) -> None:
        self._feed, self._span = feed, span
        self._transport, self._beat = transport, beat
        self._home, self._ledger = landing.home, landing.ledger
        arrivals = landing.ledger.arrivals.of_feed(*feed.key)
        self._arrivals = {arrival.path: arrival for arrival in arrivals}
        self._check = Check(*feed.key, outcome=CheckOutcome.OK)
        self._unmatched: list[str] = []
        self._reasons: list[str] = []
        self._seen: set[str] = set()

    def look_at_all(self) -> None:
        """Fetch what is new; raises Unreachable when further files are not worth trying."""
        failures = 0
        for listed in self._listing():
            self._beat()
            try:
                self._look_at(listed)
                failures = 0
            except DataProblem as error:
                self._leave_out(listed, error.what)
            except Unreachable as error:
                failures += 1
                if isinstance(error, Silent) or failures == _FAILURES:
                    raise
                self.failed(error)

    def failed(self, error: Unreachable) -> None:
        self._check = replace(self._check, outcome=CheckOutcome.UNREACHABLE)
        self._reasons.append(f"{error.what} ({shown(error.where)})")

    def check(self) -> Check:
        """Return what was seen, with as many names and reasons as a reader can use."""
        reasons, more = self._reasons[:_REASONS], len(self._reasons) - _REASONS
        if more > 0:
            reasons.append(f"and {more} more")
        message = "; ".join(reasons)
        return replace(self._check, unmatched=self._unmatched[:_NAMED], message=message)

    def _listing(self) -> Iterator[Listed]:
        depths: dict[str, int] = {}
        for pattern in [feed.pattern for feed in self._feed.versions]:
            depths[pattern.folder] = max(pattern.depth, depths.get(pattern.folder, 0))
        for folder, depth in depths.items():
            yield from self._transport.files(folder, depth)

    def _look_at(self, listed: Listed) -> None:
        if reason := refusal(listed.path):
            raise DataProblem(reason)
        match = self._feed.match(listed.path)
        if match is None:
            if not self._is_checksum(listed.path):
                self._unmatched.append(shown(listed.path))
            return
        partition, version = match
        if not partition.overlaps(self._span):
            return
        if listed.refused:
            raise DataProblem(listed.refused)
        if listed.path in self._seen:
            raise DataProblem("listed twice")
        self._seen.add(listed.path)
        self._check = replace(self._check, seen=self._check.seen + 1)
        self._take(listed, partition, version)

    def _is_checksum(self, path: str) -> bool:
        return bool(self._feed.checksum) and path.endswith(self._feed.checksum)

    def _take(self, listed: Listed, partition: Partition, version: int) -> None:
        """Fetch a file unless it is the one that arrived last under this path."""
        before = self._arrivals.get(listed.path)
        if before and before.token == listed.token:
            self._count(is_new=False)
            return
        arrival = self._land(listed, partition, version)
        is_new = before is None or before.sha256 != arrival.sha256
        outcome = ArrivalOutcome.NEW if is_new else ArrivalOutcome.UNCHANGED
        self._ledger.arrivals.add(replace(arrival, outcome=outcome))
        self._count(is_new=is_new)

    def _count(self, *, is_new: bool) -> None:
        check = self._check
        if is_new:
            self._check = replace(check, new=check.new + 1)
        else:
            self._check = replace(check, unchanged=check.unchanged + 1)

    def _land(self, listed: Listed, partition: Partition, version: int) -> Arrival:
        key = self._feed.key
        with downloaded(listed, self._transport, self._home, self._beat) as file:
            _check_sum(listed.path, self._feed, self._transport, file.sha256)
            self._beat()
            _keep(file.path, self._home.landing(*key, str(partition), file.sha256))
        return Arrival(
            *key,
            path=listed.path,
            token=listed.token,
            partition=partition,
            declared_version=version,
            modified_at=listed.modified_at,
            size_bytes=file.size,
            sha256=file.sha256,
            extract_id=short_hash(*key, str(partition), file.sha256),
        )

    def _leave_out(self, listed: Listed, reason: str) -> None:
        name = shown(listed.path)
        self._unmatched.append(name)
        self._reasons.append(reason if reason.startswith(f"{name}: ") else f"{name}: {reason}")


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


def _check_sum(path: str, feed: Feed, transport: Transport, sha256: str) -> None:
    """Raise DataProblem when the checksum file beside a file is missing or another one."""
    if not feed.checksum:
        return
    try:
        content = _checksum_file(path + feed.checksum, transport)
    except Interrupted:
        raise
    except Unreachable as error:
        raise DataProblem(
            f"{path}: the checksum that the contract names is not beside it", where=transport.where
        ) from error
    words = content.decode("ascii", "replace").split()
    if not words or words[0].lower() != sha256:
        raise DataProblem(
            f"{path}: the checksum beside the file does not match its bytes", where=transport.where
        )


def _checksum_file(path: str, transport: Transport) -> bytes:
    for attempt in again():
        with attempt:
            content = _small(path, transport)
    return content


def _small(path: str, transport: Transport) -> bytes:
    """Return the content of a small file; raises Unreachable when it is none."""
    content = bytearray()
    with transport.stream(path) as opened:
        for chunk in opened.chunks:
            content += chunk
            if len(content) > _CHECKSUM_BYTES:
                raise Unreachable("the checksum file is too long", where=transport.where)
    return bytes(content)
