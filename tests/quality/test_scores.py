"""Scores cannot be improved by sending less."""

from dataclasses import replace

from federation.quality.scores import (
    DIMENSIONS,
    OVERALL,
    Period,
    ScoredDelivery,
    combine_scores,
    expected_records,
    feed_scores,
    grade,
    score_of_what_came,
)
from hypothesis import assume, given
from hypothesis import strategies as st

COUNTS = st.integers(min_value=0, max_value=300)


@st.composite
def deliveries(draw: st.DrawFn) -> ScoredDelivery:
    received = draw(COUNTS)
    failing = {name: draw(st.integers(0, received)) for name in DIMENSIONS if draw(st.booleans())}
    return ScoredDelivery(
        received, failing, {name: 1 for name in DIMENSIONS if draw(st.integers(0, 4)) == 0}
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Period]:
    promised = draw(st.sampled_from([None, 120.0]))
    return [
        Period(30, draw(deliveries()), promised=promised) for _ in range(draw(st.integers(1, 15)))
    ]


def at_most(less: dict[str, float | None], more: dict[str, float | None]) -> bool:
    return all((less[name] or 0.0) <= (more[name] or 0.0) for name in (*DIMENSIONS, OVERALL))


@given(histories(), deliveries(), st.data())
def test_a_newest_delivery_with_records_left_out_scores_no_higher(
    history: list[Period], whole: ScoredDelivery, data: st.DataObject
) -> None:
    # Of a feed that never sent a record only the file itself says how many it owes.
    assume(any(period.largest for period in history))
    left_out = data.draw(st.integers(0, whole.received))
    # Whoever leaves records out chooses them: as many as can be are among those that fail.
    thinned = ScoredDelivery(
        whole.received - left_out,
        {name: max(0, count - left_out) for name, count in whole.failing.items()},
        whole.findings_on_file,
    )
    assert at_most(
        feed_scores([*history, Period(30, thinned)]), feed_scores([*history, Period(30, whole)])
    )


@given(histories(), deliveries(), deliveries())
def test_sending_a_period_again_with_fewer_records_scores_no_higher(
    history: list[Period], first: ScoredDelivery, again: ScoredDelivery
) -> None:
    smaller = replace(again, received=min(again.received, max(0, first.received - 1)))
    before = [*history, Period(30, first)]
    after = [*history, Period(30, smaller, [first], first.received)]
    if smaller.received < first.received:
        assert at_most(feed_scores(after), feed_scores(before))


@given(histories())
def test_a_period_that_does_not_come_scores_no_higher(history: list[Period]) -> None:
    newest = history[-1]
    without, whole = (
        feed_scores([*history[:-1], replace(newest, serving=None)]),
        feed_scores(history),
    )
    assert all(
        (without[name] or 0.0) <= (whole[name] or 0.0)
        for name in ("completeness", "timeliness", OVERALL)
    )


def test_what_came_is_judged_without_what_did_not_come() -> None:
    scores = feed_scores(
        [Period(30, ScoredDelivery(720), promised=720.0), Period(30, None, promised=720.0)]
    )
    assert (scores["completeness"], scores["timeliness"], scores["validity"], scores[OVERALL]) == (
        50.0,
        50.0,
        100.0,
        50.0,
    )
    assert feed_scores([Period(30, None)])["validity"] is None


@given(histories(), st.integers(1, 40))
def test_coming_late_costs_timeliness_alone(history: list[Period], days: int) -> None:
    late = feed_scores([*history[:-1], replace(history[-1], days_late=days)])
    punctual = feed_scores(history)
    assert at_most(late, punctual)
    assert all(late[name] == punctual[name] for name in DIMENSIONS if name != "timeliness")


def test_all_that_is_owed_and_good_is_a_hundred() -> None:
    scores = feed_scores([Period(30, ScoredDelivery(720), promised=720.0)] * 3)
    assert scores == dict.fromkeys((*DIMENSIONS, OVERALL), 100.0)


def test_a_record_that_fails_costs_its_share_of_its_dimension() -> None:
    scores = feed_scores([Period(30, ScoredDelivery(720, {"validity": 72}), promised=720.0)])
    assert scores["validity"] == 90.0
    assert scores["accuracy"] == 100.0
    assert scores[OVERALL] == 98.3


def test_a_finding_on_the_whole_file_costs_a_twentieth_of_its_dimension() -> None:
    assert (
        feed_scores([Period(30, ScoredDelivery(720, {}, {"accuracy": 1}), promised=720.0)])[
            "accuracy"
        ]
        == 95.0
    )


def test_a_dimension_that_nothing_measures_has_no_score_and_does_not_count() -> None:
    scores = feed_scores(
        [Period(30, ScoredDelivery(720, {"validity": 360}), promised=720.0)],
        ("validity", "completeness"),
    )
    assert (scores["accuracy"], scores["validity"], scores[OVERALL]) == (None, 50.0, 75.0)


def test_a_feed_that_owes_nothing_yet_has_no_score() -> None:
    assert feed_scores([]) == dict.fromkeys((*DIMENSIONS, OVERALL))


def test_what_is_owed_comes_from_the_periods_before() -> None:
    usual = [Period(30, ScoredDelivery(300)), Period(31, ScoredDelivery(310)), Period(30, None)]
    assert expected_records(usual) == [300.0, 310.0, 300.0]


def test_a_city_is_the_mean_of_its_feeds() -> None:
    good, bad = (
        feed_scores([Period(30, ScoredDelivery(count), promised=100.0)]) for count in (100, 40)
    )
    assert combine_scores([good, bad, feed_scores([])])[OVERALL] == 70.0


def test_grades() -> None:
    assert [grade(score) for score in (100, 95, 94.9, 70, 50, 49.9, 0, None)] == [
        "A",
        "A",
        "B",
        "C",
        "D",
        "F",
        "F",
        None,
    ]


def test_a_feed_that_promises_no_time_is_not_graded_for_it() -> None:
    scores = feed_scores([Period(30, ScoredDelivery(720), promised=720.0)], is_regular=False)
    assert (scores["timeliness"], scores[OVERALL], scores["completeness"]) == (None, None, 100.0)
    graded = feed_scores([Period(30, ScoredDelivery(360), promised=720.0)])
    assert combine_scores([graded, scores])[OVERALL] == graded[OVERALL]


def test_what_came_is_graded_however_long_ago() -> None:
    old = Period(30, ScoredDelivery(720, {"validity": 72}), promised=720.0)
    periods = [old, *[Period(30, None)] * 20]
    assert feed_scores(periods)[OVERALL] == 0.0
    assert score_of_what_came(periods, ("validity", "completeness", "timeliness")) == 95.0
    assert score_of_what_came([Period(30, None)]) is None
