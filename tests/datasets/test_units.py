"""Units: how cities write them, what they are multiples of, which names carry them."""

from __future__ import annotations

from pathlib import Path

import pytest
from federation.common.errors import ContractError
from federation.datasets.units import (
    counted_quantities,
    known_units,
    load_units,
    unit_of_name,
    units_hash,
)


def test_every_spelling_means_one_unit() -> None:
    spellings = [
        spelling for code, entry in load_units().items() for spelling in (code, *entry.codes)
    ]
    assert len(spellings) == len(set(spellings))
    assert known_units()["GQ"] == known_units()["ug/m3"]
    assert known_units()["rai"].factor * 25 == known_units()["ha"].factor * 4
    assert counted_quantities() == {"persons", "houses", "vehicles"}


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ("yield_kg_per_ha", "kg/ha"),
        ("planted_area_ha", "ha"),
        ("persons_per_house", "persons per house"),
        ("deaths_per_1000_crashes", "deaths per 1000 crashes"),
        ("crashes", "crashes"),
        ("days_measured", "days"),
        ("days_over_standard", "days"),
        ("name_th", None),
    ],
)
def test_the_longest_end_of_a_name_says_its_unit(column: str, unit: str | None) -> None:
    assert unit_of_name(column) == unit


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("units: {}", "units"),
        ("units: {m: {quantity: length, factor: 1}}", "units.m.name"),
        ("units: {m: {name: {th: ม, en: m}, quantity: length}}", "units.m.quantity"),
        ("units: {m: {name: {th: ม, en: m}, quantity: length, factor: 0}}", "units.m.factor"),
        ("units: {m: {name: {th: ม, en: m}, sufix: _m}}", "units.m.sufix"),
    ],
)
def test_units_are_refused_with_file_and_key(tmp_path: Path, text: str, key: str) -> None:
    file = tmp_path / "units.yml"
    file.write_text(text, "utf-8")
    with pytest.raises(ContractError) as refused:
        load_units(file)
    assert (refused.value.file, refused.value.key) == (str(file), key)


def test_another_factor_is_another_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    before, units = units_hash(), known_units()
    changed = units | {"rai": units["ngan"]}
    monkeypatch.setattr("federation.datasets.units.known_units", lambda: changed)
    assert units_hash() != before
