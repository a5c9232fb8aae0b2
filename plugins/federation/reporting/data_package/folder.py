"""The folder of an export: new files take the place of an earlier export's, all or none.

What is unfinished lies in a hidden folder inside. `datapackage.json` goes first and comes last, so
that a folder which has it is whole, whenever the hub was killed.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from federation.common.errors import HubError
from federation.releases.formats import Format

PACKAGE_FILE = "datapackage.json"
PACKAGE_NAME = "national-data-federation"
FOLDERS = (Format.PARQUET, Format.CSV)  # one for each form
_UNFINISHED = ".hub-export"


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """Yield a folder to write into; when that went well its files and folders stand in `folder`.

    Raises HubError, and changes nothing, where other things lie in `folder` or another export
    writes there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not _is_free(folder):
        raise HubError(
            "other files lie in this folder, and an export would not replace them",
            where=str(folder),
            todo="name a folder that is new, empty, or an earlier export",
        )
    unfinished = folder / _UNFINISHED
    with _locked(folder):
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        try:
            yield unfinished
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        _publish(unfinished, folder)


def _is_free(folder: Path) -> bool:
    """Return whether nothing lies there but an export of ours, whole or cut short."""
    names = {entry.name for entry in folder.iterdir()}
    return not names or _UNFINISHED in names or _is_export(folder / PACKAGE_FILE)


def _is_export(package: Path) -> bool:
    try:
        described = json.loads(package.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(described, dict) and described.get("name") == PACKAGE_NAME


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise HubError(
            "another export writes there", where=str(folder), todo="wait until it has ended"
        ) from error
    except OSError:  # shares of other machines may know no locks on folders
        pass
    try:
        yield
    finally:
        os.close(handle)


def _publish(unfinished: Path, folder: Path) -> None:
    (folder / PACKAGE_FILE).unlink(missing_ok=True)
    for form in FOLDERS:
        shutil.rmtree(folder / form, ignore_errors=True)
    for entry in sorted(unfinished.iterdir(), key=lambda entry: entry.name == PACKAGE_FILE):
        os.replace(entry, folder / entry.name)
    unfinished.rmdir()
