"""Areas in force and abolished, their successors, and the ways in which offices write their
names."""

from __future__ import annotations

import re

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
    for area in AREAS.values():
        began = AREAS[area.successor_code].valid_from if area.successor_code else None
        assert began is None or area.valid_to <= began, area.area_code
    abolished = [area for area in AREAS.values() if area.valid_to and area.successor_code]
    assert len(abolished) > 1000
    leading = {AREAS[area.current_code] for area in abolished if area.current_code}
    assert {area.valid_to for area in leading} == {None}
    assert AREAS["100205"].current_code == AREAS["100205"].successor_code == "102901"


def test_as_many_subdistricts_are_in_force_as_the_directory_of_places_counts() -> None:
    in_force = [
        area for area in AREAS.values() if area.level == "subdistrict" and area.valid_to is None
    ]
    in_bangkok = [area for area in in_force if area.province_code == "10"]
    assert (len(in_force) - len(in_bangkok), len(in_bangkok)) == (7255, 180)
    assert len([area for area in in_force if area.district_code == "8012"]) == 17


def test_a_subdistrict_that_only_the_register_of_people_has_can_still_be_named() -> None:
    pak_phanang = AREAS["801201"]
    assert (pak_phanang.valid_to_basis, pak_phanang.current_code) == ("not_counted", "801201")
    assert subdistrict_lookup("80", {})["ปากพนัง", "ปากพนัง"] == "801201"


def test_an_area_ends_on_the_day_on_which_its_dated_successors_begin() -> None:
    dated = {entry.area_code: entry.in_force_from for entry in successions() if entry.in_force_from}
    assert len(dated) == 111
    assert {code: AREAS[code].valid_to for code in dated} == dated
    assert {AREAS[code].valid_to_basis for code in dated} == {"notice"}


def test_an_undated_end_says_that_it_is_a_latest_day() -> None:
    undated = [area for area in AREAS.values() if area.valid_to == "2006-01-01"]
    assert len(undated) == 1447  # eight more have a successor that is older than that edition
    assert {area.valid_to_basis for area in undated} == {"not_later_than"}


def test_an_area_in_force_has_neither_an_end_nor_a_basis_of_one() -> None:
    assert all((area.valid_to is None) == (area.valid_to_basis is None) for area in AREAS.values())


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("5005", "Doi Saket"),
        ("3305", "Khukhan"),
        ("4806", "Renu Nakhon"),
        ("6209", "Pang Sila Thong"),
        ("840503", "Ko Tao"),
        ("8405", "Ko Pha-ngan"),
    ],
)
def test_a_romanised_name_has_capitals_at_the_heads_of_words_only(code: str, name: str) -> None:
    assert AREAS[code].name_en == name


def test_no_romanised_name_has_a_capital_inside_a_word_or_none_at_its_head() -> None:
    words = {word for area in AREAS.values() for word in (area.name_en or "").split()}
    assert not [word for word in words if word[0].islower() or re.search("[a-z][A-Z]", word)]
