"""The warehouse as it would have been at the end of a day, from landing and ledger alone.

It is made of what had arrived by then. Contracts, suites, models and code are those of today.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from federation.common.errors import DataProblem, HubError
from federation.common.hashing import short_hash
from federation.common.periods import BANGKOK, day_of
from federation.common.vocabulary import ExtractState
from federation.extracts.catalogue import Catalogue, load_catalogue
from federation.extracts.snapshot import read_snapshot
from federation.pipeline.conform import conform
from federation.pipeline.gate import gate
from federation.pipeline.hub import Hub
from federation.pipeline.run import build_and_verify
from federation.releases.aside import AS_OF, prune_aside
from federation.releases.index import manifest_of
from federation.releases.release import Label, reconcile, stage_release
from federation.warehouse.plan import Plan, models_hash, plan_build, released

_NOTE = (
    "made of what had arrived by the end of this local day; contracts, suites, models and code "
    "are of created_at"
)


@dataclass(frozen=True)
class Rebuilt:
    """The result of `hub run --as-of`."""

    manifest: Mapping[str, Any]
    made: bool  # by this call; False: the same release was kept already
    catalogue: Catalogue
    seconds: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return the machine-readable result that `hub run --as-of --json` prints."""
        names = ("release_id", "as_of", "content_hash")
        return {name: self.manifest[name] for name in names} | {
            "published": self.made,
            "seconds": self.seconds,
        }


def past_day(text: str) -> date:
    """Return the day (ISO 8601, CE); raises HubError when it is none or lies in the future."""
    day = day_of(text, "--as-of")
    if day > datetime.now(BANGKOK).date():
        raise HubError(
            f"{day} has not come yet",
            where="--as-of",
            todo="name today or an earlier day (CE, Asia/Bangkok)",
        )
    return day


def run_as_of(hub: Hub, day: date, *, wait: bool = True) -> Rebuilt:
    """Make the release of what was known at the end of a local day, unless it is kept already.

    Nothing is fetched, nothing is mailed, and what serves stays. Raises DataProblem when nothing
    had been accepted by then, and as a pass does when the build fails.
    """
    end = datetime.combine(day + timedelta(days=1), time(), BANGKOK)
    then = replace(hub, ledger=hub.ledger.as_it_was(end))
    with hub.progress.step("contracts"):
        catalogue = load_catalogue(hub.ledger)
    with hub.progress.step("conform"):
        conform(then, catalogue.feeds)
    with hub.progress.step("gate"):
        gate(then, catalogue.feeds)
    if then.troubles:  # a release without what could not be read would be another one
        raise then.troubles[0]
    with hub.ledger.locks.build(wait, hub.progress.note):
        reconcile(hub.settings.home, hub.ledger)
        manifest, made = _release(then, catalogue, day)
    return Rebuilt(manifest, made, catalogue, hub.progress.seconds)


def _release(then: Hub, catalogue: Catalogue, day: date) -> tuple[Mapping[str, Any], bool]:
    home, ledger = then.settings.home, then.ledger
    plan = plan_build(read_snapshot(ledger, home, catalogue), None)
    _refuse_nothing(plan, then, day)
    release_id = f"{AS_OF}{day:%Y%m%d}-{short_hash(plan.signature, models_hash(), day)[:6]}"
    made = not home.manifest(release_id).exists()
    if made:
        build_and_verify(then, plan, released(catalogue.feeds))
        with then.progress.step("release"):
            facts = {"as_of": str(day), "as_of_note": _NOTE}
            label = Label(release_id, datetime.now(UTC), facts)
            stage_release(label, plan, released(catalogue.feeds), home)
    manifest = manifest_of(release_id, home)
    ledger.releases.add(release_id, manifest)
    with ledger.locks.activation():
        prune_aside(AS_OF, home)
    return manifest, made


def _refuse_nothing(plan: Plan, then: Hub, day: date) -> None:
    if any(entry.state == ExtractState.CURRENT for entry in plan.inputs):
        return
    first = then.ledger.arrivals.first()
    arrived = "nothing has arrived yet"
    if first:
        arrived = f"the first extract arrived on {first.astimezone(BANGKOK).date()}"
    raise DataProblem(
        f"no extract had been accepted by the end of {day}; {arrived}",
        where="the ledger's arrivals",
        todo="name a later day, or run `hub run` first",
    )
