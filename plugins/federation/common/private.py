"""Who may read what the hub writes: the group releases and sites; nobody else anything."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from federation.common.errors import HubError
from federation.common.paths import Home

_GROUP_READS = 0o027  # the umask: nothing for others, no writing for the group


@contextmanager
def private_home(home: Home) -> Iterator[None]:
    """Make the home where it is not there yet, and let whatever is written meanwhile be closed to
    others.

    The modes of folders that are there already stay: whoever runs the hub may have set them.
    Raises HubError where the home cannot be made.
    """
    before = os.umask(_GROUP_READS)
    try:
        _make(home)
        yield
    finally:
        os.umask(before)


def _make(home: Home) -> None:
    try:
        home.root.mkdir(parents=True, exist_ok=True)
        for folder in home.private:
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise HubError(
            f"the hub's folder cannot be made or written: {error.strerror}",
            where=str(error.filename or home.root),
            todo="set HUB_HOME to a folder that the user of the hub may write",
        ) from error
