"""Areas in force and abolished, their successors, and the ways in which offices write their
names."""

from __future__ import annotations

import pytest
from federation.reference.areas import all_areas, district_lookup, subdistrict_lookup, successions

AREAS = {area.area_code: area for area in all_areas()}


@pytest.mark.parametrize("written", ["พระนคร", "เขตพระนคร", "เขต พระนคร", "อำเภอพระนคร"])
def test_a_district_of_bangkok_is_known_with_and_without_the_registers_own_prefix(
    written: str,
) -> None:
    assert district_lookup("10", {})[written] == "1001"


def test_every_district_in_force_can_be_written() -> None:
    for province in {area.province_code for area in AREAS.values()}:
        districts = {
            area.area_code
            for area in AREAS.values()
            if area.province_code == province and area.level == "district" and area.valid_to is None
        }
        assert set(district_lookup(province, {}).values()) == districts


def test_a_spelling_is_the_citys_own_word_for_a_name() -> None:
    lookup = subdistrict_lookup("83", {"รัษฏา": "รัษฎา", "เมือง": "เมืองภูเก็ต"})
    assert lookup["เมือง", "ต.รัษฏา"] == lookup["เมืองภูเก็ต", "รัษฎา"] == "830104"


def test_an_area_that_was_split_has_several_successors_and_leads_nowhere_alone() -> None:
    bang_na = AREAS["104701"]
    assert (bang_na.successor_code, bang_na.current_code) == (None, None)
    assert bang_na.valid_to is not None
    followers = [entry.successor_code for entry in successions() if entry.area_code == "104701"]
    assert followers == ["104702", "104703"]
    assert {AREAS[code].valid_from for code in followers} == {"2017-07-26"}
    assert {AREAS[code].current_code for code in followers} == set(followers)


def test_an_abolished_area_leads_to_one_in_force() -> None:
    abolished = [area for area in AREAS.values() if area.valid_to and area.successor_code]
    assert len(abolished) > 1000
    assert all(
        area.current_code is None or AREAS[area.current_code].valid_to is None
        for area in AREAS.values()
    )
    assert AREAS["100205"].current_code == AREAS["100205"].successor_code == "102901"
