"""What Great Expectations renders of results that the release tells of: outcomes apart, escaped,
the same each time."""

from __future__ import annotations

import pytest
from federation.common.vocabulary import Outcome
from federation.datasets.suites import Expectation
from federation.reporting.site.data_docs import DataDocs
from federation.reporting.site.expectations import Measured, Result

RANGE = Expectation(
    "range",
    "expect_column_values_to_be_between",
    {"column": "<rain>", "min_value": 0, "max_value": 9},
    "",
    "records",
    "quarantine",
    "validity",
    "why",
    "none",
    {"th": "ช่วง", "en": "range"},
)
WHOLE = Expectation(
    "whole",
    "unexpected_rows_expectation",
    {},
    "rain < 0 OR name = '<b>'",
    "records",
    "reject",
    "accuracy",
    "why",
    "none",
    {"th": "ทั้งไฟล์", "en": "whole"},
)


@pytest.fixture(scope="module")
def docs() -> DataDocs:
    return DataDocs()


def measured(expectation: Expectation, outcome: str, unexpected: int = 0) -> Measured:
    return Measured(
        expectation, [Result("abc", Outcome(outcome), 1000, unexpected, "the <engine> broke")]
    )


def test_outcomes_are_told_apart(docs: DataDocs) -> None:
    failed = docs.render(
        "rain", "batch <1>", "2026-01-01", [measured(RANGE, "failed", 3), measured(WHOLE, "passed")]
    ).html
    assert "3 unexpected values found" in failed
    assert failed.count("fa-times") == 2  # of the page and of the expectation
    broken = docs.render(
        "rain", "batch", "2026-01-01", [measured(RANGE, "could_not_be_measured")]
    ).html
    assert "the &lt;engine&gt; broke" in broken
    assert "unexpected values found" not in broken


def test_what_does_not_apply_is_left_out(docs: DataDocs) -> None:
    found = docs.render(
        "rain",
        "batch",
        "2026-01-01",
        [measured(RANGE, "not_applicable"), measured(WHOLE, "passed")],
    )
    assert set(found.anchors) == {"whole"}
    assert "<rain>" not in found.html


def test_every_text_is_escaped_and_every_anchor_is_there(docs: DataDocs) -> None:
    found = docs.render(
        "rain",
        "batch <1>",
        "2026-01-01",
        [measured(RANGE, "failed", 3), measured(WHOLE, "failed", 1)],
    )
    for raw in ("<rain>", "<b>", "<1>"):
        assert raw not in found.html
    assert all(f'id="{anchor}"' in found.html for anchor in found.anchors.values())
    assert len(set(found.anchors.values())) == 2


def test_the_same_results_give_the_same_text(docs: DataDocs) -> None:
    given = (
        "rain",
        "batch",
        "2026-01-01",
        [measured(RANGE, "could_not_be_measured"), measured(WHOLE, "failed", 3)],
    )
    assert docs.render(*given) == DataDocs().render(*given)
