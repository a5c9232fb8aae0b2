"""From a city's platform to landing: finds new extracts, keeps their bytes as they came."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from federation.common.errors import DataProblem, HubError, Unreachable, as_own_trouble
from federation.common.hashing import short_hash
from federation.common.paths import Home
from federation.common.periods import is_possible
from federation.common.vocabulary import ArrivalOutcome, CheckOutcome, RemarkKind
from federation.common.worker_pool import GivenUpError
from federation.contracts.model import Feed
from federation.contracts.pattern import EVER, Partition
from federation.fetch.download import downloaded, landing_errors
from federation.fetch.near_names import is_near, looks_like_an_extract
from federation.fetch.shown import Shown
from federation.ledger import Arrival, Check, Ledger, Remark
from federation.transport import Listed, Transport
from federation.transport.base import Changed, Gone, Interrupted, Silent, again
from federation.transport.names import refusal, shown

_FAILURES = 3  # files in a row; then the rest is left for the next pass
_REASONS = 5  # reasons in a message
_NAMED = 200  # files named in a check
_CHECKSUM_BYTES = 1 << 16
# What is never the platform's, be it a folder on a disk of another machine.
_OURS = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE)
_Match = tuple[Partition, int]


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
    is `unreachable`, and the last accepted data stay in use. It is `emptied` or `shrunk` where
    files that the ledger knows are no longer shown. A file that cannot be fetched is named with
    its reason, and the other files are fetched. `beat` is called at every sign of life. Raises
    what is the hub's own trouble, and then nothing is said of the city.
    """
    visit = _Visit(feed, transport, landing, beat, span)
    try:
        visit.look_at_all()
    except Unreachable as error:
        visit.failed(error)
    return visit.ended()


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
        self._remarks: list[Remark] = []
        self._failures: list[str] = []
        self._shown = Shown(feed, span, arrivals, landing.ledger.checks.sightings(*feed.key))
        self._withheld = 0  # files and folders of the feed that the platform does not give

    def look_at_all(self) -> None:
        """Fetch what is new; raises Unreachable when further files are not worth trying."""
        in_a_row = 0
        for listed in self._listing():
            self._beat()
            match = self._feed.match(listed.path)
            if match and not match[0].overlaps(self._span):
                continue
            try:
                self._look_at(listed, match)
                in_a_row = 0
            except Interrupted as error:
                in_a_row += 1
                if isinstance(error, Silent) or in_a_row == _FAILURES:
                    raise
                self._failed_at(listed, match, error)
            except Changed as error:
                self.failed(error)
            except DataProblem as error:
                self._leave(listed, match, error.what)
            except Unreachable as error:
                self._withhold(listed, match, error)

    def failed(self, error: Unreachable) -> None:
        self._check = replace(self._check, outcome=CheckOutcome.UNREACHABLE)
        self._failures.append(f"{error.what} ({shown(error.where)})")

    def ended(self) -> Check:
        """Record what was seen and return it, with as many names and reasons as a reader can
        use."""
        taken = self._check.new + self._check.unchanged
        is_complete = self._check.outcome == CheckOutcome.OK
        if is_complete and (outcome := self._shown.outcome) != CheckOutcome.OK:
            self._check = replace(self._check, outcome=outcome)
            self._failures.append(self._shown.told)
        elif is_complete and self._withheld and not taken:
            what = "the platform gives none of the files that it names"
            self.failed(Unreachable(what, where=self._transport.where))
        elif is_complete:
            self._remarks += self._shown.vanished
        check = replace(
            self._check,
            unmatched=self._unmatched[:_NAMED],
            message=_joined([*self._failures, *map(str, self._remarks)]),
            remarks=self._remarks[:_NAMED],
        )
        self._ledger.checks.add(check, self._shown.sightings if is_complete else ())
        return check

    def _listing(self) -> Iterator[Listed]:
        depths: dict[str, int] = {}
        for pattern in [feed.pattern for feed in self._feed.versions]:
            depths[pattern.folder] = max(pattern.depth, depths.get(pattern.folder, 0))
        with _answers(self._transport.where):
            for folder, depth in depths.items():
                yield from self._transport.files(folder, depth)

    def _look_at(self, listed: Listed, match: _Match | None) -> None:
        path = listed.path
        if match and not listed.gone and not refusal(path):
            if path in self._shown:
                raise DataProblem("listed twice")
            self._shown.add(path)
        if listed.gone:
            raise Gone("it was listed, and is gone", where=self._transport.where)
        if listed.trouble:
            raise listed.trouble
        if reason := refusal(path):
            raise DataProblem(reason)
        if match is None and not path.endswith("/"):
            self._set_aside(path)
        elif listed.refused:
            raise DataProblem(listed.refused)
        elif match:
            self._check = replace(self._check, seen=self._check.seen + 1)
            self._remark_on(listed)
            self._take(listed, *match)

    def _set_aside(self, path: str) -> None:
        """Note a file that is no extract."""
        if self._is_checksum(path):
            return
        self._unmatched.append(shown(path))
        if self._is_near(path):
            reason = f"nearly the contract's {self._feed.pattern.text}; it is not taken"
            self._remark(RemarkKind.NEAR_MISS, path, reason)

    def _is_near(self, path: str) -> bool:
        return is_near(path, [feed.pattern for feed in self._feed.versions])

    def _is_checksum(self, path: str) -> bool:
        return bool(self._feed.checksum) and path.endswith(self._feed.checksum)

    def _remark_on(self, listed: Listed) -> None:
        """Note what is odd about how the platform tells of a file, which is fetched all the
        same."""
        stated = listed.modified_at
        if stated and not is_possible(stated, datetime.now(UTC)):
            reason = f"the platform states the time {stated:%Y-%m-%d}, which does not count"
            self._remark(RemarkKind.IMPOSSIBLE_TIME, listed.path, reason)
        if not listed.token:
            reason = "the platform states neither ETag nor time, so it is read at each look"
            self._remark(RemarkKind.NO_VALIDATOR, listed.path, reason)

    def _take(self, listed: Listed, partition: Partition, version: int) -> None:
        """Fetch a file unless it is the one that arrived last under this path."""
        before = self._arrivals.get(listed.path)
        if before and self._is_here(before) and listed.token and before.token == listed.token:
            self._count(is_new=False)
            return
        arrival = self._land(listed, partition, version)
        is_new = before is None or before.sha256 != arrival.sha256
        outcome = ArrivalOutcome.NEW if is_new else ArrivalOutcome.UNCHANGED
        if before and not is_new:
            self._remark_on_token(before, arrival)
        if is_new or before is None or before.token != listed.token:
            self._ledger.arrivals.add(replace(arrival, outcome=outcome))
        self._count(is_new=is_new)

    def _is_here(self, arrival: Arrival) -> bool:
        """Whether what landed is still there; what is lost is fetched anew."""
        place = self._home.landing(*self._feed.key, str(arrival.partition), arrival.sha256)
        return place.exists()

    def _remark_on_token(self, before: Arrival, now: Arrival) -> None:
        """Note that a file's ETag changes from look to look although its bytes and time do not."""
        again = before.outcome == ArrivalOutcome.UNCHANGED and before.token != now.token
        if again and before.modified_at == now.modified_at:
            reason = (
                "the platform's ETag changes although the bytes do not; it is read at each look"
            )
            self._remark(RemarkKind.NO_VALIDATOR, now.path, reason)

    def _count(self, *, is_new: bool) -> None:
        check = self._check
        if is_new:
            self._check = replace(check, new=check.new + 1)
        else:
            self._check = replace(check, unchanged=check.unchanged + 1)

    def _land(self, listed: Listed, partition: Partition, version: int) -> Arrival:
        key = self._feed.key
        with (
            _answers(self._transport.where),
            downloaded(listed, self._transport, self._home, self._beat) as file,
        ):
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

    # -- what is wrong with one entry --------------------------------------------------------------

    def _failed_at(self, listed: Listed, match: _Match | None, error: Interrupted) -> None:
        """Note trouble that may be over soon: a file of the feed makes the look incomplete."""
        if match or listed.path.endswith("/"):
            self.failed(error)
        else:
            self._leave(listed, match, error.what)

    def _withhold(self, listed: Listed, match: _Match | None, error: Unreachable) -> None:
        """Note a file that the platform names and does not give."""
        self._withheld += bool(match) or listed.path.endswith("/")
        if isinstance(error, Gone) and match:
            self._shown.discard(listed.path)
            self._remark(RemarkKind.VANISHED, listed.path, error.what)
        else:
            self._leave(listed, match, error.what)

    def _leave(self, listed: Listed, match: _Match | None, reason: str) -> None:
        """Name a file that is not fetched, with the reason."""
        path = listed.path
        kind = RemarkKind.OTHER_FILE
        if match or path.endswith("/"):
            kind = RemarkKind.LEFT_OUT
        elif self._is_near(path) or (refusal(path) and looks_like_an_extract(path)):
            kind = RemarkKind.NEAR_MISS
        self._unmatched.append(shown(path))
        self._remark(kind, path, reason)

    def _remark(self, kind: RemarkKind, path: str, reason: str) -> None:
        name = shown(path)
        self._remarks.append(Remark(kind, name, reason.removeprefix(f"{name}: ")))


def _joined(reasons: list[str]) -> str:
    """Return the first reasons as one text, and how many more there are."""
    more = len(reasons) - _REASONS
    return "; ".join([*reasons[:_REASONS], *([f"and {more} more"] if more > 0 else [])])


@contextmanager
def _answers(where: str) -> Iterator[None]:
    """Turn whatever a library makes of a platform's answer into Unreachable.

    This is where a platform's trouble ends, be it of a kind that nobody has thought of. What is
    the hub's own stays what it is.
    """
    try:
        yield
    except (HubError, GivenUpError, MemoryError):
        raise
    except Exception as error:
        if getattr(error, "errno", None) in _OURS:
            raise as_own_trouble(error, where) from error
        why = getattr(error, "strerror", None) or type(error).__name__
        raise Unreachable(f"the platform's answer cannot be read: {why}", where=where) from error


def _keep(temporary: Path, final: Path) -> None:
    """Move a whole file into landing; bytes that are there already stay untouched."""
    if final.exists():
        return
    with landing_errors(str(final)):
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
