"""Not-a-number: it is named, it can be declared, and it is never a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from federation.conform.sandbox.sandbox import Sandbox
from federation.contracts.model import Feed
from support.native import Outcome, conform_rows

Conform = Callable[..., Outcome]
NAN = float("nan")
PATHS = {
    "phuket": "AirQuality/AirQuality_2026_01.parquet",
    "rayong": "AirQualityObserved/2026-01.parquet",
    "bangkok": "khunaphap-akat/khunaphap-akat_256901.parquet",
}


@pytest.fixture
def conformed(feeds: dict[tuple[str, str], Feed], sandbox: Sandbox, tmp_path: Path) -> Conform:
    def run(city: str, rows: list[dict[str, Any]], *missing: Any) -> Outcome:
        feed = feeds[city, "air_quality"]
        national = tuple(
            replace(
                column,
                facts=column.facts | {"missing": [*column.facts.get("missing", ()), *missing]},
            )
            for column in feed.national
        )
        return conform_rows(sandbox, replace(feed, national=national), rows, PATHS[city], tmp_path)

    return run


def flat(value: float | None, hour: int) -> dict[str, Any]:
    return {
        "StationId": "43t",
        "District": "เมือง",
        "DateTime": f"2026-01-01T{hour:02}:00:00",
        "PM25": value,
    }


def nested(value: float, hour: int) -> dict[str, Any]:
    return {
        "refDevice": ["urn:ngsi-ld:Device:pcd:74t"],
        "dateObserved": {"type": "DateTime", "value": f"2026-01-01T{hour:02}:00:00+07:00"},
        "areaServed": "อ.เมือง ระยอง",
        "pm25": {"value": value, "unitCode": "ug/m3"},
    }


ROWS = {
    "phuket": [flat(NAN if n % 4 == 3 else float(n), n) for n in range(16)],
    "rayong": [nested(NAN if n % 4 == 3 else float(n), n) for n in range(16)],
}


def markers(outcome: Outcome) -> list[tuple[str, str, list[str | float]]]:
    return [
        (f.consequence, f.column, f.parameters["missing"])
        for f in outcome.answer.findings
        if f.code == "undeclared_marker"
    ]


@pytest.mark.parametrize("city", ROWS)
def test_not_a_number_is_named_and_is_no_value(conformed: Conform, city: str) -> None:
    outcome = conformed(city, ROWS[city])
    assert markers(outcome) == [("warn", "pm25_ugm3", ["NaN"])]
    assert "NaN in 4 of the values" in outcome.answer.findings[0].message
    bad = [record for record in outcome.records if record["reasons"]]
    assert [record["reasons"] for record in bad] == [["unreadable:pm25_ugm3"]] * 4
    assert {record["unread"] for record in bad} == {"pm25_ugm3: nan"}
    assert {record["pm25_ugm3"] for record in bad} == {None}


@pytest.mark.parametrize("city", ROWS)
@pytest.mark.parametrize("marker", [NAN, "nan", "NaN"], ids=[".nan", "nan", "NaN"])
def test_declared_it_is_a_missing_value_and_the_record_is_kept(
    conformed: Conform, city: str, marker: float | str
) -> None:
    outcome = conformed(city, ROWS[city], marker)
    assert markers(outcome) == []
    assert not any(record["reasons"] for record in outcome.records)
    assert sum(record["pm25_ugm3"] is None for record in outcome.records) == 4


def test_a_column_of_nothing_else_is_named(conformed: Conform) -> None:
    outcome = conformed("phuket", [flat(NAN, n) for n in range(16)])
    assert markers(outcome) == [("warn", "pm25_ugm3", ["NaN"])]


def test_infinity_is_named(conformed: Conform) -> None:
    rows = [flat(float("-inf") if n == 3 else float(n), n) for n in range(16)]
    assert markers(conformed("phuket", rows)) == [("warn", "pm25_ugm3", ["-inf"])]


def test_the_words_of_text_exports_are_named(conformed: Conform) -> None:
    rows = [
        {"รหัสสถานี": "61t", "เขต": "ลาดพร้าว", "วันที่ เวลา": f"01/01/2569 {n:02}:00", "O3 (ppb)": word}
        for n, word in enumerate(["nan"] * 4 + ["21", "22"] * 6)
    ]
    assert markers(conformed("bangkok", rows)) == [("warn", "o3_ppb", ["nan"])]
    declared = conformed("bangkok", rows, "nan")
    assert markers(declared) == []
    assert not any(record["reasons"] for record in declared.records)
