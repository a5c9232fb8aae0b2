"""Letting a candidate serve, when it is still what a pass of this checkout would build."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from getpass import getuser
from typing import Any

from federation.common.errors import DataProblem, HubError
from federation.common.hashing import sha256_of_file
from federation.common.paths import Home
from federation.common.vocabulary import AttemptOutcome
from federation.datasets.suites import dataset_names, load_suite
from federation.extracts.catalogue import load_catalogue
from federation.extracts.code_keys import code_version
from federation.extracts.snapshot import read_snapshot
from federation.extracts.status import ReleaseInput
from federation.pipeline.hub import Hub
from federation.reference.tables import reference_packages
from federation.releases.aside import drop_promoted, promoted
from federation.releases.index import find, manifest_of, serving
from federation.releases.release import reconcile, release
from federation.warehouse.build import start_from
from federation.warehouse.plan import Plan, models_hash, plan_build, released

Manifest = Mapping[str, Any]
_NAMED = 5  # extracts that a refusal names


@dataclass(frozen=True)
class Promotion:
    """Which candidate became which release, and why."""

    candidate: str
    release_id: str
    reason: str
    by: str


def promote(hub: Hub, candidate: str, reason: str, *, wait: bool = True) -> Promotion:
    """Let a candidate serve as a release with an id of its own, and the same core and marts.

    All or nothing: after a kill the old release serves or the new one, and the next pass finishes
    the rest. Raises HubError for what is no candidate or may not serve; DataProblem when a pass
    would build something else now.
    """
    home, ledger = hub.settings.home, hub.ledger
    with hub.ledger.locks.build(wait, hub.progress.note):
        base = reconcile(home, ledger)
        drop_promoted(home)  # by a promotion that was killed
        manifest = _candidate(candidate, home)
        _refuse_pinned(ledger.releases.pinned())
        catalogue = load_catalogue(ledger)
        feeds = released(catalogue.feeds)
        plan = plan_build(read_snapshot(ledger, home, catalogue), base)
        _refuse_other(manifest, plan, {str(feed): feed.version for feed in feeds})
        _refuse_known(plan, base)
        _copy_to_build(manifest, home)
        by = getuser()
        facts = {"candidate": candidate, "reason": reason, "by": by}
        made = release(plan, feeds, ledger, home, {"promoted": facts})
        ledger.builds.add(AttemptOutcome.RELEASED, made["release_id"])
        drop_promoted(home)
    return Promotion(candidate, str(made["release_id"]), reason, by)


def _candidate(word: str, home: Home) -> Manifest:
    """Return the manifest of a kept candidate; raises HubError for anything else."""
    if became := promoted(home).get(word):
        raise HubError(
            f"candidate {word} was promoted already: it is release {became}",
            where=str(home.manifest(became)),
            todo="hub status says which release serves",
        )
    release_id = find(word, home)
    if release_id == serving(home):
        raise HubError(
            f"release {release_id} serves already", todo="hub status lists open candidates"
        )
    manifest = manifest_of(release_id, home)
    if "candidate" not in manifest:
        raise HubError(
            f"release {release_id} is no candidate",
            where=str(home.manifest(release_id)),
            todo=f"hub rollback {release_id} lets a release serve that was made to serve",
        )
    return manifest


def _refuse_pinned(pinned: str | None) -> None:
    if pinned:
        raise HubError(
            f"release {pinned} is pinned, so no other one would serve",
            where="the ledger's choice of release",
            todo="hub rollback --unpin, then promote again",
        )


def _refuse_known(plan: Plan, base: Manifest | None) -> None:
    if plan.unchanged and base:
        raise HubError(
            f"release {base['release_id']} holds all that the candidate holds",
            todo="nothing is to be done",
        )


def _refuse_other(candidate: Manifest, plan: Plan, contracts: Mapping[str, str]) -> None:
    """Raise DataProblem, with what has changed, unless a pass now would build the candidate."""
    if (candidate["signature"], candidate["models"]) == (plan.signature, models_hash()) and (
        candidate["verified_by"] == load_suite("warehouse").hash
    ):
        return
    changes = [*_changed_methods(candidate, contracts), *_changed_extracts(candidate, plan)]
    if not changes:
        changes = ["what the platforms show, the cities or what values average is not the same"]
    raise DataProblem(
        f"candidate {candidate['release_id']} is not what a pass would build now: "
        + "; ".join(changes),
        where="this checkout, and the ledger",
        todo="bring its change into this checkout, or make a new one: hub run --as-candidate",
    )


def _changed_methods(candidate: Manifest, contracts: Mapping[str, str]) -> Iterator[str]:
    if candidate["models"] != models_hash():
        yield "the models, or the code that builds, are others"
    if candidate["code_version"] != code_version():
        yield "the code that conforms and judges is another"
    if candidate["verified_by"] != load_suite("warehouse").hash:
        yield "the suite of the warehouse is another"
    if candidate["packages"] != reference_packages():
        yield "the reference data are others"
    suites = {name: load_suite(name).hash for name in dataset_names()}
    yield from _other("suites", candidate["suites"], suites)
    yield from _other("contracts", candidate["contracts"], contracts)


def _other(what: str, before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    names = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
    if names:
        yield f"{what} are others: {_some(names)}"


def _changed_extracts(candidate: Manifest, plan: Plan) -> Iterator[str]:
    """Yield which extracts came or went, stand otherwise, or are judged by something else."""
    before = {entry["extract_id"]: entry for entry in candidate["inputs"]}
    now = {entry.extract_id: entry for entry in plan.inputs}
    names = {
        "came since": [_name(now[key]) for key in now.keys() - before.keys()],
        "are not known now": [
            f"{entry['city']}/{entry['dataset']} {entry['partition']}"
            for key, entry in before.items()
            if key not in now
        ],
        "are judged by another contract, suite or code, or have other decisions": [
            _name(now[key])
            for key in now.keys() & before.keys()
            if before[key]["identity"] != now[key].identity
        ],
        "stand otherwise": [
            _name(now[key])
            for key in now.keys() & before.keys()
            if before[key]["identity"] == now[key].identity
            and (before[key]["state"], before[key]["verdict"]) != (now[key].state, now[key].verdict)
        ],
    }
    for what, found in names.items():
        if found:
            yield f"extracts that {what} ({len(found)}): {_some(sorted(found))}"


def _name(entry: ReleaseInput) -> str:
    return f"{entry.city}/{entry.dataset} {entry.partition}"


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _copy_to_build(candidate: Manifest, home: Home) -> None:
    """Make the build a copy of the candidate's file; raises DataProblem for a damaged one."""
    release_id = str(candidate["release_id"])
    if sha256_of_file(home.release(release_id)) != candidate["file_sha256"]:
        raise DataProblem(
            f"the file of candidate {release_id} was damaged on disk",
            where=str(home.release(release_id)),
            todo="remove its folder, then make it again: hub run --as-candidate",
        )
    start_from(release_id, home)
