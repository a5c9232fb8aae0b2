"""Where a result goes: a file that is there whole or not at all, or standard output."""

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from federation.common.errors import HubError


@contextmanager
def whole_file(out: Path | None) -> Iterator[IO[bytes]]:
    """Yield a file to write; when that went well it takes the place of `out`, or all of it goes to
    standard output.

    Raises HubError when nothing can be written there.
    """
    with telling(str(out or "standard output")), _folder_beside(out) as folder:
        file = Path(folder) / "result"
        with file.open("wb") as sink:
            yield sink
        if out:
            os.replace(file, out)
        else:
            _to_standard_output(file)


@contextmanager
def telling(where: str) -> Iterator[None]:
    """Raise what the system says of a file that is written as HubError."""
    try:
        yield
    except BrokenPipeError:  # who read standard output has read enough
        raise
    except OSError as error:
        raise HubError(
            f"nothing can be written there: {error.strerror or error}",
            where=where,
            todo="make room, or name another place that you may write to",
        ) from error


def becomes_file(out: Path | None) -> bool:
    """Return whether people will find the result as a file: `--out FILE`, or `> file` that is new
    or empty."""
    if out:
        return True
    try:
        state = os.fstat(sys.stdout.fileno())
    except (OSError, ValueError):  # standard output is no file of the system
        return False
    return stat.S_ISREG(state.st_mode) and not state.st_size


def _folder_beside(out: Path | None) -> "TemporaryDirectory[str]":
    if out and out.exists() and not out.is_file():
        raise HubError(
            "this is no file",
            where=str(out),
            todo="name a file; without --out it is standard output",
        )
    return TemporaryDirectory(prefix=".hub-sql-", dir=out.parent if out else None)


def _to_standard_output(file: Path) -> None:
    with file.open("rb") as source:
        shutil.copyfileobj(source, sys.stdout.buffer)
    sys.stdout.flush()
