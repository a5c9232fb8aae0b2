"""Every rule is said as what must hold, in both languages and in plain words."""

from __future__ import annotations

import pytest
from federation.datasets.suites import Expectation, dataset_names, load_suite
from federation.reporting.pages.rules import rule_of
from support.plain_words import not_plain

ALL = [
    (name, entry)
    for name in (*dataset_names(), "warehouse")
    for entry in load_suite(name).expectations
]


@pytest.mark.parametrize(("suite", "expectation"), ALL, ids=lambda it: getattr(it, "id", str(it)))
def test_a_rule_says_what_must_hold(suite: str, expectation: Expectation) -> None:
    rule = rule_of(expectation, "ฝน")
    assert "must" in rule.en.lower()
    assert "ต้อง" in rule.th
    assert [*not_plain(rule.en), *not_plain(rule.th)] == []


def test_a_range_is_said_with_its_ends_and_the_city_s_own_column() -> None:
    rain = {entry.id: entry for entry in load_suite("rainfall").expectations}["rain_range"]
    assert rule_of(rain, "ปริมาณฝน (มม.)").th == "ปริมาณฝน (มม.) ต้องอยู่ระหว่าง 0 ถึง 1,000"
    assert rule_of(rain).en == "rain_mm must be from 0 to 1,000"
