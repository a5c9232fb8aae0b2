"""Who may read what the hub writes: the group releases and sites; nobody else anything."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from federation.common.paths import Home

_GROUP_READS = 0o027  # the umask: nothing for others, no writing for the group


@contextmanager
def private_home(home: Home) -> Iterator[None]:
    """Make the home where it is not there yet, and let whatever is written meanwhile be closed to
    others.

    The modes of folders that are there already stay: whoever runs the hub may have set them.
    """
    before = os.umask(_GROUP_READS)
    try:
        home.root.mkdir(parents=True, exist_ok=True)
        for folder in home.private:
            folder.mkdir(mode=0o700, exist_ok=True)
        yield
    finally:
        os.umask(before)
