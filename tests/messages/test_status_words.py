"""The one word about a feed follows what is open, not its newest file alone."""

import pytest
from federation.messages.status_words import STATUS_WORDS, FeedStatus, feed_status


@pytest.mark.parametrize(
    ("verdict", "problems", "status"),
    [
        ("accepted", [], "ok"),
        ("accepted", [("hours_to_24", "info")], "ok"),
        ("accepted", [("late", "warning")], "overdue"),
        ("accepted", [("late", "warning"), ("unknown_area", "warning")], "fix"),
        ("accepted", [("dormant", "warning")], "dormant"),
        ("accepted_with_warning", [("incomplete", "warning")], "incomplete"),
        ("rejected", [("late", "warning")], "fix"),
        ("held", [], "held"),
        ("held", [("held_for_approval", "warning")], "held"),
        ("accepted", [("dormant", "info")], "dormant"),
        ("none", [("late", "warning")], "overdue"),
        ("waiting", [], "waiting"),
    ],
)
def test_the_worst_leads(verdict: str, problems: list[tuple[str, str]], status: str) -> None:
    assert feed_status(verdict, problems) == status


@pytest.mark.parametrize(
    ("verdict", "problems", "status"),
    [
        ("accepted", [], "retired"),
        ("none", [], "retired"),
        ("rejected", [], "fix"),
        ("accepted", [("late", "warning")], "overdue"),
    ],
)
def test_a_stopped_feed_is_never_in_order_and_what_is_wrong_with_it_leads(
    verdict: str, problems: list[tuple[str, str]], status: str
) -> None:
    assert feed_status(verdict, problems, is_retired=True) == status


def test_every_status_has_a_shape_and_words() -> None:
    assert set(STATUS_WORDS) == set(FeedStatus)
    assert all(entry.shape and entry.words.en and entry.words.th for entry in STATUS_WORDS.values())
