"""What columns say of themselves, and what they leave open."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from federation.conform.profile import FileProfile
from federation.conform.profile.profile import profile_sample
from federation.conform.profile.sample import Sample


def profile(columns: dict[str, Any]) -> FileProfile:
    """Profile a table of these columns."""
    table = pa.table(columns)
    sample = Sample(len(table))
    for batch in table.to_batches():
        sample.look(batch)
    return profile_sample(sample, len(table))


def fact(values: Any, kind: str) -> tuple[str, tuple[str, ...]]:
    found = profile({"x": values}).column("x").fact(kind)
    return (found.value, found.candidates) if found else ("", ())


@pytest.mark.parametrize(
    ("values", "calendar"),
    [
        (["05/01/2569", "06/01/2569"], "BE"),
        (["05/01/2026", "06/01/2026"], "CE"),
        (["๕/๑/๒๕๖๙", "๖/๑/๒๕๖๙"], "BE"),
        (["2026-01-05T00:00:00+07:00"] * 3, "CE"),
        (["2569-01-05"] * 3, "BE"),
        ([2569, 2570], "BE"),
        ([2026, 2027], "CE"),
        ([date(2569, 1, 5), date(2569, 1, 6)], "BE"),
        ([datetime(2026, 1, 5), datetime(2026, 1, 6)], "CE"),
    ],
)
def test_four_digits_tell_the_calendar(values: list[Any], calendar: str) -> None:
    assert fact(values, "calendar") == (calendar, ())


@pytest.mark.parametrize(
    "values", [["5 ม.ค. 69", "6 ม.ค. 69"], ["5 ม.ค. 26"] * 3, ["55", "56"], ["05/01/55"] * 3]
)
def test_two_digits_leave_the_calendar_open(values: list[str]) -> None:
    assert fact(values, "calendar") == ("ambiguous", ("BE2", "CE2"))


@pytest.mark.parametrize(
    "values", [[str(number) for number in range(1, 61)], list(range(1, 61)), [50, 55, 69]]
)
def test_small_numbers_may_be_years_or_anything(values: list[Any]) -> None:
    assert fact(values, "calendar") == ("ambiguous", ("BE2", "CE2", "no year"))


@pytest.mark.parametrize(
    ("values", "form"),
    [
        (["25/01/2569 14:00"], "dd/mm/yyyy hh:mi"),
        (["01/25/2569"], "mm/dd/yyyy"),
        (["25 ม.ค. 69"], "d mon yy"),
        (["ม.ค. 69"], "mon yy"),
        (["2026-01-05"], "iso8601"),
        ([1_767_225_600_000, 1_767_312_000_000], "epoch_ms"),
    ],
)
def test_a_way_of_writing_times_is_told(values: list[Any], form: str) -> None:
    assert fact(values, "time_format")[0] == form


def test_days_up_to_twelve_do_not_say_whether_the_month_comes_first() -> None:
    assert fact(["05/01/2569", "06/02/2569"], "time_format") == (
        "ambiguous",
        ("dd/mm/yyyy", "mm/dd/yyyy"),
    )


@pytest.mark.parametrize(
    ("values", "kind", "value"),
    [
        (["๑๒", "๑๓"], "digits", "thai"),
        (["1,234", "12"], "thousands", ","),
        (["12,5", "13,5"], "thousands", "decimal comma"),
        ([*map(str, range(20)), "ไม่มีข้อมูล"], "missing", "ไม่มีข้อมูล"),
        ([*map(float, range(20)), -999.0], "missing", "-999"),
        ([*map(float, range(1, 30)), 9999.0, 9999.0, 9999.0], "missing", "9999"),
        ([35.25] * 30, "constant", "35.25"),
        (["100101", "100102"], "area", "tis1099 subdistrict"),
        (["อ.บางละมุง", "ศรีราชา"], "area", "names district"),
        (["ระยอง".encode("tis-620")] * 3, "encoding", "tis-620"),
        (["ระยอง"] * 3, "encoding", "utf-8"),
        (["ระยอง".encode().decode("latin-1")] * 3, "mojibake", "utf-8 as latin-1"),
        (["ระยอง".encode("tis-620").decode("latin-1")] * 3, "mojibake", "tis-620 as latin-1"),
        (["à¸\xa0à¸¹à¹€à¸\x81à¹‡à¸•"] * 3, "mojibake", "utf-8 as cp1252"),  # ภูเก็ต
        (["ระยองเมือง".encode().decode("tis-620", "replace")] * 3, "mojibake", "utf-8 as tis-620"),
        (["a", "b", "c"], "key", "unique"),
        ([13.75, 13.8, 13.7], "coordinate", "lat"),
        ([0.012, 0.031, 0.028], "unit", "ambiguous"),
    ],
)
def test_a_fact_is_told(values: list[Any], kind: str, value: str) -> None:
    assert fact(values, kind)[0] == value


def test_names_that_two_provinces_share_count_for_both() -> None:
    found = profile({"x": ["เมืองชลบุรี", "บางละมุง", "พานทอง"]}).column("x").fact("area")
    assert found is not None
    assert found.evidence.startswith("of provinces 20: 100%")


def test_words_of_other_languages_are_no_mojibake() -> None:
    words = ["Café Größe", "naïve", "São Paulo", "Kraków", "ราคา 5°", "10 µg/m³", "±5 %", "เธอเน้น"]
    assert fact(words, "mojibake")[0] == ""


def test_latitudes_in_the_column_of_longitudes_are_swapped() -> None:
    found = profile({"LONGITUDE": [13.75, 13.8, 13.7], "LATITUDE": [100.5, 100.6, 100.4]})
    assert {
        name: found.column(name).fact("coordinate") is not None
        for name in ("LONGITUDE", "LATITUDE")
    }
    values = {
        fact.value for column in found.columns for fact in column.facts if fact.kind == "coordinate"
    }
    assert values == {"lat", "lon", "swapped"}


def test_members_of_structs_and_lists_are_columns() -> None:
    measure, point = {"value": 1.5, "unitCode": "GQ"}, {"coordinates": [100.5, 13.7]}
    found = profile({"pm25": [measure], "point": [point], "ids": [["a", "b"]]})
    assert [column.name for column in found.columns] == [
        "pm25.value",
        "pm25.unitCode",
        "point.coordinates[1]",
        "point.coordinates[2]",
        "ids",
    ]


def test_a_sample_is_spread_over_the_whole_file_and_bounded() -> None:
    table = pa.table({"x": np.arange(100_000)})
    sample = Sample(len(table))
    for batch in table.to_batches(max_chunksize=7_919):
        sample.look(batch)
    values = sample.leaves["x"].values
    assert 3_000 < len(values) <= 4_000
    assert set(np.diff(values)) == {sample.step}
    assert values[0] == 0
    assert values[-1] > 99_000


def test_a_profile_survives_its_journey_out_of_the_fence() -> None:
    found = profile({"x": ["5 ม.ค. 69", None], "y": [1.0, 2.5]})
    assert FileProfile.from_json(found.to_json()) == found
