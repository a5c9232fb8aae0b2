"""Tests cannot reach anything but this machine, by construction."""

from __future__ import annotations

import socket
import threading

import pytest


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "8.8.8.8"])
def test_another_host_cannot_be_reached(address: str) -> None:
    with pytest.raises(RuntimeError, match="loopback"), socket.socket() as end:
        end.connect((address, 80))


def test_a_name_cannot_be_looked_up() -> None:
    with pytest.raises(RuntimeError, match="loopback"):
        socket.create_connection(("data.example.org", 443))


def test_loopback_and_unix_sockets_can(tmp_path: object) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        accepted = threading.Thread(target=lambda: server.accept()[0].close())
        accepted.start()
        with socket.create_connection(server.getsockname()) as end:
            assert end.getpeername() == server.getsockname()
        accepted.join()
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as end:
        server.bind(f"{tmp_path}/s")
        server.listen()
        end.connect(f"{tmp_path}/s")
        assert end.getpeername() == f"{tmp_path}/s"
