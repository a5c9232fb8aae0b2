"""The step from the platforms to landing, as a plain function of feeds, for `hub run` and
Airflow."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from federation.common.errors import HubError
from federation.common.vocabulary import CheckOutcome
from federation.common.worker_pool import Heartbeat, Job, run_jobs
from federation.contracts.model import Feed
from federation.fetch.feed import Landing, fetch_feed
from federation.ledger import Check
from federation.ledger.claims import Claims
from federation.pipeline.hub import Claimable, Hub
from federation.transport import Limits, Transport, transport_for
from federation.transport.base import CircuitBreaker


def fetch(hub: Hub, feeds: Sequence[Feed]) -> list[Check]:
    """Fetch what is new from the platforms; return one check per feed, without what is
    wrong with feeds that their cities have stopped for good.

    Raises HubError when the settings are wrong. An unreachable platform stops its own feeds
    only. A feed that the hub itself could not look at has no check, but a place in the hub's
    `troubles`.
    """
    limits = Limits.from_text(hub.settings.limits, "HUB_LIMITS")
    hub.settings.refuse_wrong_platforms()
    connections = {feed.city.connection for feed in feeds}
    with _platforms(hub, connections, limits) as platforms, hub.ledger.locks.claims() as claims:
        jobs = [
            _fetching(hub, feed, platforms[feed.city.connection], limits, claims) for feed in feeds
        ]
        ended = run_jobs(jobs, limits.feeds_per_city, limits.feeds_at_once)
        checks = dict(hub.progress.over(ended, "fetch", len(jobs)))
    found: list[Check] = []
    for place, feed in enumerate(feeds):
        seen = checks[place]  # none of one that the hub could not look at, None of one given up
        looks = _stuck(hub, feed) if seen is None else seen
        found += [check for check in looks if _matters(check, feed, hub)]
    return found


def _matters(check: Check, feed: Feed, hub: Hub) -> bool:
    """Whether somebody must hear of a look: a feed that its city has stopped for good may be gone
    from the platform; the ledger keeps that look too."""
    return check.outcome == CheckOutcome.OK or not feed.is_retired(hub.ledger.today)


@contextmanager
def _platforms(
    hub: Hub, connections: Iterable[str], limits: Limits
) -> Iterator[dict[str, Transport | HubError]]:
    """Yield each connection's transport, or why there is none: a wrong connection stops its own
    city only."""
    with ExitStack() as opened:
        platforms: dict[str, Transport | HubError] = {}
        for name in sorted(connections):
            try:
                base = hub.settings.platform_base(name)
                transport = CircuitBreaker(transport_for(base, limits))
                opened.callback(transport.close)
                platforms[name] = transport
            except HubError as error:
                platforms[name] = error
        yield platforms


def _fetching(
    hub: Hub, feed: Feed, platform: Transport | HubError, limits: Limits, claims: Claims
) -> Job[list[Check]]:
    if isinstance(platform, HubError):
        why = f"{platform.what} ({platform.where})"
        return Job(feed.city.key, lambda _: _unusable(hub, feed, why), limits.stuck_seconds)
    landing = Landing(hub.settings.home, hub.ledger)

    def fetch_it(heartbeat: Heartbeat) -> list[Check]:
        checks: list[Check] = []
        with hub.bounded(feed), hub.in_hand(claims, Claimable(f"fetch {feed}"), heartbeat.beat):
            checks.append(fetch_feed(feed, platform, landing, heartbeat.beat, hub.span))
        return checks

    return Job(feed.city.key, fetch_it, platform.limits.stuck_seconds)


def _stuck(hub: Hub, feed: Feed) -> list[Check]:
    message = "the platform sends nothing that gets us on (limit stuck_seconds)"
    return _unusable(hub, feed, message)


def _unusable(hub: Hub, feed: Feed, message: str) -> list[Check]:
    check = Check(*feed.key, outcome=CheckOutcome.UNREACHABLE, message=message)
    with hub.bounded(feed):
        hub.ledger.checks.add(check)
    return [check]
