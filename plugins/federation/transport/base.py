"""What every transport offers, and how each says that something is wrong."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential
from tenacity.stop import StopBaseT

from federation.common.errors import Unreachable
from federation.transport.connection import Connection
from federation.transport.limits import Limits

ATTEMPTS = 4


@dataclass(frozen=True)
class Listed:
    """One file on a platform; `token` changes whenever the platform's file does."""

    path: str
    token: str
    modified_at: datetime | None
    size: int | None = None  # bytes, where the listing promises them
    digest: str = ""  # `md5:…`, `sha1:…` or `sha256:…`, where the listing promises one
    refused: str = ""  # why this entry must not be fetched; empty: it may


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

        Paths are relative to the platform.
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
    return Listed(path, "", None, refused="a symbolic link is not followed")


class Interrupted(Unreachable):
    """Trying again may help: a cut connection, a server in trouble."""


class Silent(Interrupted):
    """Nobody answers: no connection, or not a word within the time-out."""


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
