"""Texts that a spreadsheet would run as formulas."""

from __future__ import annotations

import pytest
from federation.common.spreadsheet import without_formula


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_begins_like_a_formula_is_shown_as_text(start: str) -> None:
    assert without_formula(f"{start}cmd()") == f"'{start}cmd()"


@pytest.mark.parametrize("value", ["Bangkok", "", -5, 2.5, None, "a=b"])
def test_every_other_value_stays_as_it_is(value: object) -> None:
    assert without_formula(value) == value
