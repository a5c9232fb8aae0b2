"""Scores beside each other: within a point nobody is before another."""

from __future__ import annotations

from federation.reporting.score_order import best_first


def order(scores: dict[str, float | None]) -> str:
    return "".join(best_first(scores, scores.__getitem__))


def test_the_best_comes_first_and_what_has_no_score_last() -> None:
    assert order({"a": None, "b": 20.0, "c": 90.0, "d": 0.0}) == "cbda"


def test_within_a_point_of_the_best_the_order_stays() -> None:
    assert order({"a": 99.1, "b": 99.6, "c": 98.5, "d": 99.5}) == "abdc"
    assert order({"a": 98.6, "b": 99.6}) == "ba"
