"""How a feed is now, in one word: from its open incidents, so that words and incidents agree."""

from collections.abc import Iterable

from federation.common.vocabulary import FeedState, IncidentState, ProblemKind, Severity
from federation.contracts.model import Feed
from federation.quality.incidents import Incident

_GRAVE = (Severity.CRITICAL, Severity.WARNING)


def feed_state(feed: Feed, all_incidents: Iterable[Incident], *, has_data: bool) -> FeedState:
    """Return the state of a feed; `all_incidents` may be about any feed, `has_data` says whether
    an extract of it serves.

    What came and must be mended leads; then what has not come. Remarks change nothing.
    """
    problems = [
        entry.problem
        for entry in all_incidents
        if entry.problem.key[:2] == feed.key and entry.state != IncidentState.CLOSED
    ]
    kinds = {problem.kind for problem in problems}
    to_fix = [
        problem
        for problem in problems
        if problem.severity in _GRAVE and problem.kind != ProblemKind.LATE
    ]
    if ProblemKind.DORMANT in kinds:
        return FeedState.DORMANT
    if to_fix:
        return FeedState.TO_FIX
    if ProblemKind.LATE in kinds:
        return FeedState.OVERDUE
    return FeedState.IN_ORDER if has_data else FeedState.NO_DATA
