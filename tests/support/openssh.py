"""OpenSSH's own server on loopback, for the user who runs the tests, with a login by key."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIG = """
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/login.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
"""


def sshd() -> str | None:
    """Return where the server's program lies, or None."""
    return shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def running(folder: Path, directory: Path) -> Iterator[str]:
    """Serve `directory` over SFTP; yield the connection (JSON) that opens it."""
    program = sshd()
    assert program
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    for name, kind in (("host", "ed25519"), ("login", "ecdsa")):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(folder / name)], check=True
        )
    (folder / "config").write_text(CONFIG.format(port=port, folder=folder))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # without it the server refuses to start as root
    server = subprocess.Popen(
        [program, "-D", "-e", "-f", str(folder / "config")], stderr=(folder / "log").open("wb")
    )
    try:
        _await(port, server, folder / "log")
        extra = {
            "host_key": (folder / "host.pub").read_text().strip(),
            "private_key": (folder / "login").read_text(),
        }
        yield json.dumps(
            {
                "conn_type": "sftp",
                "host": "127.0.0.1",
                "port": port,
                "login": getpass.getuser(),
                "schema": str(directory),
                "extra": extra,
            }
        )
    finally:
        server.terminate()
        server.wait()


def _await(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 30
    while True:
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
