"""Every lost point is explained."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from federation.quality.lost_points import shortfall_of
from federation.quality.scores import DIMENSIONS, OVERALL, Period, ScoredDelivery, feed_scores
from hypothesis import given
from hypothesis import strategies as st


def period(received: int | None, copies: int, days_late: int, promised: float | None) -> Period:
    if received is None:
        return Period(30, None, promised=promised)
    delivery = ScoredDelivery(received, {"uniqueness": min(copies, received)})
    return Period(30, delivery, promised=promised, days_late=days_late)


PERIODS = st.builds(
    period,
    st.none() | st.integers(1, 100),
    st.integers(0, 3),
    st.integers(0, 40),
    st.sampled_from([None, 90.0]),
)


@given(st.lists(PERIODS, min_size=1, max_size=14))
def test_a_score_below_a_hundred_has_a_reason(periods: list[Period]) -> None:
    copies = sum(entry.serving.failing["uniqueness"] for entry in periods[-12:] if entry.serving)
    recent: list[Any] = [SimpleNamespace(records_duplicate=copies, records_quarantined=0)]
    shortfall = shortfall_of(periods, recent, is_regular=True)
    for name, score in feed_scores(periods).items():
        if score is not None and score < 99.9:
            assert list(shortfall.why(name)), name


def test_missing_periods_explain_no_point_of_what_came() -> None:
    periods = [Period(30, ScoredDelivery(9), promised=12.0), Period(30, None)]
    shortfall = shortfall_of(periods, [], is_regular=True)
    assert [text.en for text in shortfall.why("validity")] == ["9 of 12 records came"]
    assert [text.en for text in shortfall.why(OVERALL)] == [
        "1 of the 2 newest periods are missing",
        "9 of 12 records came",
    ]


def test_no_promise_of_time_is_said() -> None:
    shortfall = shortfall_of([Period(30, ScoredDelivery(9))], [], is_regular=False)
    assert [text.en for text in shortfall.why("timeliness")] == ["no day of delivery is promised"]
    assert not any(list(shortfall.why(name)) for name in DIMENSIONS if name != "timeliness")
