"""The webhook of a chat on loopback, and what it was told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


@dataclass
class Chat:
    """A chat's server on loopback, and what it was told: path, token, body."""

    port: int
    status: int = 200
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    def connection(self, **extra: str) -> str:
        given = {"conn_type": "http", "host": "127.0.0.1", "port": self.port}
        return json.dumps(given | {"schema": "hook/T1", "password": "token", "extra": extra})


@contextmanager
def chat_server() -> Iterator[Chat]:
    """A chat that takes what is posted, or answers with its `status`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.asked.append((self.path, self.headers.get("Authorization", ""), body))
            self.send_response(found.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    found = Chat(server.server_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()
