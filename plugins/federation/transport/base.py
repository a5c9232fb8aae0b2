"""What every transport offers, and how each says that something is wrong."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential
from tenacity.stop import StopBaseT

from federation.common.errors import Unreachable
from federation.transport.connection import Connection
from federation.transport.limits import Limits
from federation.transport.names import is_text, refusal

ATTEMPTS = 4


@dataclass(frozen=True)
class Listed:
    """One entry of a listing: a file, or what is wrong with it.

    `token` changes whenever the platform's file does; it is empty where the platform says nothing
    by which a change could be told, and the file is then read each time.
    """

    path: str  # ends with `/` for a folder that cannot be listed
    token: str = ""
    modified_at: datetime | None = None  # as the platform states it
    size: int | None = None  # bytes, where the listing promises them
    digest: str = ""  # `md5:…`, `sha1:…` or `sha256:…`, where the listing promises one
    refused: str = ""  # why the hub does not fetch it; empty: it may be fetched
    gone: bool = False  # it was listed, and is no longer there
    trouble: Unreachable | None = None  # why the platform does not give it


@dataclass(frozen=True)
class Opened:
    """A file that is being read: `chunks` are its bytes from `start` on, as they come in."""

    chunks: Iterator[bytes]
    start: int = 0
    size: int | None = None  # bytes of the whole file, where the platform promises them


class Transport(Protocol):
    """A city platform's files, read-only; one instance serves many threads.

    Methods raise federation.common.errors.Unreachable, and Interrupted, Silent or Changed where
    they know more.
    """

    where: str  # for messages, without secrets
    limits: Limits

    def files(self, folder: str, depth: int) -> Iterator[Listed]:
        """Yield every file at most `depth` levels below `folder`.

        Paths are relative to the platform. What is wrong with one entry is told of that entry
        (`looked_at`, `below`); an error ends the listing.
        """

    def stream(
        self, path: str, *, start: int = 0, token: str = ""
    ) -> AbstractContextManager[Opened]:
        """Open one file, from byte `start` on where the platform can be sure that it is still
        the listed one.

        `token` is the listed one; empty: whatever version is there. The chunks make up the content
        to its end, or the iteration raises. Leaving the context raises Changed when the file is not
        the one that was opened.
        """

    def close(self) -> None:
        """Let go of every connection."""


@dataclass(frozen=True)
class Kind:
    """A kind of transport, as its module declares it in `KIND`."""

    names: tuple[str, ...]  # of connections: the scheme of a URI, Airflow's connection type
    extras: tuple[str, ...]  # of a connection that the transport knows
    open: Callable[[Connection, Limits], Transport]  # connects to nothing yet


def link(path: str) -> Listed:
    """Return the entry of a symbolic link, which no transport follows."""
    return Listed(path, refused="a symbolic link is not followed")


def looked_at(path: str, look: Callable[[], Listed | None]) -> Iterator[Listed]:
    """Yield the entry that `look` finds at a path, or what is wrong with it; nothing for None.

    This is where the trouble of one entry ends. Silent, and what a session of the transport raises
    for itself, ends the listing.
    """
    if not is_text(path):  # nobody can be asked for it
        yield Listed(path, refused=refusal(path))
        return
    try:
        found = look()
    except Exception as error:
        found = _wrong(path, error)
    if found:
        yield found


def below(folder: str, entries: Iterable[Listed]) -> Iterator[Listed]:
    """Yield the entries of a folder inside the listed one; one that cannot be listed is an entry
    that says why."""
    try:
        yield from entries
    except Exception as error:
        yield _wrong(f"{folder}/", error)


def _wrong(path: str, error: Exception) -> Listed:
    """Return the entry that tells of its own trouble; raises what is not the entry's."""
    if isinstance(error, Silent | ConnectionError | TimeoutError | EOFError | MemoryError):
        raise error
    if isinstance(error, Gone | FileNotFoundError):
        return Listed(path, gone=True)
    if isinstance(error, Unreachable):
        return Listed(path, trouble=error)
    why = getattr(error, "strerror", None) or type(error).__name__
    return Listed(path, trouble=Unreachable(f"it cannot be looked at: {why}"))


def instant(seconds: float | None) -> datetime | None:
    """Return the instant of a file system's time; None where none is stated, or none that is."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None


class Interrupted(Unreachable):
    """Trying again may help: a cut connection, a server in trouble."""


class Silent(Interrupted):
    """Nobody answers: no connection, or not a word within the time-out."""


class Gone(Unreachable):
    """The platform says that there is no such file or folder (any more)."""


class Changed(Unreachable):
    """The platform's file is not, or no longer, the one that was listed or opened."""

    def __init__(self, where: str) -> None:
        super().__init__(
            "the file changed while it was read", where=where, todo="it is fetched again next time"
        )


def again(stop: StopBaseT | None = None) -> Retrying:
    """Return the attempts that passing trouble is worth, with growing pauses."""
    return Retrying(
        retry=retry_if_exception_type(Interrupted),
        stop=stop or stop_after_attempt(ATTEMPTS),
        reraise=True,
        wait=wait_random_exponential(multiplier=0.3, max=10),
    )


class CircuitBreaker:
    """A platform that is not asked again, by any of its feeds, once it has not answered after
    every attempt.

    A hung city costs a pass the time-outs of one feed, not those of all.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport, self.where, self.limits = transport, transport.where, transport.limits
        self._silence: Silent | None = None

    def files(self, folder: str, depth: int) -> Iterator[Listed]:
        self._refuse_silent()
        try:
            yield from self._transport.files(folder, depth)
        except Silent as error:
            self._silence = error
            raise

    def stream(self, path: str, **how: Any) -> AbstractContextManager[Opened]:
        self._refuse_silent()
        return self._transport.stream(path, **how)

    def close(self) -> None:
        self._transport.close()

    def _refuse_silent(self) -> None:
        if self._silence:
            raise Unreachable(
                self._silence.what,
                where=self._silence.where,
                todo="it is asked again in the next pass",
            )
