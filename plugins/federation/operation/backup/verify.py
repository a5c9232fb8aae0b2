"""Is a restored hub the one that was backed up: what serves, and a build from nothing."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from federation.common.engine import connect
from federation.common.errors import DataProblem
from federation.common.hashing import short_hash
from federation.common.paths import Home
from federation.extracts.catalogue import Catalogue, load_catalogue
from federation.extracts.code_keys import code_version
from federation.extracts.snapshot import read_snapshot
from federation.pipeline.conform import conform
from federation.pipeline.gate import gate
from federation.pipeline.hub import Hub
from federation.pipeline.run import build_and_verify
from federation.releases.index import newest_manifest, serving
from federation.releases.release import content_of, hash_contents
from federation.warehouse.plan import Plan, models_hash, plan_build, released


@dataclass(frozen=True)
class Verified:
    """What was proved of a restored hub."""

    content_hash: str | None  # of the tables of the release that serves, counted anew
    rebuilt: bool  # landing and ledger alone gave the newest release's tables again
    note: str  # why nothing was rebuilt; empty when it was

    def to_json(self) -> dict[str, Any]:
        """Return what `hub restore --json` prints of it."""
        return asdict(self)


def verify(hub: Hub, expected: str | None) -> Verified:
    """Return what could be proved.

    The tables of the release that serves must have the content hash that the backup names, and a
    build from landing and ledger alone that of the newest release. Raises DataProblem where one is
    another. A build can only be compared while code, contracts and models are those of the release.
    """
    home = hub.settings.home
    with hub.progress.step("content of the release"):
        found = _content_hash(home)
    if found != expected:
        raise _other("the release that serves", found, expected)
    manifest = newest_manifest(home)
    if manifest is None:
        return Verified(found, False, "there is no release yet")
    with hub.progress.step("rebuild"):
        note = _rebuild(hub, manifest)
    return Verified(found, not note, note)


def _content_hash(home: Home) -> str | None:
    """Return the content hash of the release that serves, from its rows."""
    release_id = serving(home)
    if release_id is None:
        return None
    with connect(home.release(release_id), read_only=True, spill=home.scratch) as con:
        return _hash_of(content_of(con))


def _hash_of(tables: Mapping[str, Mapping[str, Any]]) -> str:
    return short_hash({name: table["content_hash"] for name, table in tables.items()})


def _rebuild(hub: Hub, manifest: Mapping[str, Any]) -> str:
    """Build from nothing and compare; return why that says nothing, or an empty text."""
    if (manifest["code_version"], manifest["models"]) != (code_version(), models_hash()):
        return "the newest release was made by another version of the hub"
    home, catalogue = hub.settings.home, load_catalogue(hub.ledger)
    conform(hub, catalogue.feeds)
    gate(hub, catalogue.feeds)
    if hub.troubles:
        raise hub.troubles[0]
    with hub.ledger.locks.build():
        plan = plan_build(read_snapshot(hub.ledger, home, catalogue), None)
        if plan.signature != manifest["signature"]:
            return "the newest release did not hold yet what had arrived last"
        found = _built(hub, plan, catalogue)
    if found != manifest["content_hash"]:
        raise _other("a build from landing and ledger", found, manifest["content_hash"])
    return ""


def _built(hub: Hub, plan: Plan, catalogue: Catalogue) -> str:
    home = hub.settings.home
    build_and_verify(hub, plan, released(catalogue.feeds))
    found = _hash_of(hash_contents(home))
    home.build.unlink()
    return found


def _other(what: str, found: str | None, expected: str | None) -> DataProblem:
    return DataProblem(
        f"{what} has the content hash {found}, the backup says {expected}",
        where="hub restore --verify",
        todo="use another backup; do not let this hub serve",
    )
