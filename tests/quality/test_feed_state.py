"""The word for a feed and its incidents agree."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from federation.common.vocabulary import IncidentState, ProblemKind
from federation.contracts.model import Feed
from federation.quality.feed_state import feed_state

FEED = ("rayong", "rainfall")


def incident(
    reason: str, severity: str = "warning", state: str = "open", key: tuple[str, str] = FEED
) -> Any:
    kind = ProblemKind(reason) if reason in [*ProblemKind] else None
    problem = SimpleNamespace(key=(*key, reason), kind=kind, severity=severity)
    return SimpleNamespace(problem=problem, state=IncidentState(state))


@pytest.mark.parametrize(
    ("incidents", "state"),
    [
        ([], "in_order"),
        ([incident("rain_extreme", "info")], "in_order"),
        ([incident("late", state="closed")], "in_order"),
        ([incident("late", key=("rayong", "tourism"))], "in_order"),
        ([incident("late")], "overdue"),
        ([incident("incomplete")], "to_fix"),
        ([incident("empty_period")], "to_fix"),
        ([incident("late"), incident("missing_column", "critical")], "to_fix"),
        ([incident("dormant", "info")], "dormant"),
    ],
)
def test_a_state_is_that_of_the_open_incidents(
    incidents: list[Any], state: str, feeds: dict[tuple[str, str], Feed]
) -> None:
    assert feed_state(feeds[FEED], incidents, has_data=True) == state


def test_a_feed_without_data_says_so(feeds: dict[tuple[str, str], Feed]) -> None:
    assert feed_state(feeds[FEED], [], has_data=False) == "no_data"
    assert feed_state(feeds[FEED], [incident("late")], has_data=False) == "overdue"
