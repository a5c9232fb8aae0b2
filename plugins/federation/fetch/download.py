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
    """A whole file at a temporary place."""

    place: Path
    sha256: str
    size: int


@contextmanager
def downloaded(
    listed: Listed, transport: Transport, home: Home, beat: Callable[[], None]
) -> Iterator[Downloaded]:
    """Yield the file's whole content, durable on disk.

    What is not moved away is removed afterwards.

    A cut transfer goes on where it was cut when the platform can be sure that the file is still the
    same, and starts again otherwise. `beat` is called at every sign of life. Raises Unreachable, or
    DataProblem when the file breaks a limit or is not what the platform promises.
    """
    with _temporary(home.incoming) as (place, target):
        part = _Part(target, transport.limits, listed, beat)
        for attempt in again(part.gives_up):
            with (
                attempt,
                transport.stream(listed.path, start=part.start, token=listed.token) as opened,
            ):
                part.take(opened)
        part.check_expected_columns()
        yield Downloaded(place, part.sha256, part.size)


class _Part:
    """A file that grows, with its hash so far and the limits it is held against."""

    def __init__(
        self, target: BinaryIO, limits: Limits, listed: Listed, beat: Callable[[], None]
    ) -> None:
        self._target, self._limits, self._listed, self._beat = target, limits, listed, beat
        self._began, self._most, self._tries = time.monotonic(), 0, 0
        self.size, self._whole = 0, False
        self._sha256, self._promised = hashlib.sha256(), self._promise()

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()

    @property
    def start(self) -> int:
        """Where an attempt may go on.

        A file that came whole and was not let go of in peace begins again.
        """
        return 0 if self._whole else self.size

    def take(self, opened: Opened) -> None:
        """Add what comes; raises Interrupted when less or more came than was promised."""
        if opened.start != self.size:
            self._restart()
        self._refuse_large(opened.size or 0)
        for chunk in opened.chunks:
            self._add(chunk)
        if opened.size is not None and self.size != opened.size:
            came = self.size
            self._restart()
            raise Interrupted(
                f"the transfer failed: {came:,} of {opened.size:,} bytes came",
                where=self._listed.path,
            )
        self._whole = True
        self._durable()

    def gives_up(self, _: RetryCallState) -> bool:
        """Return whether the last attempts have brought nothing more."""
        self._tries = 1 if self.size > self._most else self._tries + 1
        self._most = max(self._most, self.size)
        return self._tries >= ATTEMPTS

    def check_expected_columns(self) -> None:
        """Raise DataProblem when the file is not the one that the listing promises."""
        listed = self._listed
        if listed.size is not None and listed.size != self.size:
            raise DataProblem(
                f"{listed.path}: the platform promises {listed.size:,} bytes, {self.size:,} came"
            )
        if self._promised and self._promised.hexdigest() != listed.digest.partition(":")[2]:
            raise DataProblem(
                f"{listed.path}: the {listed.digest.partition(':')[0]} that the platform states "
                "is another one"
            )

    def _restart(self) -> None:
        self._target.seek(0)
        self._target.truncate()
        self.size, self._whole = 0, False
        self._sha256, self._promised = hashlib.sha256(), self._promise()

    def _promise(self) -> "hashlib._Hash | None":
        kind = self._listed.digest.partition(":")[0]
        return hashlib.new(kind, usedforsecurity=False) if kind else None

    def _add(self, chunk: bytes) -> None:
        self._beat()
        self._refuse_large(self.size + len(chunk))
        self._refuse_slow()
        for digest in filter(None, (self._sha256, self._promised)):
            digest.update(chunk)
        with _told(self._target.name):
            self.size += self._target.write(chunk)

    def _durable(self) -> None:
        with _told(self._target.name):
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
        if (
            seconds > self._limits.slow_seconds
            and self.size < seconds * self._limits.slowest_bytes_per_second
        ):
            raise DataProblem(
                f"{self._listed.path}: slower than {self._limits.slowest_bytes_per_second:,} "
                "bytes a second "
                "(limit slowest_bytes_per_second)"
            )


@contextmanager
def _temporary(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Yield a new file that is ours as long as we live: the lock on it ends with the process,
    however that ends."""
    with _told(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        target = _locked(folder)
    place = Path(target.name)
    try:
        with target:
            yield place, target
    finally:
        place.unlink(missing_ok=True)


def _locked(folder: Path) -> BinaryIO:
    while True:
        target = (folder / f"{uuid4().hex}.part").open("x+b")
        fcntl.flock(target, fcntl.LOCK_EX)
        if os.fstat(target.fileno()).st_nlink:
            return target
        target.close()  # another process took it for a leftover before it was locked


def _sweep(folder: Path) -> None:
    """Remove what killed downloads left behind.

    Whatever a living process writes is locked by it.
    """
    for leftover in folder.glob("*.part"):
        try:
            with leftover.open("r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                leftover.unlink(missing_ok=True)
        except OSError:
            continue


@contextmanager
def _told(place: str) -> Iterator[None]:
    """A full disk is our trouble, not the platform's."""
    try:
        yield
    except OSError as error:
        raise HubError(
            f"landing cannot be written: {error.strerror}",
            where=place,
            todo="make room, then run again",
        ) from error
