"""What every transport offers."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Listed:
    """One file on a platform; `token` changes whenever the platform's file does."""

    path: str
    token: str
    modified_at: datetime | None


class Transport(Protocol):
    """A city platform's files, read-only. Methods raise federation.errors.Unreachable after their retries."""

    where: str  # for messages, without secrets

    def files(self, folder: str, depth: int) -> Iterator[Listed]:
        """Yield every file at most `depth` levels below `folder`; paths are relative to the platform."""

    def stream(self, path: str) -> AbstractContextManager[Iterator[bytes]]:
        """Open one file; the chunks make up its whole content, or the iteration raises."""
