"""The hub's folder: can it be written, who else can read it, is there room."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

from federation.common.settings import Settings
from federation.common.vocabulary import Soundness
from federation.operation.doctor.finding import Finding
from federation.releases.room import needed_bytes

_FEW_INODES = 10_000
_GB = 1e9


def home(settings: Settings) -> Iterator[Finding]:
    """Yield whether `HUB_HOME` can be written, and which private folders others can read."""
    root = settings.home.root
    place = _nearest(root)
    if not place.is_dir():
        todo = "set HUB_HOME to a folder, or remove that file"
        yield Finding("home", Soundness.FAIL, f"{place} is no folder", todo)
        return
    try:
        with TemporaryFile(dir=place) as file:
            file.write(b"hub")
    except OSError as error:
        says = f"{place} cannot be written: {error.strerror}"
        yield Finding("home", Soundness.FAIL, says, "let the user of the hub own it")
        return
    if settings.home.restoring.exists():
        todo = "run `hub restore` again; it begins anew"
        yield Finding("home", Soundness.FAIL, f"a restore into {root} did not end", todo)
        return
    private = (*settings.home.private, settings.home.postgres, settings.home.airflow)
    open_to_all = [folder.name for folder in private if _others_may_read(folder)]
    if open_to_all:
        says = f"every user of this machine may read {', '.join(open_to_all)} in {root}"
        yield Finding("home", Soundness.WARN, says, f"chmod 0700 {' '.join(open_to_all)}")
    else:
        yield Finding(
            "home", Soundness.OK, f"{root} can be written, and others read no private part"
        )


def _nearest(path: Path) -> Path:
    """Return the path itself, or what there is of it where it is not made yet."""
    return path if path.exists() else _nearest(path.parent)


def _others_may_read(path: Path) -> bool:
    """Return whether a user who is neither owner nor of the group can list a folder."""
    if not path.is_dir():
        return False
    reached = all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))
    return reached and bool(path.stat().st_mode & stat.S_IROTH)


def disk(settings: Settings) -> Iterator[Finding]:
    """Yield whether three times the newest release is free, and inodes."""
    place = _nearest(settings.home.root)
    needed = needed_bytes(settings.home)
    free = shutil.disk_usage(place).free
    says = f"{free / _GB:.1f} GB are free, a build may need {needed / _GB:.1f} GB"
    soundness = Soundness.OK if free >= needed else Soundness.FAIL
    yield Finding("disk", soundness, says, "" if free >= needed else _ROOM)
    yield from _inodes(place)


def _inodes(place: Path) -> Iterator[Finding]:
    system = os.statvfs(place)
    if system.f_files and system.f_favail < _FEW_INODES:
        says = f"{system.f_favail:,} inodes are free"
        yield Finding("disk", Soundness.FAIL, says, _ROOM)


_ROOM = "make room, or run `hub upkeep`; passes keep the last release until there is room"
