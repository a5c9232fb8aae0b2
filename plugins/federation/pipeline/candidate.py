"""A release that tries a change of contracts, suites, models or code before people see it.

It is built from what the ledger knows, by the checkout that runs the command. It does not serve.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from federation.common.errors import DataProblem
from federation.common.hashing import short_hash
from federation.common.vocabulary import ExtractState
from federation.datasets.suites import load_suite
from federation.extracts.catalogue import Catalogue, load_catalogue
from federation.extracts.snapshot import read_snapshot
from federation.pipeline.conform import conform
from federation.pipeline.gate import gate
from federation.pipeline.hub import Hub
from federation.pipeline.run import build_and_verify
from federation.releases.aside import CANDIDATE, candidates, drop_promoted, prune_aside
from federation.releases.candidate import Comparison, compare_with_serving
from federation.releases.index import manifest_of, serving
from federation.releases.release import Label, reconcile, stage_release
from federation.warehouse.plan import Plan, models_hash, plan_build, released

_NOTE = (
    "a candidate: it tries contracts, suites, models and code, and does not serve until "
    "`hub release promote`"
)


@dataclass(frozen=True)
class Tried:
    """The result of `hub run --as-candidate`."""

    # of the candidate; None where this checkout makes what the newest release holds already
    manifest: Mapping[str, Any] | None
    made: bool  # by this call; False: an equal one was kept already, or there is nothing to try
    comparison: Comparison | None  # with the release that serves; None before the first
    serves: str | None
    mails: dict[str, int]
    catalogue: Catalogue
    seconds: dict[str, float]

    @property
    def exit_code(self) -> int:
        """1 when a contract is refused, or when an extract that serves would not any more."""
        lost = self.comparison.lost if self.comparison else []
        return 1 if self.catalogue.refused or lost else 0

    def to_json(self) -> dict[str, Any]:
        """Return the machine-readable result that `hub run --as-candidate --json` prints."""
        manifest = self.manifest or {}
        return {
            "candidate": manifest.get("release_id"),
            "content_hash": manifest.get("content_hash"),
            "made": self.made,
            "serving": self.serves,
            "difference": self.comparison.to_json() if self.comparison else None,
            "mails": self.mails,
            "seconds": self.seconds,
        }


def run_as_candidate(hub: Hub, *, wait: bool = True) -> Tried:
    """Make a release of what the ledger knows by this checkout, beside the one that serves.

    Nothing is fetched, what serves stays, and only the people on call get a mail. Raises
    DataProblem when nothing is accepted, and as a pass does when the build fails.
    """
    trial = replace(hub, ledger=hub.ledger.of_trial())
    with hub.progress.step("contracts"):
        catalogue = load_catalogue(hub.ledger)
    with hub.progress.step("conform"):
        conform(trial, catalogue.feeds)
    with hub.progress.step("gate"):
        gate(trial, catalogue.feeds)
    if trial.troubles:  # a candidate without what could not be read would mislead
        raise trial.troubles[0]
    with hub.ledger.locks.build(wait, hub.progress.note):
        base = reconcile(hub.settings.home, hub.ledger)
        plan = plan_build(read_snapshot(hub.ledger, hub.settings.home, catalogue), base)
        manifest, made = (None, False) if plan.unchanged else _candidate(trial, plan, catalogue)
    return _told(hub, manifest, made, catalogue)


def _candidate(trial: Hub, plan: Plan, catalogue: Catalogue) -> tuple[Mapping[str, Any], bool]:
    """Return the manifest of the candidate that this plan makes, and whether it was made now."""
    home, feeds = trial.settings.home, released(catalogue.feeds)
    _refuse_nothing(plan)
    drop_promoted(home)
    kept = (entry for entry in candidates(home) if _is_of(entry, plan))
    if equal := next(kept, None):
        return equal, False
    created = datetime.now(UTC)
    build_and_verify(trial, plan, feeds)
    with trial.progress.step("release"):
        unique = short_hash(plan.signature, models_hash(), created)[:6]
        label = Label(f"{CANDIDATE}{created:%Y%m%dT%H%M%S}-{unique}", created, _facts(plan))
        manifest = stage_release(label, plan, feeds, home)
    trial.ledger.releases.add(label.release_id, manifest)
    with trial.ledger.locks.activation():
        prune_aside(CANDIDATE, home)
    return manifest, True


def _facts(plan: Plan) -> dict[str, Any]:
    return {
        "candidate": True,
        "candidate_note": _NOTE,
        "base": plan.base,
        "verified_by": load_suite("warehouse").hash,
    }


def _is_of(candidate: Mapping[str, Any], plan: Plan) -> bool:
    return (candidate["signature"], candidate["models"]) == (plan.signature, models_hash())


def _refuse_nothing(plan: Plan) -> None:
    if not any(entry.state == ExtractState.CURRENT for entry in plan.inputs):
        raise DataProblem(
            "no extract is accepted by the contracts of this checkout: there is nothing to try",
            where="the ledger's arrivals",
            todo="run `hub run` first; hub status says what is refused or rejected",
        )


def _told(hub: Hub, manifest: Mapping[str, Any] | None, made: bool, catalogue: Catalogue) -> Tried:
    """Return the result; the people on call get the mail about this candidate, once."""
    from federation.reporting.mail.candidate import send_candidate

    home, now = hub.settings.home, serving(hub.settings.home)
    comparison, mails = None, {}
    if manifest and now:
        with hub.progress.step("compare"):
            comparison = compare_with_serving(manifest, manifest_of(now, home), home)
    if manifest:
        mails = send_candidate(manifest, comparison, hub.ledger, hub.settings)
    return Tried(manifest, made, comparison, now, mails, catalogue, hub.progress.seconds)
