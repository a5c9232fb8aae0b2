"""`hub backup`: the ledger as of one moment, then the files that it speaks of.

A file lands before the ledger says so, and landing is never removed: whatever the ledger's moment,
the files that it names are there afterwards. Releases are copied under the build lock, so that none
is made or removed meanwhile.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from federation.common.errors import HubError
from federation.common.paths import Home
from federation.common.progress import Progress
from federation.ledger import Ledger
from federation.ledger.dump import dump
from federation.operation.backup.folder import (
    HOME,
    LEDGER,
    Copied,
    Manifest,
    copy,
    files_below,
    hashed,
)
from federation.releases.index import manifest_of, serving

_MAKING = ".making-"  # with the number of the process that makes it


@dataclass(frozen=True)
class Made:
    """A backup, and what was found wrong while it was made."""

    manifest: Manifest
    damaged: list[str]  # landed files that are no longer what was delivered
    missing: list[str]  # landed files that the ledger names and that are gone


def backup(folder: Path, home: Home, ledger: Ledger, progress: Progress) -> Made:
    """Make a backup of the whole hub in `folder`, whole or not at all.

    Passes go on meanwhile; one that would build waits until the releases are copied. Raises
    HubError where something lies in `folder`.
    """
    with _made_beside(folder) as making:
        with ledger.locks.build(on_wait=progress.note):
            with progress.step("ledger"):
                (making / LEDGER).mkdir()
                dumped = dump(ledger.engine, making / LEDGER)
            with progress.step("releases"):
                files = _copied(home, home.releases, making, progress)
            serves = serving(home)
        for part in (home.landed, *home.tidied):
            with progress.step(part.name):
                files |= _copied(home, part, making, progress)
        files |= {f"{LEDGER}/{file.name}": hashed(file) for file in files_below(making / LEDGER)}
        content_hash = manifest_of(serves, home)["content_hash"] if serves else None
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        manifest = Manifest(made_at, serves, content_hash, dumped, files)
        manifest.write(making)
    return Made(manifest, _damaged(files, home), _missing(ledger, home, files))


@contextmanager
def _made_beside(folder: Path) -> Iterator[Path]:
    """Yield a new folder beside the asked one, which gets its name when all went well."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise HubError(
            "something lies there, and a backup replaces nothing",
            where=str(folder),
            todo="name a new folder, for example one with today's date",
        )
    _sweep(folder)
    making = folder.with_name(f"{folder.name}{_MAKING}{os.getpid()}")
    making.mkdir(mode=0o700)
    try:
        yield making
        os.sync()
        making.rename(folder)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise


def _sweep(folder: Path) -> None:
    """Remove what backups into this folder left that were killed."""
    for leftover in folder.parent.glob(f"{folder.name}{_MAKING}*"):
        if not Path("/proc", leftover.name.rpartition("-")[2]).exists():
            shutil.rmtree(leftover)


def _copied(home: Home, part: Path, making: Path, progress: Progress) -> dict[str, Copied]:
    """Copy a folder of the home; return its files. What upkeep tidies up meanwhile is left out."""
    files = list(files_below(part))
    copied: dict[str, Copied] = {}
    for file in progress.over(files, part.name, len(files)):
        name = f"{HOME}/{home.name_of(file)}"
        try:
            copied[name] = copy(file, making / name)
        except FileNotFoundError:
            if part not in home.tidied:
                raise
    return copied


def _damaged(files: dict[str, Copied], home: Home) -> list[str]:
    """Return the landed files whose bytes are not those that their name tells."""
    below = f"{HOME}/{home.name_of(home.landed)}/"
    landed = ((name, file) for name, file in files.items() if name.startswith(below))
    return [name for name, file in landed if Path(name).stem != file.sha256]


def _missing(ledger: Ledger, home: Home, files: dict[str, Copied]) -> list[str]:
    """Return the landed files that the ledger names and that are neither copied nor there now."""
    came = ledger.arrivals.all()
    places = {home.landing(a.city, a.dataset, str(a.partition), a.sha256) for a in came}
    gone = (place for place in places if not place.exists())
    names = (f"{HOME}/{home.name_of(place)}" for place in gone)
    return sorted(name for name in names if name not in files)
