"""A transport in whose midst something happens to the platform's file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from federation.transport import Listed, Transport
from federation.transport.base import Opened


class Meddled:
    """The transport it is given; `meddle` is called after the first chunk of every file."""

    def __init__(self, transport: Transport, meddle: Callable[[], object]) -> None:
        self._transport, self._meddle = transport, meddle
        self.where, self.limits = transport.where, transport.limits

    def files(self, folder: str, depth: int) -> Iterator[Listed]:
        return self._transport.files(folder, depth)

    @contextmanager
    def stream(self, path: str, *, start: int = 0, token: str = "") -> Iterator[Opened]:
        with self._transport.stream(path, start=start, token=token) as opened:
            yield replace(opened, chunks=self._meddled(opened.chunks))

    def close(self) -> None:
        self._transport.close()

    def _meddled(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for place, chunk in enumerate(chunks):
            if place == 0:
                self._meddle()
            yield chunk
