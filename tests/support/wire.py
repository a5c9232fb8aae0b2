"""A wire on loopback in front of a server: it counts what comes through and can be cut."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Wire:
    """Hands everything on to `port`.

    `cut_after` bytes from the server (None: never) every open connection ends, once. What came
    until then still reaches the client.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.cut_after: int | None = None
        self.cuts = self.came = 0
        self._connections: list[tuple[socket.socket, socket.socket]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()
        self.hang_up()

    def hang_up(self) -> None:
        """End every open connection."""
        for connection in self._connections:
            for end in connection:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
        self._connections.clear()

    def _cut(self) -> None:
        """End every open connection behind what was handed on.

        Closing the client's end at once would reset it, and TCP drops what was not read yet.
        """
        for near, far in self._connections:
            for end in (near, far):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_WR)
            with suppress(OSError):
                far.shutdown(socket.SHUT_RD)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near = self._listening.accept()[0]
                far = socket.create_connection(("127.0.0.1", self._target))
                self._connections.append((near, far))
                threading.Thread(target=self._carry, args=(near, far, False), daemon=True).start()
                threading.Thread(target=self._carry, args=(far, near, True), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        with suppress(OSError):
            while data := source.recv(16384):
                target.sendall(data)
                if counted:
                    self._count(len(data))
            target.shutdown(socket.SHUT_WR)

    def _count(self, size: int) -> None:
        self.came += size
        if self.cut_after is not None and self.came >= self.cut_after:
            self.cut_after = None
            self.cuts += 1
            self._cut()


@contextmanager
def wired(port: int) -> Iterator[Wire]:
    """Yield a wire to a server's port."""
    wire = Wire(port)
    try:
        yield wire
    finally:
        wire.close()
