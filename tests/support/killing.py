"""A pass that is killed at a named place: `python killing.py MODULE:NAME[.METHOD] CALL
before|after -- ARGUMENTS OF hub`."""

import importlib
import os
import signal
import sys
from collections.abc import Callable
from typing import Any


def arm(place: str, call: int, when: str) -> None:
    """Make the given call of a function the process's last act, before or after the function has
    done its work."""
    module_name, _, path = place.partition(":")
    owner: Any = importlib.import_module(module_name)
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    original: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def armed(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **named)
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, armed)


if __name__ == "__main__":
    arm(sys.argv[1], int(sys.argv[2]), sys.argv[3])
    from federation.cli.main import main

    sys.exit(main(sys.argv[5:]))
