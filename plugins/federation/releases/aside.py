"""Releases that stand beside those made to serve: of an earlier day, and candidates."""

import shutil
from collections.abc import Mapping
from typing import Any

from federation.common.paths import Home
from federation.common.retention import RELEASES_KEPT
from federation.releases.index import manifest_of, ordinary

# How their ids begin.
AS_OF = "asof-"
CANDIDATE = "candidate-"


def aside(prefix: str, home: Home) -> list[Mapping[str, Any]]:
    """Return the manifests of the kept releases whose ids begin so, newest first."""
    names = [folder.name for folder in home.releases.glob(f"{prefix}*")]
    manifests = [manifest_of(name, home) for name in names if home.manifest(name).exists()]
    return sorted(manifests, key=lambda manifest: str(manifest["created_at"]), reverse=True)


def prune_aside(prefix: str, home: Home) -> None:
    """Remove all but the newest of these releases; they do not count among those made to serve."""
    for release_id in surplus_aside(prefix, home):
        shutil.rmtree(home.releases / release_id)


def surplus_aside(prefix: str, home: Home) -> list[str]:
    """Return the releases whose ids begin so and that are not among the newest."""
    return [str(manifest["release_id"]) for manifest in aside(prefix, home)[RELEASES_KEPT:]]


def candidates(home: Home) -> list[Mapping[str, Any]]:
    """Return the manifests of the open candidates, newest first.

    One is open until it is promoted, or a pass makes a release of the same.
    """
    made = {_of(manifest_of(name, home)) for name in _kept(home)}
    return [entry for entry in aside(CANDIDATE, home) if _of(entry) not in made]


def _of(manifest: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a release is made from: its extracts, contracts and code, and its models."""
    return str(manifest.get("signature")), str(manifest.get("models"))


def _kept(home: Home) -> list[str]:
    return [name for name in ordinary(home) if home.manifest(name).exists()]


def promoted(home: Home) -> dict[str, str]:
    """Return candidate -> the kept release that it became."""
    became = {}
    for release_id in _kept(home):
        if facts := manifest_of(release_id, home).get("promoted"):
            became[str(facts["candidate"])] = release_id
    return became


def drop_promoted(home: Home) -> None:
    """Remove the candidates that have become releases, whose content these hold."""
    for release_id in promoted(home):
        shutil.rmtree(home.releases / release_id, ignore_errors=True)
