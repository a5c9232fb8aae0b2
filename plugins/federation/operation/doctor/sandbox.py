"""The walls of the sandbox on this machine, tried by a worker that reads nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from federation.common.settings import Settings
from federation.common.vocabulary import Soundness
from federation.conform.sandbox.isolation import COMPLETE, isolate
from federation.conform.sandbox.job import Look
from federation.operation.doctor.finding import Finding

_TODO = (
    "extracts are read all the same, behind the walls that stand; a Linux kernel from 5.13 on with "
    "Landlock and user namespaces has all, and a container needs a seccomp profile that allows them"
)


def sandbox(settings: Settings) -> Iterator[Finding]:
    """Yield which walls the kernel of this machine gives."""
    clean = {"PATH": os.defpath, "LANG": "C.UTF-8"}  # as the sandbox itself starts
    command = [sys.executable, "-m", __name__]
    done = subprocess.run(
        command, env=clean, cwd="/", capture_output=True, text=True, timeout=20, check=False
    )
    stand = done.stdout.strip()
    if done.returncode or not stand:
        says = f"a worker cannot start: {(done.stderr.splitlines() or ['no answer'])[-1]}"
        yield Finding("sandbox", Soundness.FAIL, says, "make env, or install the hub anew")
    elif stand == COMPLETE:
        yield Finding("sandbox", Soundness.OK, stand)
    else:
        yield Finding("sandbox", Soundness.WARN, stand, _TODO)


if __name__ == "__main__":
    answer = isolate(Look(str(Path(__file__))))
    os.write(1, answer.encode())
    os._exit(0)  # what the interpreter does at its end may be refused by now
