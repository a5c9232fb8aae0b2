"""One pass: all cities to a release to reports. Calls the steps one after the other."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from federation.common.errors import ContractError, DataProblem, HubError
from federation.common.vocabulary import (
    ArrivalOutcome,
    AttemptOutcome,
    CheckOutcome,
    ExtractState,
    VerdictKind,
)
from federation.conform.binding import check_bindings
from federation.contracts import load_feeds
from federation.contracts.model import Feed
from federation.extracts.extract import conform_key
from federation.extracts.status import REJECTED, ExtractStatus, extract_statuses
from federation.ledger import Check, Ledger
from federation.pipeline.steps import Hub, conform, fetch, gate
from federation.releases.release import reconcile, serving
from federation.warehouse.plan import Plan, plan_build, released

if TYPE_CHECKING:
    from federation.warehouse.dbt.process import Dbt


@dataclass(frozen=True)
class Catalogue:
    """The feeds whose contracts hold, and the refusals of those that do not."""

    feeds: list[Feed]
    refused: list[ContractError]


@dataclass(frozen=True)
class Pass:
    """What one pass came to."""

    catalogue: Catalogue
    checks: list[Check]
    decided: list[
        ExtractStatus
    ]  # extracts that the gate decided on in this pass, and where they stand now
    release_id: str | None  # the release that serves now
    pinned: str | None  # the release that serves whatever is built, until it is unpinned
    published: bool
    mails: dict[str, int]
    seconds: dict[str, float]

    @property
    def clean(self) -> bool:
        """Whether nothing was rejected, held, unreachable or refused in this pass."""
        troubled = any(entry.state in (*REJECTED, ExtractState.HELD) for entry in self.decided)
        return (
            not troubled
            and not self.catalogue.refused
            and all(check.outcome == CheckOutcome.OK for check in self.checks)
        )

    def to_json(self) -> dict[str, Any]:
        """Return the machine-readable result that `hub run --json` prints."""
        return {
            "release_id": self.release_id,
            "pinned": self.pinned,
            "published": self.published,
            "feeds": [self._feed(check) for check in self.checks],
            "seconds": self.seconds,
        }

    def _feed(self, check: Check) -> dict[str, Any]:
        decided = [
            entry for entry in self.decided if entry.extract.feed.key == (check.city, check.dataset)
        ]
        rejected = sum(entry.state in REJECTED for entry in decided)
        verdict = check.outcome if check.outcome != CheckOutcome.OK else _worst(decided)
        return {
            "city": check.city,
            "dataset": check.dataset,
            "verdict": verdict,
            "extracts": {"new": check.new, "unchanged": check.unchanged, "rejected": rejected},
        }


def _worst(decided: Sequence[ExtractStatus]) -> str:
    from federation.reporting.mail.context import worst

    found = worst(entry.verdict for entry in decided if entry.state != ExtractState.SUPERSEDED)
    return ArrivalOutcome.UNCHANGED if found == VerdictKind.NONE else found


def load_catalogue(ledger: Ledger) -> Catalogue:
    """Return every feed whose contract holds and whose SELECT can be bound, and every refusal.

    A SELECT that has conformed an extract has been bound: proving the rest saves a nation's pass 20
    ms for each feed.
    """
    feeds, refused = load_feeds()
    bound = ledger.conform_keys()
    unproven = [feed for feed in feeds if not bound.issuperset(map(conform_key, feed.versions))]
    _, unbindable = check_bindings(unproven)
    wrong = {error.file for error in unbindable}
    proven = [
        feed
        for feed in feeds
        if not wrong.intersection(str(version.file) for version in feed.versions)
    ]
    return Catalogue(proven, [*refused, *unbindable])


def chosen(feeds: Sequence[Feed], city: str | None, dataset: str | None) -> list[Feed]:
    """Return the feeds of one city and dataset (None: all); raises HubError when there is none."""
    found = [
        feed for feed in feeds if city in (None, feed.city.key) and dataset in (None, feed.dataset)
    ]
    if not found:
        known = (
            ", ".join(sorted({feed.city.key for feed in feeds})),
            ", ".join(sorted({feed.dataset for feed in feeds})),
        )
        raise HubError(
            f"no feed of city {city or 'any'} and dataset {dataset or 'any'}",
            where="expectations/contracts",
            todo=f"cities: {known[0]}; datasets: {known[1]}",
        )
    return found


def run(
    hub: Hub, *, city: str | None = None, dataset: str | None = None, wait: bool = True
) -> Pass:
    """Run one pass.

    Raises DataProblem when a build fails, after everything before it is recorded.
    """
    progress = hub.progress
    with progress.step("contracts"):
        catalogue = load_catalogue(hub.ledger)
    feeds = chosen(catalogue.feeds, city, dataset)
    with progress.step("fetch"):
        checks = fetch(hub, feeds)
    with progress.step("conform"):
        conform(hub, feeds)
    with progress.step("gate"):
        ids = {extract.extract_id for extract, _ in gate(hub, feeds)}
        decided = [
            entry
            for entry in extract_statuses(feeds, hub.ledger, hub.settings.home)
            if entry.extract.extract_id in ids
        ]
    manifest, published = publish(hub, catalogue.feeds, wait=wait)
    with progress.step("report"):
        mails = send_reports(hub, catalogue.feeds, manifest)
    return Pass(
        catalogue,
        checks,
        decided,
        serving(hub.settings.home),
        hub.ledger.pinned(),
        published,
        mails,
        progress.seconds,
    )


def publish(
    hub: Hub, feeds: Sequence[Feed], *, wait: bool = True
) -> tuple[Mapping[str, Any] | None, bool]:
    """Build, verify and release what is new.

    Return the newest manifest and whether this call made it.

    Holds the build lock. Nothing new: nothing is built. Raises DataProblem when build or
    verification fails; the last release then stays in place.
    """
    home, ledger, progress = hub.settings.home, hub.ledger, hub.progress
    with ledger.build_lock(
        wait, lambda: progress.note("another pass is building; waiting for it to end")
    ):
        base = reconcile(home, ledger)
        refresh_incidents(hub, feeds)
        if pinned := ledger.pinned():
            progress.note(
                f"release {pinned} is pinned and goes on serving until hub rollback --unpin"
            )
        plan = plan_build(feeds, ledger, home, base)
        if plan.unchanged:
            progress.note("nothing new: the newest release is up to date")
            return base, False
        if not any(entry.state == ExtractState.CURRENT for entry in plan.inputs) and base is None:
            progress.note("no accepted extract yet: nothing to release")
            return None, False
        joined = released(feeds)
        try:
            build_and_verify(hub, plan, joined)
            with progress.step("release"):
                from federation.releases.release import release

                manifest = release(plan, joined, ledger, home)
            ledger.add_attempt(AttemptOutcome.RELEASED, manifest["release_id"])
        finally:
            refresh_incidents(hub, feeds)
        return manifest, True


def refresh_incidents(hub: Hub, feeds: Sequence[Feed]) -> None:
    """Open and close incidents by what is wrong now, and tell the people on call of new ones."""
    from federation.contracts import load_feeds
    from federation.quality.incidents import refresh
    from federation.quality.problems import problems
    from federation.reporting.mail.alerts import send_alerts

    with hub.progress.step("incidents"):
        refused = load_feeds()[1]
        refresh(problems(released(feeds), refused, hub.ledger, hub.settings.home), hub.ledger)
        send_alerts(hub.ledger, hub.settings)


def build_and_verify(hub: Hub, plan: Plan, feeds: Sequence[Feed]) -> None:
    """Make the build that the plan asks for; the build lock must be held.

    Raises DataProblem, after the ledger knows.
    """
    from federation.warehouse.dbt.process import Dbt

    with Dbt(hub.settings.home) as dbt:
        _attempt(hub, "build", AttemptOutcome.BUILD_FAILED, lambda: _build(hub, plan, dbt))
        _attempt(
            hub,
            "verify",
            AttemptOutcome.VERIFICATION_FAILED,
            lambda: _verify(hub, plan, feeds, dbt),
        )


def _attempt(hub: Hub, step: str, outcome: AttemptOutcome, action: Callable[[], float]) -> None:
    with hub.progress.step(step):
        try:
            hub.progress.add("start dbt", action())
        except DataProblem as error:
            hub.ledger.add_attempt(outcome, str(error))
            raise


def _build(hub: Hub, plan: Plan, dbt: "Dbt") -> float:
    from federation.warehouse.build import build

    return build(plan, hub.settings.home, dbt)


def _verify(hub: Hub, plan: Plan, feeds: Sequence[Feed], dbt: "Dbt") -> float:
    from federation.warehouse.verify import verify

    return verify(plan, feeds, hub.ledger, hub.settings.home, dbt)


def send_reports(
    hub: Hub, feeds: Sequence[Feed], manifest: Mapping[str, Any] | None
) -> dict[str, int]:
    """Make the release's site and send every mail that is due, unless that is done.

    Return how many mails are in which state.

    Before the first release (None) there is no site, but what is wrong is told. Raises what kept
    the site from being made, after the mails.
    """
    from federation.reporting.mail.reports import report
    from federation.reporting.site.site import make_site

    home, joined = hub.settings.home, released(feeds)
    with ExitStack() as afterwards:
        try:
            if manifest:
                make_site(manifest, joined, home)
        except HubError as error:
            afterwards.callback(_raise, error)
        return report(manifest, joined, hub.ledger, hub.settings)


def _raise(error: HubError) -> None:
    raise error
