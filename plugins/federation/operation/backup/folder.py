"""What lies in a backup: `backup.json`, the ledger's tables, and the files of a home.

Landing and ledger are the truth. Releases and sites are kept so that the same release serves and
links in mails lead to the page that they led to; mails in the outbox were written once. What a pass
makes again from these is left out: conformed extracts, the build, dbt's own files.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from federation.common.errors import DataProblem, HubError
from federation.common.hashing import CHUNK_BYTES, sha256_of_file
from federation.common.paths import Home
from federation.ledger.dump import Dump
from federation.releases.release import write_durably

MANIFEST = "backup.json"
LEDGER = "ledger"
HOME = "home"
FORMAT = 1


@dataclass(frozen=True)
class Copied:
    """One file of a backup."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What `backup.json` says; `files` are by path in the backup."""

    made_at: str  # UTC
    serving: str | None  # the release that served
    content_hash: str | None  # of its tables
    ledger: Dump
    files: Mapping[str, Copied]
    format: int = FORMAT

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files.values())

    def write(self, folder: Path) -> None:
        """Write it, and have it on disk when this returns."""
        write_durably(folder / MANIFEST, json.dumps(asdict(self), ensure_ascii=False, indent=1))

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Return what a backup says of itself; raises HubError for a folder that is none."""
        try:
            told = json.loads((folder / MANIFEST).read_text("utf-8"))
            if told["format"] > FORMAT:
                raise HubError(
                    "the backup was made by a newer hub", where=str(folder), todo="use that one"
                )
            return cls(**told | {"ledger": Dump(**told["ledger"]), "files": _files(told)})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise HubError(
                "this is no whole backup",
                where=str(folder / MANIFEST),
                todo="name the folder that `hub backup` made",
            ) from error


def _files(told: Mapping[str, Any]) -> dict[str, Copied]:
    return {name: Copied(**entry) for name, entry in told["files"].items()}


def files_below(folder: Path) -> Iterator[Path]:
    """Yield every finished file below a folder: what is hidden is unfinished, or the system's."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if not name.startswith("."))


def copy(source: Path, target: Path) -> Copied:
    """Copy a file with its times and mode; return the size and hash of the bytes that were read."""
    digest, size = hashlib.sha256(), 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as reading, target.open("wb") as writing:
        while chunk := reading.read(CHUNK_BYTES):
            digest.update(chunk)
            size += writing.write(chunk)
    shutil.copystat(source, target)
    return Copied(size, digest.hexdigest())


def hashed(file: Path) -> Copied:
    """Return the size and hash of a file."""
    return Copied(file.stat().st_size, sha256_of_file(file))


def check(name: str, found: Copied, promised: Copied) -> None:
    """Raise DataProblem where a file of a backup is not the one that it was."""
    if found != promised:
        raise DataProblem("a file of the backup was damaged", where=name, todo="use another backup")


def place_in(name: str, home: Home) -> Path:
    """Return the place in a home of a file of a backup; raises HubError for one outside it."""
    place = home.at(name.removeprefix(f"{HOME}/"))
    if ".." in place.parts:
        raise HubError(
            "a path of the backup leads out of it", where=name, todo="use another backup"
        )
    return place
