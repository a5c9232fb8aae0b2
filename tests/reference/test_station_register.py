"""The reviewed list of stations: every row says where it is from, and what it says can be true."""

from __future__ import annotations

import csv

import pytest
from federation.common.paths import DBT_PROJECT
from federation.reference.areas import all_areas
from federation.reference.bounding_boxes import province_box

with (DBT_PROJECT / "seeds" / "station_register.csv").open(encoding="utf-8", newline="") as file:
    STATIONS = list(csv.DictReader(file))
AREAS = {area.area_code: area for area in all_areas()}


def test_a_station_is_in_the_register_once() -> None:
    keys = [(row["dataset"], row["city_code"], row["station_id"]) for row in STATIONS]
    assert len(keys) >= 18
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("row", STATIONS, ids=lambda row: row["station_id"])
def test_a_station_has_a_source_a_name_and_a_place_in_its_city(row: dict[str, str]) -> None:
    assert row["source"]
    assert row["name_en"]
    area = AREAS[row["area_code"]]
    assert (area.province_code, area.valid_to) == (row["city_code"], None)
    assert area.level != "province"
    assert bool(row["lat"]) == bool(row["lon"])
    if row["lat"]:
        south, north, west, east = province_box(row["city_code"])
        assert south < float(row["lat"]) < north
        assert west < float(row["lon"]) < east
