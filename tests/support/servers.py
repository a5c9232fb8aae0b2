"""Real HTTP servers on loopback that serve a platform's directory the way cities do, and that
fail on request."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Answer = Callable[["Handler"], bool]  # True: answered; False: serve the file as usual


@dataclass
class Server:
    """A running server.

    `answers` are asked in turn before a file is served, `asked` is what came in.
    """

    url: str
    directory: Path
    answers: list[Answer] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def times(self, method: str, ending: str) -> int:
        return sum(how == method and path.endswith(ending) for how, path in self.asked)


class Handler(SimpleHTTPRequestHandler):
    """Static files as `python -m http.server` serves them."""

    served: Server

    def __init__(self, *arguments: Any, served: Server) -> None:
        self.served = served
        super().__init__(*arguments, directory=str(served.directory))

    def do_GET(self) -> None:
        self._answer(super().do_GET)

    def do_HEAD(self) -> None:
        self._answer(super().do_HEAD)

    def _answer(self, serve: Callable[[], None]) -> None:
        self.served.asked.append((self.command, self.path))
        if not any(answer(self) for answer in list(self.served.answers)):
            serve()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Keep tests silent."""


@contextmanager
def serving(directory: Path) -> Iterator[Server]:
    """Serve a directory on a free port of loopback."""
    served = Server("", directory)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, served=served)) as server:
        server.daemon_threads = True
        served.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()


def first(times: int, answer: Answer) -> Answer:
    """Answer that way the first `times` times only."""
    left = [times]

    def limited(handler: Handler) -> bool:
        if not left[0]:
            return False
        left[0] -= 1  # before the answer leaves: whoever asks again is served by another thread
        if not answer(handler):
            left[0] += 1
            return False
        return True

    return limited


def status(
    code: int, *, ending: str = "", method: str = "", headers: dict[str, str] | None = None
) -> Answer:
    """Answer with a status alone."""

    def answered(handler: Handler) -> bool:
        if not handler.path.endswith(ending) or method not in ("", handler.command):
            return False
        handler.send_response(code)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return True

    return answered


def cut_after(count: int, ending: str = ".parquet") -> Answer:
    """Promise the whole file, send some bytes, hang up."""

    def answered(handler: Handler) -> bool:
        if handler.command != "GET" or not handler.path.endswith(ending):
            return False
        data = Path(handler.translate_path(handler.path)).read_bytes()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data[:count])
        handler.close_connection = True
        return True

    return answered


def page(html: str, path: str) -> Answer:
    """Answer with this page where a folder's listing is asked for."""

    def answered(handler: Handler) -> bool:
        if handler.path != path:
            return False
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.end_headers()
        handler.wfile.write(html.encode())
        return True

    return answered


def silent(release: threading.Event, ending: str = ".parquet") -> Answer:
    """Say nothing until `release` is set."""

    def answered(handler: Handler) -> bool:
        if not handler.path.endswith(ending):
            return False
        release.wait(30)
        handler.close_connection = True
        return True

    return answered


def login(user: str, password: str) -> Answer:
    """Refuse whoever does not send this login."""
    expected = "Basic " + b64encode(f"{user}:{password}".encode()).decode()
    refuse = status(401, headers={"WWW-Authenticate": "Basic realm=platform"})
    return lambda handler: handler.headers.get("Authorization") != expected and refuse(handler)
