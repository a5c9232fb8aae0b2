"""One file from a platform to a temporary one: whole and unchanged, or not at all."""

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from tenacity import RetryCallState

from federation.common.errors import DataProblem, HubError
from federation.common.paths import Home
from federation.transport import Limits, Listed, Transport
from federation.transport.base import ATTEMPTS, Interrupted, Opened, again


@dataclass(frozen=True)
class Downloaded:
    """A whole temporary file."""

    path: Path
    sha256: str
    size: int


@contextmanager
def downloaded(
    listed: Listed, transport: Transport, home: Home, beat: Callable[[], None]
) -> Iterator[Downloaded]:
    """Yield the whole file, durable on disk; it is removed afterwards unless it was moved away.

    A cut transfer continues where it was cut when the platform can be sure that the file is still
    the same, and starts again otherwise. `beat` is called at every sign of life. Raises
    Unreachable, or DataProblem when the file breaks a limit or is not what the platform promises.
    """
    with _temporary(home.incoming) as (path, target):
        part = _Part(target, transport.limits, listed, beat)
        for attempt in again(part.gives_up):
            with attempt:
                start = part.start
                with transport.stream(listed.path, start=start, token=listed.token) as opened:
                    part.take(opened)
        part.check_promises()
        yield Downloaded(path, part.sha256, part.size)


class _Part:
    """A file that grows, with its hash so far and the limits that it must keep."""

    def __init__(
        self, target: BinaryIO, limits: Limits, listed: Listed, beat: Callable[[], None]
    ) -> None:
        self._target, self._limits = target, limits
        self._listed, self._beat = listed, beat
        self._began = time.monotonic()
        # The most bytes that an attempt has reached, and the attempts since then.
        self._most, self._tries = 0, 0
        self.size, self._whole = 0, False
        self._sha256, self._promised = hashlib.sha256(), self._promised_digest()

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()

    @property
    def start(self) -> int:
        """Where the next attempt begins: again at 0 when the whole file came and then failed."""
        return 0 if self._whole else self.size

    def take(self, opened: Opened) -> None:
        """Add what comes; raises Interrupted when less or more came than was promised."""
        if opened.start != self.size:
            self._restart()
        self._refuse_large(opened.size or 0)
        for chunk in opened.chunks:
            self._add(chunk)
        if opened.size is not None and self.size != opened.size:
            size = self.size
            self._restart()
            raise Interrupted(
                f"the transfer failed: {size:,} of {opened.size:,} bytes came",
                where=self._listed.path,
            )
        self._whole = True
        self._durable()

    def gives_up(self, _: RetryCallState) -> bool:
        """Return whether the last attempts have brought nothing more."""
        self._tries = 1 if self.size > self._most else self._tries + 1
        self._most = max(self._most, self.size)
        return self._tries >= ATTEMPTS

    def check_promises(self) -> None:
        """Raise DataProblem when the file is not the one that the listing promises."""
        listed = self._listed
        if listed.size is not None and listed.size != self.size:
            raise DataProblem(
                f"{listed.path}: the platform promises {listed.size:,} bytes, {self.size:,} came"
            )
        kind, _, digest = listed.digest.partition(":")
        if self._promised and self._promised.hexdigest() != digest:
            raise DataProblem(f"{listed.path}: the {kind} that the platform states is another one")

    def _restart(self) -> None:
        self._target.seek(0)
        self._target.truncate()
        self.size, self._whole = 0, False
        self._sha256, self._promised = hashlib.sha256(), self._promised_digest()

    def _promised_digest(self) -> "hashlib._Hash | None":
        kind = self._listed.digest.partition(":")[0]
        return hashlib.new(kind, usedforsecurity=False) if kind else None

    def _add(self, chunk: bytes) -> None:
        self._beat()
        self._refuse_large(self.size + len(chunk))
        self._refuse_slow()
        for digest in filter(None, (self._sha256, self._promised)):
            digest.update(chunk)
        with landing_errors(self._target.name):
            self.size += self._target.write(chunk)

    def _durable(self) -> None:
        with landing_errors(self._target.name):
            self._target.flush()
            os.fsync(self._target.fileno())

    def _refuse_large(self, size: int) -> None:
        if size > self._limits.file_bytes:
            raise DataProblem(
                f"{self._listed.path}: longer than {self._limits.file_bytes:,} bytes (limit "
                "file_bytes)"
            )

    def _refuse_slow(self) -> None:
        seconds = time.monotonic() - self._began
        if seconds > self._limits.file_seconds:
            raise DataProblem(
                f"{self._listed.path}: not here after {self._limits.file_seconds} seconds (limit "
                "file_seconds)"
            )
        slowest = self._limits.slowest_bytes_per_second
        if seconds > self._limits.slow_seconds and self.size < seconds * slowest:
            raise DataProblem(
                f"{self._listed.path}: slower than {slowest:,} bytes a second "
                "(limit slowest_bytes_per_second)"
            )


@contextmanager
def _temporary(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Yield a new file that this process has locked; the lock ends with the process."""
    with landing_errors(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        target = _locked(folder)
    path = Path(target.name)
    try:
        with target:
            yield path, target
    finally:
        path.unlink(missing_ok=True)


def _locked(folder: Path) -> BinaryIO:
    while True:
        target = (folder / f"{uuid4().hex}.part").open("x+b")
        fcntl.flock(target, fcntl.LOCK_EX)
        if os.fstat(target.fileno()).st_nlink:
            return target
        # Another process removed it as a leftover before it was locked.
        target.close()


def _sweep(folder: Path) -> None:
    """Remove what killed downloads left behind; the files of running processes are locked."""
    for leftover in folder.glob("*.part"):
        try:
            with leftover.open("r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                leftover.unlink(missing_ok=True)
        except OSError:
            continue


@contextmanager
def landing_errors(where: str) -> Iterator[None]:
    """Turn errors of the disk into HubError: a full disk is no fault of the platform."""
    try:
        yield
    except OSError as error:
        raise HubError(
            f"landing cannot be written: {error.strerror}",
            where=where,
            todo="make room, then run again",
        ) from error
