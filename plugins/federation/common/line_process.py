"""A module of the hub as a process of its own that answers a line of JSON with a line of JSON."""

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any


class LineProcess:
    """`python -m <module>` with nothing but `environment` and a pipe each way.

    It begins in the root folder, so it knows files only by what it is told. It ends when its
    standard input closes, thus with this process at the latest.
    """

    def __init__(self, module: str, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            env=environment,
            text=True,
            encoding="utf-8",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, question: str) -> dict[str, Any] | None:
        """Return the answer to one line; None when the process ended instead, and is to be closed
        and replaced."""
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(question + "\n")
            self._process.stdin.flush()
            return dict(json.loads(self._process.stdout.readline()))
        except (BrokenPipeError, json.JSONDecodeError):
            return None

    def close(self) -> None:
        """Let the process end after what it is doing, and wait for that."""
        assert self._process.stdin
        with suppress(BrokenPipeError):  # it ended before it read all
            self._process.stdin.close()
        self._process.wait()

    def kill(self) -> int:
        """End the process at once; return its exit status, below 0 for a signal that ended it."""
        self._process.kill()
        return self._process.wait()
