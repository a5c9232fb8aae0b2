"""Whether the disk has room for another release."""

import shutil

from federation.common.errors import OwnTrouble
from federation.common.paths import Home
from federation.releases.index import ordinary

_TIMES_A_RELEASE = 3  # the build, the file written anew from it, and what DuckDB spills
_BEFORE_THE_FIRST = 1 << 30  # bytes that a first release is taken to need
_GB = 1e9


def needed_bytes(home: Home) -> int:
    """Return what a build may need: three times the newest release, or what a first one may."""
    return _TIMES_A_RELEASE * (newest_bytes(home) or _BEFORE_THE_FIRST)


def newest_bytes(home: Home) -> int:
    """Return the size of the newest release's file; 0 before the first."""
    newest = max(ordinary(home), default=None)
    file = home.release(newest) if newest else None
    return file.stat().st_size if file and file.exists() else 0


def refuse_full_disk(home: Home) -> None:
    """Raise OwnTrouble when there is no room for a build; before the first release nobody knows
    what it needs."""
    free = shutil.disk_usage(home.root).free
    if newest_bytes(home) and free < needed_bytes(home):
        raise OwnTrouble(
            f"a build may need {needed_bytes(home) / _GB:.3g} GB, and {free / _GB:.3g} GB are free",
            where=str(home.root),
            todo="make room, or run `hub upkeep`; the last release keeps serving",
        )
