"""Child processes that end together with the process that started them, and with all that they
started."""

import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

from federation.common.errors import HubError

STOP_SECONDS = 8
_PR_SET_PDEATHSIG = 1


class Family:
    """Named children, each in a session of its own, so that a Ctrl-C at the terminal reaches the
    parent alone."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self.logs, self.environment = logs, environment
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Family":
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(
                    number, signal.SIG_IGN
                )  # a second Ctrl-C must not cut the stopping short
        self._stop()

    def start(
        self, name: str, command: Sequence[str], *, answers: bool = False
    ) -> "subprocess.Popen[bytes]":
        """Start a child; it writes to `<name>.log`, but for the standard output of a child that is
        to answer."""
        with self._log(name).open("ab") as log:
            child = subprocess.Popen(
                command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if answers else log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self._children[name] = child
        return child

    def answer(self, name: str, command: Sequence[str]) -> Any:
        """Start a child that goes on, and return the line of JSON that it prints once it is
        ready."""
        child = self.start(name, command, answers=True)
        assert child.stdout is not None
        line = child.stdout.readline()
        if not line:
            child.wait()
            raise self.ended(name)
        return json.loads(line)

    def refuse_dead(self) -> None:
        """Raise HubError with the last words of the first child that has ended."""
        for name, child in self._children.items():
            if child.poll() is not None:
                raise self.ended(name)

    def ended(self, name: str) -> HubError:
        """Return the error for a child that has ended, with the last lines of its log."""
        last = "\n".join(self._log(name).read_text("utf-8", "replace").splitlines()[-12:])
        return HubError(
            f"{name} ended by itself; it last said:\n{last}",
            where=str(self._log(name)),
            todo="correct what it says and start again",
        )

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def _stop(self) -> None:
        """Ask every child to end, wait, then kill whatever is left in their sessions."""
        sessions = {child.pid for child in self._children.values()}
        everyone = _in_sessions(sessions)
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        psutil.wait_procs(everyone, timeout=STOP_SECONDS)
        while left := _in_sessions(sessions):
            for process in left:
                process.kill()
            psutil.wait_procs(left, timeout=1)
        for child in self._children.values():
            child.wait()


def _end_with_parent() -> None:
    """Have the kernel end this process when its parent is killed and cannot do it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _in_sessions(sessions: set[int]) -> list[psutil.Process]:
    """Return the living processes of these sessions, also those whose own parent has ended."""
    return [
        process
        for process in psutil.process_iter(["status"])
        if _session(process.pid) in sessions and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return 0
