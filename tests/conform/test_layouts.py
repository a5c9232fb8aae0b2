"""Each layout undone by its SQL, on small relations in the city's own types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from federation.conform.layouts import layout_of, unit_codes
from federation.conform.sandbox.sandbox import Sandbox
from federation.contracts.model import Feed
from support.native import Outcome, conform_rows

Feeds = dict[tuple[str, str], Feed]
Conform = Callable[..., Outcome]

HOUR = "2026-01-15T05:00:00+00:00"
UNITS = {"pm25": "ug/m3", "pm10": "ug/m3", "o3": "ppb", "no2": "ppb", "so2": "ppb", "co": "ppm"}


@pytest.fixture
def conformed(feeds: Feeds, sandbox: Sandbox, tmp_path: Path) -> Iterator[Conform]:
    """Conform rows of a feed as the extract at a path."""

    def run(city: str, dataset: str, path: str, rows: list[dict[str, Any]]) -> Outcome:
        outcome = conform_rows(sandbox, feeds[city, dataset], rows, path, tmp_path)
        assert not outcome.answer.rejected, outcome.answer
        return outcome

    return run


def reasons(outcome: Outcome) -> list[list[str]]:
    return [record["reasons"] for record in outcome.records]


# -- rows ------------------------------------------------------------------------------------------


def phuket(**values: Any) -> dict[str, Any]:
    return {
        "StationId": "43t",
        "District": "อ.เมือง",
        "DateTime": "2026-01-15T12:00:00",
        "PM25": 10.0,
    } | values


def test_rows_are_records(conformed: Conform) -> None:
    later = "2026-01-15T13:00:00"
    outcome = conformed(
        "phuket",
        "air_quality",
        "AirQuality/AirQuality_2026_01.parquet",
        [phuket(), phuket(DateTime=later, PM25=-999.0, O3=0.028)],
    )
    first, second = outcome.records
    assert (first["measured_at"], first["pm25_ugm3"], first["station_area_code"]) == (
        "2026-01-15T05:00:00Z",
        10.0,
        "8301",
    )
    assert (second["pm25_ugm3"], second["o3_ppb"]) == (None, 28.0)
    assert [record["row_number"] for record in outcome.records] == [1, 2]


def test_a_rows_layout_says_no_unit(feeds: Feeds) -> None:
    layout = layout_of(feeds["phuket", "air_quality"])
    assert layout.conflict() == ""
    assert {layout.wrong_unit(column) for column in feeds["phuket", "air_quality"].national} == {""}


# -- long ------------------------------------------------------------------------------------------


def long_row(parameter: str, value: float | None, **values: Any) -> dict[str, Any]:
    row = {
        "station_id": "35t",
        "station_name_en": "City Hall",
        "province_code": "50",
        "measured_at": HOUR,
        "parameter": parameter,
        "value": value,
        "unit": UNITS.get(parameter, "index"),
        "quality": "valid",
    }
    return row | values


def hour(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows, filled up with nulls of the parameters that they do not name."""
    named = {row["parameter"] for row in rows}
    return [*rows, *(long_row(name, None) for name in UNITS if name not in named)]


@pytest.fixture
def long(conformed: Conform) -> Callable[..., Outcome]:
    def run(*rows: dict[str, Any]) -> Outcome:
        return conformed(
            "chiang_mai", "air_quality", "air_quality/year=2026/month=01/part-0.parquet", list(rows)
        )

    return run


def test_the_rows_of_one_key_are_one_record(long: Conform) -> None:
    outcome = long(*hour(long_row("pm25", 12.5), long_row("co", 0.4)))
    (record,) = outcome.records
    assert (record["pm25_ugm3"], record["co_ppm"], record["o3_ppb"], record["reasons"]) == (
        12.5,
        0.4,
        None,
        [],
    )
    assert (outcome.answer.source_rows, outcome.answer.records_received) == (6, 1)


def test_a_repeated_equal_row_is_a_source_row_only(long: Conform) -> None:
    outcome = long(*hour(long_row("pm25", 12.5), long_row("pm25", 12.5)))
    assert (
        outcome.answer.source_rows,
        outcome.answer.records_received,
        outcome.answer.records_duplicate,
    ) == (
        7,
        1,
        0,
    )
    assert reasons(outcome) == [[]]


def test_a_repeated_missing_row_is_a_source_row_only(long: Conform) -> None:
    outcome = long(*hour(long_row("pm25", None), long_row("pm25", None), long_row("pm10", 3.0)))
    assert (reasons(outcome), outcome.records[0]["pm25_ugm3"]) == ([[]], None)


@pytest.mark.parametrize("second", [13.0, None], ids=["another value", "a missing value"])
def test_two_values_for_one_parameter_are_conflicting(long: Conform, second: float | None) -> None:
    outcome = long(*hour(long_row("pm25", 12.5), long_row("pm25", second)))
    assert reasons(outcome) == [["conflicting_values"]]


def test_a_conflict_in_one_parameter_does_not_touch_other_records(long: Conform) -> None:
    other = {"measured_at": "2026-01-15T06:00:00+00:00"}
    outcome = long(
        *hour(long_row("pm25", 12.5), long_row("pm25", 13.0)), long_row("pm25", 5.0, **other)
    )
    assert reasons(outcome) == [["conflicting_values"], []]


def test_rows_that_disagree_in_a_shared_column_are_two_records_with_one_key(long: Conform) -> None:
    outcome = long(
        *hour(long_row("pm25", 12.5)), long_row("pm25", 12.5, station_name_en="Town Hall")
    )
    assert outcome.answer.records_received == 2
    assert reasons(outcome) == [["conflicting_values"], ["conflicting_values"]]


def test_a_column_that_no_national_column_reads_does_not_split_a_record(long: Conform) -> None:
    outcome = long(
        *hour(long_row("pm25", 12.5, quality="valid"), long_row("pm10", 20.0, quality="doubtful"))
    )
    assert (outcome.answer.records_received, reasons(outcome)) == (1, [[]])


@pytest.mark.parametrize(
    "unit",
    [
        "ppm",
        "",
        "mg/m3",
        None,
    ],
)
def test_a_value_in_another_unit_is_not_taken(long: Conform, unit: str | None) -> None:
    outcome = long(*hour(long_row("pm25", 12.5), long_row("o3", 0.03, unit=unit)))
    assert reasons(outcome) == [["unexpected_unit:o3_ppb"]]
    assert outcome.records[0]["unplaced"] == (unit or None)


def test_another_unit_of_a_missing_value_is_no_matter(long: Conform) -> None:
    assert reasons(long(*hour(long_row("pm25", 12.5), long_row("o3", None, unit="ppm")))) == [[]]


def test_another_unit_of_one_parameter_does_not_touch_the_others_unit(long: Conform) -> None:
    outcome = long(*hour(long_row("pm25", 12.5, unit="ppm"), long_row("o3", 28.0)))
    assert reasons(outcome) == [["unexpected_unit:pm25_ugm3"]]


def test_a_value_that_is_no_number_is_unreadable(long: Conform) -> None:
    assert reasons(long(*hour(long_row("pm25", float("nan"))))) == [["unreadable:pm25_ugm3"]]


def test_a_parameter_that_the_contract_does_not_know_is_a_warning(long: Conform) -> None:
    outcome = long(*hour(long_row("pm25", 12.5)), long_row("aqi", 40.0))
    assert [(finding.code, finding.consequence) for finding in outcome.answer.findings] == [
        ("unexpected_measure", "warn")
    ]
    assert "'aqi'" in outcome.answer.findings[0].message
    assert reasons(outcome) == [[]]


def test_a_parameter_that_never_comes_rejects_the_extract(
    feeds: Feeds, sandbox: Sandbox, tmp_path: Path
) -> None:
    rows = [long_row(name, 1.0) for name in UNITS if name != "so2"]
    outcome = conform_rows(
        sandbox,
        feeds["chiang_mai", "air_quality"],
        rows,
        "air_quality/year=2026/month=01/part-0.parquet",
        tmp_path,
    )
    assert outcome.codes == ["missing_measure"]
    assert not outcome.file.exists()


def test_an_ignored_parameter_is_neither_carried_nor_warned_of(conformed: Conform) -> None:
    names = {
        "visitors_thai": 10.0,
        "visitors_foreign": 5.0,
        "visitors_total": 15.0,
        "occupancy_rate": 50.5,
        "revenue_thai": 1.0,
        "revenue_foreign": 0.5,
        "revenue_total": 8.2,
        "guests_accommodated": 12.0,
    }
    units = {"occupancy_rate": "percent"} | {
        f"revenue_{kind}": "million_baht" for kind in ("thai", "foreign", "total")
    }
    rows = [
        {
            "province_code": "50",
            "month_start": "2023-02-01",
            "parameter": name,
            "value": value,
            "unit": units.get(name, "persons"),
        }
        for name, value in names.items()
    ]
    outcome = conformed("chiang_mai", "tourism", "tourism/year=2023/part-0.parquet", rows)
    assert outcome.answer.findings == []
    (record,) = outcome.records
    assert (record["month"], record["visitors_total"], record["revenue_total_thb"]) == (
        "2023-02-01",
        15,
        8_200_000.0,
    )


def test_an_empty_long_extract_misses_no_parameter(long: Conform) -> None:
    outcome = long()
    assert (outcome.answer.findings, outcome.answer.records_received, outcome.records) == (
        [],
        0,
        [],
    )


# -- measures --------------------------------------------------------------------------------------

NAMES = {
    "visitorsThai": ("IE", 0),
    "visitorsForeign": ("IE", 0),
    "visitorsTotal": ("IE", 0),
    "occupancyRate": ("P1", 0),
    "revenueThai": ("THB", 6),
    "revenueForeign": ("THB", 6),
    "revenueTotal": ("THB", 6),
}


def measure(name: str, value: float | None, **fields: Any) -> dict[str, Any]:
    unit, multiplier = NAMES.get(name, ("C62", 0))
    return {"name": name, "value": value, "unitCode": unit, "unitMultiplier": multiplier} | fields


def month(*given: dict[str, Any]) -> dict[str, Any]:
    named = {entry["name"] for entry in given}
    return {
        "id": "urn:ngsi-ld:TourismStatistics:rayong:2023-02",
        "type": "TourismStatistics",
        "observationPeriod": {"start": "2023-02-01", "end": "2023-02-28"},
        "refArea": "urn:ngsi-ld:AdministrativeArea:TH21",
        "measures": [*given, *(measure(name, 1.0) for name in NAMES if name not in named)],
    }


@pytest.fixture
def measures(conformed: Conform) -> Callable[..., Outcome]:
    def run(*rows: dict[str, Any]) -> Outcome:
        return conformed("rayong", "tourism", "TourismStatistics/2023.parquet", list(rows))

    return run


def test_a_measure_times_its_multiplier_is_exact(measures: Conform) -> None:
    (record,) = measures(month(measure("revenueTotal", 8.2))).records
    assert record["revenue_total_thb"] == 8_200_000.0


def test_a_count_in_millions_is_a_count(measures: Conform) -> None:
    (record,) = measures(month(measure("visitorsTotal", 8.2, unitMultiplier=6))).records
    assert (record["visitors_total"], record["reasons"]) == (8_200_000, [])


def test_each_measure_states_its_own_multiplier(measures: Conform) -> None:
    (record,) = measures(
        month(
            measure("revenueTotal", 12_962.8),
            measure("revenueThai", 5_000_000.0, unitMultiplier=0),
            measure("visitorsTotal", 12.0, unitMultiplier=3),
        )
    ).records
    assert (record["revenue_total_thb"], record["revenue_thai_thb"]) == (
        12_962_800_000.0,
        5_000_000.0,
    )
    assert (record["visitors_total"], record["month"], record["reasons"]) == (
        12_000,
        "2023-02-01",
        [],
    )


def test_a_figure_without_a_multiplier_is_not_silently_missing(measures: Conform) -> None:
    (record,) = measures(month(measure("visitorsTotal", 12.0, unitMultiplier=None))).records
    assert record["visitors_total"] == 12 or record["reasons"] == ["unreadable:visitors_total"]


def test_a_measure_that_a_row_leaves_out_is_missing(measures: Conform) -> None:
    row = month()
    shorter = row | {
        "observationPeriod": {"start": "2023-03-01", "end": "2023-03-31"},
        "measures": [entry for entry in row["measures"] if entry["name"] != "occupancyRate"],
    }
    outcome = measures(row, shorter)
    assert [record["occupancy_pct"] for record in outcome.records] == [1.0, None]
    assert reasons(outcome) == [[], []]


def test_a_measure_given_twice_alike_counts_once(measures: Conform) -> None:
    outcome = measures(month(measure("visitorsThai", 7.0), measure("visitorsThai", 7.0)))
    assert (outcome.records[0]["visitors_thai"], reasons(outcome)) == (7, [[]])


def test_a_measure_given_twice_with_other_values_is_conflicting(measures: Conform) -> None:
    assert reasons(measures(month(measure("visitorsThai", 7.0), measure("visitorsThai", 8.0)))) == [
        ["conflicting_values"]
    ]


@pytest.mark.parametrize("unit", ["THB", None])
def test_a_measure_in_another_unit_is_not_taken(measures: Conform, unit: str | None) -> None:
    outcome = measures(month(measure("visitorsThai", 7.0, unitCode=unit)))
    assert reasons(outcome) == [["unexpected_unit:visitors_thai"]]
    assert outcome.records[0]["unplaced"] == unit


def test_a_measure_that_the_contract_does_not_know_is_a_warning(measures: Conform) -> None:
    assert measures(month(measure("averageStay", 2.1))).codes == ["unexpected_measure"]


@pytest.mark.parametrize("empty", [[], None])
def test_a_record_whose_measures_are_all_missing_is_kept(
    measures: Conform, empty: list[Any] | None
) -> None:
    later = {"observationPeriod": {"start": "2023-03-01", "end": "2023-03-31"}, "measures": empty}
    outcome = measures(month(), month() | later)
    assert reasons(outcome) == [[], []]
    assert {
        outcome.records[1][name]
        for name in ("visitors_thai", "visitors_total", "revenue_total_thb")
    } == {None}


# -- attributes ------------------------------------------------------------------------------------


def entity(**attributes: Any) -> dict[str, Any]:
    return {
        "id": "urn:ngsi-ld:AirQualityObserved:rayong:29t:1",
        "type": "AirQualityObserved",
        "refDevice": ["urn:ngsi-ld:Device:pcd:29t"],
        "dateObserved": {"type": "DateTime", "value": "2026-01-15T12:00:00+07:00"},
        "location": {"type": "Point", "coordinates": [101.27, 12.67]},
        "stationName": "สถานีตำรวจ",
        "areaServed": "ต.ท่าประดู่ อ.เมือง, จ.ระยอง",
    } | attributes


def attribute(value: float | None, unit: str | None = "GQ") -> dict[str, Any]:
    return {"value": value, "unitCode": unit, "observedAt": "2026-01-15T12:00:00+07:00"}


@pytest.fixture
def attributes(conformed: Conform) -> Callable[..., Outcome]:
    def run(*rows: dict[str, Any]) -> Outcome:
        return conformed("rayong", "air_quality", "AirQualityObserved/2026-01.parquet", list(rows))

    return run


def test_an_attribute_is_its_value(attributes: Conform) -> None:
    (record,) = attributes(entity(pm25=attribute(790.0), o3=attribute(28.0, "61"))).records
    assert (record["station_id"], record["pm25_ugm3"], record["o3_ppb"]) == ("29t", 790.0, 28.0)
    assert (record["lat"], record["lon"], record["station_area_code"]) == (12.67, 101.27, "2101")
    assert (record["station_name_th"], record["measured_at"], record["reasons"]) == (
        "สถานีตำรวจ",
        "2026-01-15T05:00:00Z",
        [],
    )


@pytest.mark.parametrize("unit", ["59", "GQ", None, ""])
def test_an_attribute_in_another_unit_is_not_taken(attributes: Conform, unit: str | None) -> None:
    outcome = attributes(entity(o3=attribute(0.028, unit)))
    assert reasons(outcome) == [["unexpected_unit:o3_ppb"]]
    assert outcome.records[0]["unplaced"] == (unit or None)


def test_an_attribute_without_a_value_is_missing(attributes: Conform) -> None:
    (record,) = attributes(entity(pm25=attribute(None, None), o3=None)).records
    assert (record["pm25_ugm3"], record["o3_ppb"], record["reasons"]) == (None, None, [])


@pytest.mark.parametrize(
    ("devices", "reason"),
    [
        (["urn:ngsi-ld:Device:bma:29t"], "unreadable:station_id"),
        (["29t"], "unreadable:station_id"),
        ([], "missing:station_id"),
        (None, "missing:station_id"),
        ([None], "missing:station_id"),
    ],
)
def test_a_urn_with_another_prefix_is_no_id(
    attributes: Conform, devices: list[Any] | None, reason: str
) -> None:
    assert reasons(attributes(entity(refDevice=devices))) == [[reason]]


# -- months ----------------------------------------------------------------------------------------

MONTHS = [
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
]


def year(text: str | None, *cases: str | None) -> dict[str, Any]:
    return {"ปี พ.ศ.": text, **dict(zip(MONTHS, cases or ["1"] * 12, strict=True)), "รวมทั้งปี": "12"}


@pytest.fixture
def months(conformed: Conform) -> Callable[..., Outcome]:
    def run(*rows: dict[str, Any]) -> Outcome:
        return conformed(
            "bangkok", "dengue_cases", "khai-lueat-ok/khai-lueat-ok_2536-2545.parquet", list(rows)
        )

    return run


def test_a_cell_is_a_record_and_has_its_own_number(months: Conform) -> None:
    outcome = months(year("2536", *map(str, range(12))), year("2537"))
    assert [record["row_number"] for record in outcome.records] == list(range(1, 25))
    assert [record["cases"] for record in outcome.records] == [*range(12), *[1] * 12]
    assert (outcome.records[0]["month"], outcome.records[23]["month"]) == (
        "1993-01-01",
        "1994-12-01",
    )
    assert (outcome.answer.source_rows, outcome.answer.records_received) == (2, 24)


def test_a_missing_cell_is_a_month_without_a_figure(months: Conform) -> None:
    outcome = months(year("2536", "-", None, *["7"] * 10))
    assert [record["cases"] for record in outcome.records[:3]] == [None, None, 7]
    assert reasons(outcome) == [[]] * 12


def test_an_unreadable_cell_concerns_its_month_only(months: Conform) -> None:
    outcome = months(year("2536", "1.5", "x", *["7"] * 10))
    assert reasons(outcome)[:3] == [["unreadable:cases"], ["unreadable:cases"], []]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "missing:month"),
        ("x", "unreadable:month"),
        ("36", "unreadable:month"),
        ("2546", "outside_partition"),
    ],
)
def test_a_row_without_its_year_holds_twelve_months_that_cannot_be_placed(
    months: Conform, text: str | None, reason: str
) -> None:
    assert reasons(months(year(text))) == [[reason]] * 12


def test_a_year_sent_twice_alike_is_twelve_duplicates(months: Conform) -> None:
    outcome = months(year("2536"), year("2536"))
    assert (outcome.answer.records_received, outcome.answer.records_duplicate) == (24, 12)


def test_a_year_sent_twice_conflicts_in_the_months_that_differ_only(months: Conform) -> None:
    outcome = months(year("2536"), year("2536", "2", *["1"] * 11))
    assert outcome.answer.records_duplicate == 11
    conflicting = [
        record["month"] for record in outcome.records if record["reasons"] == ["conflicting_values"]
    ]
    assert conflicting == ["1993-01-01", "1993-01-01"]


# -- units -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "codes"),
    [
        ("ug/m3", {"ug/m3", "GQ"}),
        ("ppb", {"ppb", "61"}),
        ("ppm", {"ppm", "59"}),
        ("persons", {"persons", "IE", "C62"}),
        ("houses", {"houses", "households", "C62"}),
        ("million_baht", {"million_baht"}),
        ("baht", {"baht", "THB"}),
        ("ha", {"ha", "HAR"}),
        ("m2", {"m2", "MTK"}),
        ("rai", {"rai"}),
        ("tonne", {"tonne", "t", "TNE"}),
        ("kg", {"kg", "KGM"}),
        ("mm", {"mm", "MMT"}),
    ],
)
def test_a_unit_goes_by_these_names_and_no_others(unit: str, codes: set[str]) -> None:
    assert set(unit_codes(unit)) == codes
    assert unit_codes(unit)[0] == unit
