"""Which releases are on disk, and which one a word means."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from federation.common.errors import HubError
from federation.common.paths import Home
from federation.common.vocabulary import ExtractState
from federation.common.warehouse_schemas import DATA_SCHEMAS

# The folder of a release; what else lies beside it was not made here and is never removed.
RELEASE_FOLDER = re.compile(r"(\d{8}T\d{6}|asof-\d{8}|candidate-\d{8}T\d{6})-[0-9a-f]{6}")


@dataclass(frozen=True)
class Kept:
    """One release on disk."""

    release_id: str
    created_at: str
    # the local day at whose end all this was known; None for a release made to serve
    as_of: str | None
    # made to try a change; it serves only once it is promoted
    candidate: bool
    # of core and marts
    rows: int
    # that are current in it
    extracts: int
    content_hash: str
    serving: bool
    pinned: bool


def kept(home: Home, pinned: str | None) -> list[Kept]:
    """Return the releases on disk, newest first."""
    releases = [_of(release_id, home, pinned) for release_id in _ids(home)]
    return sorted(releases, key=lambda release: release.created_at, reverse=True)


def as_json(releases: Iterable[Kept]) -> list[dict[str, Any]]:
    """Return the list that `hub releases --json` prints."""
    return [asdict(release) for release in releases]


def _of(release_id: str, home: Home, pinned: str | None) -> Kept:
    manifest = manifest_of(release_id, home)
    tables = manifest["tables"].items()
    rows = sum(table["rows"] for name, table in tables if name.split(".")[0] in DATA_SCHEMAS)
    return Kept(
        release_id=release_id,
        created_at=manifest["created_at"],
        as_of=manifest.get("as_of"),
        candidate=bool(manifest.get("candidate")),
        rows=rows,
        extracts=sum(entry["state"] == ExtractState.CURRENT for entry in manifest["inputs"]),
        content_hash=manifest["content_hash"],
        serving=release_id == serving(home),
        pinned=release_id == pinned,
    )


def _ids(home: Home) -> list[str]:
    return [
        file.parent.name
        for file in home.releases.glob("[!.]*/*.duckdb")
        if home.manifest(file.parent.name).exists()
    ]


def find(word: str, home: Home) -> str:
    """Return the id of the kept release that a word means.

    The word is an id, `current` (serves now) or `previous` (made before it). Raises HubError,
    with a list of the kept releases, when it means none of them.
    """
    now = serving(home)
    older = sorted(release_id for release_id in ordinary(home) if now and release_id < now)
    previous = older[-1] if older else None
    release_id = {"current": now, "previous": previous}.get(word, word)
    if release_id not in _ids(home):
        kept_ids = ", ".join(sorted(_ids(home))) or "none yet"
        raise HubError(
            f"no release {word!r} is kept",
            where=str(home.releases),
            todo=(
                f"hub releases lists them ({kept_ids}); `current` and `previous` are understood too"
            ),
        )
    return str(release_id)


def newest_manifest(home: Home) -> Mapping[str, Any] | None:
    """Return the manifest of the newest release on disk that was made to serve, or None."""
    for release_id in sorted(ordinary(home), reverse=True):
        if home.manifest(release_id).exists() and home.release(release_id).exists():
            return manifest_of(release_id, home)
    return None


def manifest_of(release_id: str, home: Home) -> Mapping[str, Any]:
    """Return what release.json says; raises OSError when the release is not kept, and HubError
    when the file is damaged."""
    file = home.manifest(release_id)
    try:
        return dict(json.loads(file.read_text("utf-8")))
    except ValueError as error:
        raise HubError(
            f"what describes the release {release_id} is damaged: {error}",
            where=str(file),
            todo=(
                f"take the file from a backup; or move the folder {file.parent} out of "
                f"{home.releases}, and the next pass makes a release anew"
            ),
        ) from error


def ordinary(home: Home) -> list[str]:
    """Return the ids of the releases on disk that were made to serve.

    They begin with the time they were made at.
    """
    names = (folder.name for folder in home.releases.glob("[0-9]*"))
    return [name for name in names if RELEASE_FOLDER.fullmatch(name)]


def serving(home: Home) -> str | None:
    """Return the id of the release that `national.duckdb` points at, or None."""
    return Path(os.readlink(home.current)).parent.name if home.current.is_symlink() else None


def is_release(name: str) -> bool:
    """Return whether a folder of releases or reports has the name of a release."""
    return bool(RELEASE_FOLDER.fullmatch(name))
