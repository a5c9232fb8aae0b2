"""Thai text is normalised once, at the boundary; what is no text is told apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from federation.conform.sandbox.sandbox import Sandbox
from federation.contracts.model import Feed
from federation.reference.areas import normalise_thai
from support.native import conform, conform_rows, native_table

Feeds = dict[tuple[str, str], Feed]
PATH = "AirQuality/AirQuality_2026_01.parquet"
ROW: dict[str, Any] = {
    "StationId": "43t",
    "District": "เมือง",
    "DateTime": "2026-01-15T12:00:00",
    "PM25": 1.0,
}


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("ลําปาง", "ลำปาง"),  # nikhahit and sara aa for sara am
        ("  เมือง \u200bภูเก็ต ", "เมือง ภูเก็ต"),
        ("\ufeffระยอง", "ระยอง"),
        ("ก\u00ad\u200dข", "กข"),
        ("", ""),
        ("a\n\tb", "a b"),
        ("ภูเก็ต\x1a", "ภูเก็ต"),
        ("43t\x02\0\x7f", "43t"),
        ("\u202eก\u2066ข\uffff", "กข"),
    ],
)
def test_one_spelling_of_a_thai_text(written: str, normal: str) -> None:
    assert normalise_thai(written) == normal
    assert normalise_thai(normal) == normal


def test_text_is_normalised_on_the_way_in(feeds: Feeds, sandbox: Sandbox, tmp_path: Path) -> None:
    rows = [ROW | {"StationName": "เทศบาลตําบล  ป่าคลอก\u200b "}]
    (record,) = conform_rows(sandbox, feeds["phuket", "air_quality"], rows, PATH, tmp_path).records
    assert record["station_name_th"] == "เทศบาลตำบล ป่าคลอก"


def test_bytes_that_are_no_utf_8_are_unreadable(
    feeds: Feeds, sandbox: Sandbox, tmp_path: Path
) -> None:
    feed = feeds["phuket", "air_quality"]
    table = native_table(feed, [ROW, ROW | {"StationId": "44t"}])
    data = pa.array([b"\xa1\xd2\xc3", "ดี".encode()], pa.binary())
    broken = pa.StringArray.from_buffers(2, data.buffers()[1], data.buffers()[2])
    pq.write_table(
        table.set_column(1, "StationName", broken), tmp_path / "x.parquet", store_schema=False
    )
    outcome = conform(sandbox, feed, tmp_path / "x.parquet", PATH, tmp_path / "out.parquet")
    assert [(record["station_name_th"], record["reasons"]) for record in outcome.records] == [
        (None, ["unreadable:station_name_th"]),
        ("ดี", []),
    ]


def test_bytes_that_are_no_tis_620_are_unreadable(
    feeds: Feeds, sandbox: Sandbox, tmp_path: Path
) -> None:
    entity = {
        "refDevice": ["urn:ngsi-ld:Device:pcd:29t"],
        "dateObserved": {"value": "2026-01-15T12:00:00+07:00"},
    }
    rows = [
        entity | {"stationName": b"\xff\xfe"},
        entity | {"stationName": "ระยอง", "refDevice": ["urn:ngsi-ld:Device:pcd:30t"]},
    ]
    outcome = conform_rows(
        sandbox,
        feeds["rayong", "air_quality"],
        rows,
        "AirQualityObserved/2026-01.parquet",
        tmp_path,
    )
    assert [(record["station_name_th"], record["reasons"]) for record in outcome.records] == [
        (None, ["unreadable:station_name_th"]),
        ("ระยอง", []),
    ]


WINDOWS = {
    b"\xb6\xb9\xb9 \x96 \xcb\xb9\xcd\xa7": "ถนน – หนอง",
    b"\x91\xa1\x92 \x93\xa2\x94": "‘ก’ “ข”",
    b"\xa1\x85": "ก…",
    b"\xa1\xa2\xa0\xa0": "กข",
    b"\xa1\xa0\xa2": "ก ข",
}


@pytest.mark.parametrize("written", WINDOWS)
def test_what_windows_calls_tis_620_is_read_without_loss(
    feeds: Feeds, sandbox: Sandbox, tmp_path: Path, written: bytes
) -> None:
    rows = [
        {
            "refDevice": [f"urn:ngsi-ld:Device:pcd:{n}t"],
            "dateObserved": {"value": "2026-01-15T12:00:00+07:00"},
            "stationName": written,
        }
        for n in range(12)
    ]
    path = "AirQualityObserved/2026-01.parquet"
    outcome = conform_rows(sandbox, feeds["rayong", "air_quality"], rows, path, tmp_path)
    assert outcome.codes == []
    assert {record["station_name_th"] for record in outcome.records} == {WINDOWS[written]}
    assert not any(record["reasons"] for record in outcome.records)


def test_control_letters_are_left_out_and_told_inside_structs_too(
    feeds: Feeds, sandbox: Sandbox, tmp_path: Path
) -> None:
    rows = [
        {
            "refDevice": [f"urn:ngsi-ld:Device:pcd:{n}t\0"],
            "dateObserved": {"value": "2026-01-15T12:00:00+07:00 \x1a"},
            "stationName": "ระยอง\x1a",
        }
        for n in range(12)
    ]
    path = "AirQualityObserved/2026-01.parquet"
    outcome = conform_rows(sandbox, feeds["rayong", "air_quality"], rows, path, tmp_path)
    assert [record["station_id"] for record in outcome.records] == [f"{n}t" for n in range(12)]
    assert {record["station_name_th"] for record in outcome.records} == {"ระยอง"}
    assert not any(record["reasons"] for record in outcome.records)
    told = {
        (f.column, f.consequence) for f in outcome.answer.findings if f.code == "control_letters"
    }
    assert told == {(name, "warn") for name in ("station_id", "measured_at", "station_name_th")}


# -- repeats ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "order", [slice(None), slice(None, None, -1)], ids=["readable last", "readable first"]
)
def test_a_readable_record_is_no_copy_of_an_unreadable_one(
    feeds: Feeds, sandbox: Sandbox, tmp_path: Path, order: slice
) -> None:
    shared = {"prov": "ขก", "code": "๔๐๐๑๐๑", "as_of": "31 ธ.ค. 63", "house": 5}
    rows = [shared | {"male": "สิบ"}, shared | {"male": "-"}][order]
    outcome = conform_rows(
        sandbox, feeds["khon_kaen", "population"], rows, "population/kk_pop_2563.parquet", tmp_path
    )
    unreadable = next(
        record for record in outcome.records if "unreadable:male" in record["reasons"]
    )
    readable = next(
        record for record in outcome.records if "unreadable:male" not in record["reasons"]
    )
    assert (readable["is_duplicate"], unreadable["is_duplicate"]) == (False, False)


def test_a_record_of_the_city_is_no_copy_of_another_provinces(
    feeds: Feeds, sandbox: Sandbox, tmp_path: Path
) -> None:
    accident = {"accCode": 7, "occurredAt": 1546300800000, "deaths": 1, "injured": 0, "vehicles": 1}
    rows = [accident | {"provCode": 21}, accident | {"provCode": 20}]
    outcome = conform_rows(
        sandbox,
        feeds["chonburi", "road_accidents"],
        rows,
        "road-accidents/roadAccidents-2019.parquet",
        tmp_path,
    )
    assert [record["is_duplicate"] for record in outcome.records] == [False, False]
