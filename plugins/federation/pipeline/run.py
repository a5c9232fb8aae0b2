"""One pass: all cities to a release to reports. Calls the steps one after the other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from federation.common.errors import (
    Busy,
    ContractError,
    DataProblem,
    HubError,
    OwnTrouble,
    as_own_trouble,
    is_of_the_machine,
)
from federation.common.paths import CONTRACTS
from federation.common.vocabulary import (
    ArrivalOutcome,
    AttemptOutcome,
    CheckOutcome,
    ExtractState,
    VerdictKind,
)
from federation.contracts.model import Feed
from federation.extracts.catalogue import Catalogue, load_catalogue
from federation.extracts.snapshot import Snapshot, read_snapshot
from federation.extracts.status import REJECTED, ExtractStatus
from federation.ledger import Check
from federation.pipeline.conform import conform
from federation.pipeline.fetch import fetch
from federation.pipeline.gate import gate
from federation.pipeline.hub import Hub
from federation.pipeline.lost_contracts import lost_contracts
from federation.pipeline.measure import measured
from federation.releases.index import serving
from federation.releases.release import reconcile
from federation.releases.room import refuse_full_disk
from federation.warehouse.plan import Plan, plan_build, released

if TYPE_CHECKING:
    from federation.warehouse.dbt.process import Dbt

_ROUNDS = 5  # of building one after the other; then the next run goes on


@dataclass(frozen=True)
class Publication:
    """The result of publishing, and the snapshot when it began."""

    manifest: Mapping[str, Any] | None  # of the newest release; None before the first
    made: bool  # by this call
    seen: Snapshot


@dataclass(frozen=True)
class Pass:
    """The result of one pass."""

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
    troubles: Sequence[HubError] = ()  # of the hub itself; what they are about is tried again

    @property
    def exit_code(self) -> int:
        """0 for a clean pass, 1 for trouble of a city's data, 2 for trouble of the hub."""
        of_hub = max((trouble.exit_code for trouble in self.troubles), default=0)
        return max(of_hub, 0 if self.clean else 1)

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
            "troubles": [
                {"error": entry.what, "where": entry.where, "to_do": entry.todo}
                for entry in self.troubles
            ],
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

    verdict = worst(entry.verdict for entry in decided if entry.state != ExtractState.SUPERSEDED)
    return ArrivalOutcome.UNCHANGED if verdict == VerdictKind.NONE else verdict


def chosen(feeds: Sequence[Feed], city: str | None, dataset: str | None) -> list[Feed]:
    """Return the feeds of one city and dataset (None: all); raises HubError when there is none."""
    matching = [
        feed for feed in feeds if city in (None, feed.city.key) and dataset in (None, feed.dataset)
    ]
    if not feeds:
        raise HubError(
            "no contract of any city holds",
            where=str(CONTRACTS),
            todo="`hub doctor` says why each is refused; HUB_CONTRACTS names the folder",
        )
    if not matching:
        names = (
            ", ".join(sorted({feed.city.key for feed in feeds})),
            ", ".join(sorted({feed.dataset for feed in feeds})),
        )
        raise HubError(
            f"no feed of city {city or 'any'} and dataset {dataset or 'any'}",
            where=str(CONTRACTS),
            todo=f"cities: {names[0]}; datasets: {names[1]}",
        )
    return matching


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
    is_whole = city is None and dataset is None
    with (
        _told_troubles(hub, close=is_whole),
        measured(hub, catalogue),
        _dbt(hub) as dbt,
    ):
        with progress.step("fetch"):
            checks = fetch(hub, feeds)
        progress.count("fetch", sum(check.new for check in checks))
        with progress.step("conform"):
            is_new = bool(conform(hub, feeds))
        if is_new:  # most probably there is something to build
            dbt.start()
        with progress.step("gate"):
            ids = {extract.extract_id for extract, _ in gate(hub, feeds)}
        publication = publish(hub, catalogue, wait=wait, dbt=dbt)
        with progress.step("report"):
            mails = send_reports(hub, catalogue.feeds, publication.manifest, city)
    return Pass(
        catalogue,
        checks,
        [entry for entry in publication.seen.statuses if entry.extract.extract_id in ids],
        serving(hub.settings.home),
        hub.ledger.releases.pinned(),
        publication.made,
        mails,
        progress.seconds,
        hub.troubles,
    )


def _dbt(hub: Hub) -> "Dbt":
    from federation.warehouse.dbt.process import Dbt

    return Dbt(hub.settings.home)


def publish(
    hub: Hub, catalogue: Catalogue, *, wait: bool = True, dbt: "Dbt | None" = None
) -> Publication:
    """Build, verify and release what is new, under the build lock; nothing is built when nothing is
    new.

    `dbt` is the process to build with, where one is started already. The snapshot is read once,
    under the lock. Raises DataProblem when build or verification fails; the last release then stays
    in place.
    """
    home, ledger, progress = hub.settings.home, hub.ledger, hub.progress
    with ledger.locks.build(wait, progress.note):
        base = reconcile(home, ledger)
        seen = read_snapshot(ledger, home, catalogue)
        refresh_incidents(hub, seen)
        if pinned := ledger.releases.pinned():
            progress.note(
                f"release {pinned} is pinned and goes on serving until hub rollback --unpin"
            )
        plan = plan_build(seen, base)
        if plan.unchanged:
            progress.note("nothing new: the newest release is up to date")
            ledger.builds.add(AttemptOutcome.UNCHANGED, plan.base or "")
            return Publication(base, False, seen)
        if not any(entry.state == ExtractState.CURRENT for entry in plan.inputs) and base is None:
            progress.note("no accepted extract yet: nothing to release")
            return Publication(None, False, seen)
        try:
            manifest = _release(hub, plan, released(catalogue.feeds), dbt)
            hub.troubles.extend(lost_contracts(base, plan))
        finally:
            refresh_incidents(hub, seen)
        return Publication(manifest, True, seen)


def publish_all(hub: Hub, catalogue: Catalogue) -> Publication:
    """Publish until nothing is new, or for `_ROUNDS`; return what that came to.

    What is accepted while a release is built is in the ledger and not in that release. Whoever
    accepts it wakes the warehouse, which may be lost on a warehouse that is awake.
    """
    found = publish(hub, catalogue)
    made, rounds = found.made, 1
    while found.made and rounds < _ROUNDS:
        found, rounds = publish(hub, catalogue), rounds + 1
    return replace(found, made=made)


def _release(hub: Hub, plan: Plan, joined: Sequence[Feed], dbt: "Dbt | None") -> Mapping[str, Any]:
    from federation.releases.release import release

    build_and_verify(hub, plan, joined, dbt)
    with hub.progress.step("release"):
        manifest = release(plan, joined, hub.ledger, hub.settings.home)
    hub.progress.count("release", sum(table["rows"] for table in manifest["tables"].values()))
    hub.ledger.builds.add(AttemptOutcome.RELEASED, manifest["release_id"])
    return manifest


def refresh_incidents(hub: Hub, seen: Snapshot) -> None:
    """Open and close incidents by what is wrong now, and tell the people on call of new ones."""
    from federation.quality.incidents import refresh
    from federation.quality.problems import problems
    from federation.reporting.mail.alerts import send_alerts

    with hub.progress.step("incidents"), hub.bounded("incidents"):
        refresh(problems(seen.only(released(seen.feeds)), hub.ledger), hub.ledger)
    with hub.bounded("the mail to the people on call"):
        send_alerts(hub.ledger, hub.settings)


@contextmanager
def _told_troubles(hub: Hub, *, close: bool) -> Iterator[None]:
    """Tell the troubles of a pass, also of one that they end."""
    try:
        yield
    except HubError as error:
        if isinstance(error, Busy | DataProblem | ContractError) or error.has_incident:
            raise
        _tell_troubles(hub, [*hub.troubles, error], close=False)
        raise
    _tell_troubles(hub, hub.troubles, close=close)


def _tell_troubles(hub: Hub, troubles: Sequence[HubError], *, close: bool) -> None:
    """Make an incident of each trouble of this pass, and tell the people on call of new ones."""
    from federation.quality.incidents import refresh_troubles
    from federation.quality.problems import of_trouble
    from federation.reporting.mail.alerts import send_alerts

    refresh_troubles([*map(of_trouble, troubles)], hub.ledger, close=close)
    with hub.bounded("the mail to the people on call"):
        send_alerts(hub.ledger, hub.settings)


def build_and_verify(hub: Hub, plan: Plan, feeds: Sequence[Feed], dbt: "Dbt | None" = None) -> None:
    """Make the build that the plan asks for, with a dbt of its own where none is given; the build
    lock must be held.

    Raises DataProblem; the failure is in the ledger then, unless a change is only tried.
    """
    with ExitStack() as stack:
        used = dbt or stack.enter_context(_dbt(hub))
        _attempt(hub, "build", AttemptOutcome.BUILD_FAILED, lambda: _build(hub, plan, used))
        _attempt(
            hub,
            "verify",
            AttemptOutcome.VERIFICATION_FAILED,
            lambda: _verify(hub, plan, feeds, used),
        )


def _attempt(hub: Hub, step: str, outcome: AttemptOutcome, action: Callable[[], float]) -> None:
    hub.settings.home.dbt_results.unlink(missing_ok=True)
    with hub.progress.step(step):
        try:
            hub.progress.add("start dbt", action())
        except Exception as error:
            told = _as_trouble(error, step)
            if not hub.ledger.is_of_trial:  # what fails there is nobody's incident
                hub.ledger.builds.add(outcome, str(told))
                told.has_incident = True
            raise told from error
        finally:
            _tell_nodes(hub, step)


def _tell_nodes(hub: Hub, step: str) -> None:
    """Tell what each model and test of dbt took and came to, the slowest first."""
    from federation.warehouse.dbt.results import node_results

    for node in node_results(hub.settings.home):
        hub.progress.detail(f"{step}: {node.line}", is_trouble=node.is_failed)


def _as_trouble(error: Exception, step: str) -> HubError:
    """Return what a failed build or verification says: the data's, or the hub's own trouble."""
    if isinstance(error, HubError) and is_of_the_machine(error):
        return OwnTrouble(error.what, where=error.where, todo="make room, then run again")
    return as_own_trouble(error, step)


def _build(hub: Hub, plan: Plan, dbt: "Dbt") -> float:
    from federation.warehouse.build import build

    refuse_full_disk(hub.settings.home)
    return build(plan, hub.settings.home, dbt)


def _verify(hub: Hub, plan: Plan, feeds: Sequence[Feed], dbt: "Dbt") -> float:
    from federation.warehouse.verify import verify

    return verify(plan, feeds, hub.ledger, hub.settings.home, dbt)


def send_reports(
    hub: Hub, feeds: Sequence[Feed], manifest: Mapping[str, Any] | None, city: str | None = None
) -> dict[str, int]:
    """Make the release's site and send every mail that is due, with a city none about others;
    return how many mails came to which state now.

    What is done already is not done again. Before the first release (None) there is no site, but
    mails say what is wrong. An error in making the site is raised after the mails.
    """
    from federation.reporting.mail.reports import report
    from federation.reporting.site.site import make_site

    home, joined = hub.settings.home, released(feeds)
    with ExitStack() as afterwards:
        try:
            if manifest:
                make_site(manifest, joined, home)
        except Exception as error:
            afterwards.callback(_raise, as_own_trouble(error, "the site of the release"))
        return report(manifest, joined, hub.ledger, hub.settings, city)


def _raise(error: HubError) -> None:
    raise error
