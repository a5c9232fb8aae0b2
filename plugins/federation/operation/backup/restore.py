"""`hub restore`: a hub in an empty home and an empty database, from a backup.

A mark lies in the home from the beginning to the end, and no command opens a hub that has it. A
restore that was killed begins anew.
"""

import os
import shutil
from pathlib import Path

from federation.common.errors import DataProblem, HubError
from federation.common.paths import Home
from federation.common.private import private_home
from federation.common.progress import Progress
from federation.common.settings import Settings
from federation.ledger import Ledger, open_database
from federation.ledger.dump import load
from federation.ledger.embedded import embedded_postgres, is_made
from federation.operation.backup.folder import (
    HOME,
    LEDGER,
    Manifest,
    check,
    copy,
    hashed,
    place_in,
)
from federation.releases.index import newest_manifest
from federation.releases.release import activate, write_durably

_OF_THE_SYSTEM = ("lost+found",)  # a disk of its own has it


def restore(folder: Path, settings: Settings, progress: Progress) -> Manifest:
    """Make the home and the database hold what a backup holds; return what it says of itself.

    Every byte is held against its hash. Raises HubError where home or database are not empty, and
    DataProblem where a file of the backup is damaged; the home then stays marked.
    """
    manifest, home = Manifest.read(folder), settings.home
    _make_ready(home)
    with private_home(home):
        with progress.step("files"):
            _copy_back(manifest, folder, home, progress)
        with progress.step("ledger"), open_database(settings) as engine:
            load(engine, folder / LEDGER, manifest.ledger)
            if newest := newest_manifest(home):
                activate(newest["release_id"], Ledger(engine), home)
    os.sync()
    home.restoring.unlink()
    return manifest


def _make_ready(home: Home) -> None:
    """Empty what an unfinished restore made, and mark the home."""
    home.root.mkdir(parents=True, exist_ok=True)
    found = [entry for entry in home.root.iterdir() if entry.name not in _OF_THE_SYSTEM]
    if found and home.restoring not in found:
        raise HubError(
            "HUB_HOME is not empty, and nothing is restored over a hub",
            where=str(home.root),
            todo="set HUB_HOME to a new folder",
        )
    write_durably(home.restoring, "hub restore began and did not end\n")
    _stop_database(home)
    for entry in found:
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry != home.restoring:
            entry.unlink()


def _stop_database(home: Home) -> None:
    """Stop the embedded server that a killed restore left running, before its folder goes."""
    if is_made(home.postgres):
        with embedded_postgres(home.postgres):
            pass


def _copy_back(manifest: Manifest, folder: Path, home: Home, progress: Progress) -> None:
    files = manifest.files.items()
    for name, promised in progress.over(files, "files", len(files)):
        try:
            if name.startswith(f"{HOME}/"):
                found = copy(folder / name, place_in(name, home))
            else:
                found = hashed(folder / name)
        except FileNotFoundError as error:
            raise _gone(name) from error
        check(name, found, promised)


def _gone(name: str) -> HubError:
    return DataProblem("a file of the backup is gone", where=name, todo="use another backup")
