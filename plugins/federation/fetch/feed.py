"""From a city's platform to landing: finds new extracts, keeps their bytes as they came."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
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
_TOLD = 5  # reasons in a message
_NAMED = 200  # files named in a check
_CHECKSUM_BYTES = 1 << 16


def fetch_feed(
    feed: Feed,
    transport: Transport,
    home: Home,
    ledger: Ledger,
    beat: Callable[[], None] = lambda: None,
    span: Partition = EVER,
) -> Check:
    """Pull what is new of one feed about any day of `span`; return what was seen.

    Every arrival is in landing and in the ledger. Never raises for trouble at the platform: the
    check says `unreachable`, and the last accepted data keep serving; a file that must not be taken
    is named with its reason, and the others go on. `beat` is called at every sign of life.
    """
    visit = _Visit(feed, transport, home, ledger, beat, span)
    try:
        visit.look_at_all()
    except Unreachable as error:
        visit.failed(error)
    check = visit.check()
    ledger.checks.add(check)
    return check


class _Visit:
    """One look at a feed's place on its platform."""

    def __init__(
        self,
        feed: Feed,
        transport: Transport,
        home: Home,
        ledger: Ledger,
        beat: Callable[[], None],
        span: Partition,
    ) -> None:
        self._feed, self._transport, self._home, self._ledger, self._beat = (
            feed,
            transport,
            home,
            ledger,
            beat,
        )
        self._span = span
        self._known = {arrival.path: arrival for arrival in ledger.arrivals.of_feed(*feed.key)}
        self._check = Check(*feed.key, outcome=CheckOutcome.OK)
        self._unmatched: list[str] = []
        self._reasons: list[str] = []
        self._seen: set[str] = set()

    def look_at_all(self) -> None:
        """Take in what is new; raises Unreachable when the platform is not worth asking on."""
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
        told, more = self._reasons[:_TOLD], len(self._reasons) - _TOLD
        message = "; ".join([*told, f"and {more} more"] if more > 0 else told)
        return replace(self._check, unmatched=self._unmatched[:_NAMED], message=message)

    def _listing(self) -> Iterator[Listed]:
        depths: dict[str, int] = {}
        for pattern in (feed.pattern for feed in self._feed.versions):
            depths[pattern.folder] = max(pattern.depth, depths.get(pattern.folder, 0))
        for folder, depth in depths.items():
            yield from self._transport.files(folder, depth)

    def _look_at(self, listed: Listed) -> None:
        if reason := refusal(listed.path):
            raise DataProblem(reason)
        found = self._feed.match(listed.path)
        if found is None:
            if not (self._feed.checksum and listed.path.endswith(self._feed.checksum)):
                self._unmatched.append(shown(listed.path))
            return
        if not found[0].overlaps(self._span):
            return
        if reason := listed.refused or ("listed twice" if listed.path in self._seen else ""):
            raise DataProblem(reason)
        self._seen.add(listed.path)
        self._check = replace(self._check, seen=self._check.seen + 1)
        self._take(listed, *found)

    def _take(self, listed: Listed, partition: Partition, version: int) -> None:
        before, check = self._known.get(listed.path), self._check
        if before and before.token == listed.token:
            self._check = replace(check, unchanged=check.unchanged + 1)
            return
        arrival = self._land(listed, partition, version)
        same = before is not None and before.sha256 == arrival.sha256
        outcome = ArrivalOutcome.UNCHANGED if same else ArrivalOutcome.NEW
        self._ledger.arrivals.add(replace(arrival, outcome=outcome))
        self._check = replace(check, unchanged=check.unchanged + same, new=check.new + (not same))

    def _land(self, listed: Listed, partition: Partition, version: int) -> Arrival:
        with downloaded(listed, self._transport, self._home, self._beat) as file:
            _check_sum(listed.path, self._feed, self._transport, file.sha256)
            self._beat()
            _keep(file.place, self._home.landing(*self._feed.key, str(partition), file.sha256))
        return Arrival(
            *self._feed.key,
            path=listed.path,
            token=listed.token,
            partition=partition,
            declared_version=version,
            modified_at=listed.modified_at,
            size_bytes=file.size,
            sha256=file.sha256,
            extract_id=short_hash(*self._feed.key, str(partition), file.sha256),
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


def _check_sum(path: str, feed: Feed, transport: Transport, digest: str) -> None:
    if not feed.checksum:
        return
    try:
        for attempt in again():
            with attempt:
                promised = (
                    _small(path + feed.checksum, transport).decode("ascii", "replace").split()
                )
    except Interrupted:
        raise
    except Unreachable as error:
        raise DataProblem(
            f"{path}: the checksum that the contract names is not beside it", where=transport.where
        ) from error
    if not promised or promised[0].lower() != digest:
        raise DataProblem(
            f"{path}: the checksum beside the file does not match its bytes", where=transport.where
        )


def _small(path: str, transport: Transport) -> bytes:
    """Return the content of a small file; raises Unreachable when it is none."""
    content = bytearray()
    with transport.stream(path) as opened:
        for chunk in opened.chunks:
            content += chunk
            if len(content) > _CHECKSUM_BYTES:
                raise Unreachable("the checksum file is too long", where=transport.where)
    return bytes(content)
