"""An indicator's file is complete, or refused with file, key and reason."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from federation.common.errors import ContractError
from federation.common.paths import INDICATORS
from federation.datasets.indicators import load_indicators
from federation.datasets.tables import by_name
from support.hubrun import edit

FILE = "th_population_growth.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one indicator, to be spoilt."""
    shutil.copy(INDICATORS / FILE, tmp_path)
    return tmp_path


def test_every_indicator_is_in_the_file_of_its_code() -> None:
    codes = [indicator.indicator_code for indicator in load_indicators()]
    names = [code.lower().replace(":", "_") for code in codes]
    assert names == sorted(file.stem for file in INDICATORS.iterdir())


def test_every_source_is_a_fact() -> None:
    for indicator in load_indicators():
        for side in (indicator.numerator, indicator.denominator):
            assert by_name(side.source).schema == "core"


@pytest.mark.parametrize(
    ("before", "after", "key", "reason"),
    [
        ("polarity:", "polarty:", "polarty", "unknown key"),
        ("persons_change", "persons_chnge", "numerator.measure", "no measure is called"),
        ("persons_before", "persons_bfore", "denominator.measure", "no measure is called"),
        ("polarity: neutral", "polarity: good", "polarity", "'good' is none of"),
        ("unit: {th: ร้อยละ, en: percent}\n", "", "unit", "must be given"),
        ("{measure: persons_before,", "{meazure: x,", "denominator.meazure", "unknown key"),
        ("periods: [year]", "periods: []", "periods", "must be given"),
        ("periods: [year]", "periods: [week]", "periods.0", "'week' is none of"),
        ("factor: 100", "factor: many", "factor", "valid number"),
        ("version: 1", "version: 0", "version", "must be 1 or more"),
        ("denominator: {", "denominator: {carried_years: 4, ", "denominator.carried_years", "3"),
    ],
)
def test_a_wrong_indicator_is_refused(
    folder: Path, before: str, after: str, key: str, reason: str
) -> None:
    edit(folder / FILE, lambda text: text.replace(before, after))
    with pytest.raises(ContractError) as refused:
        load_indicators(folder)
    assert (refused.value.file, refused.value.key) == (str(folder / FILE), key)
    assert reason in refused.value.reason


def test_a_code_given_twice_is_refused(folder: Path) -> None:
    shutil.copy(folder / FILE, folder / "another.yml")
    with pytest.raises(ContractError, match="the same code"):
        load_indicators(folder)
