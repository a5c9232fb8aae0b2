"""Hours that are counted from 1 to 24, and hours that come a little early."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from federation.common.engine import connect
from federation.common.vocabulary import Consequence
from federation.conform.expressions import on_the_hour
from federation.conform.sandbox.sandbox import Sandbox
from federation.contracts.model import Feed
from support.native import Outcome, conform_rows

Row = dict[str, Any]
Conform = Callable[[str, Iterable[Row]], Outcome]
PM25 = {"parameter": "pm25", "unit": "ug/m3"}
JANUARY, FEBRUARY = datetime(2026, 1, 1), datetime(2026, 2, 1)
MONTHS = ("ม.ค.", "ก.พ.")


def hours(first: datetime, count: int) -> list[datetime]:
    return [first + timedelta(hours=n) for n in range(count)]


def slashed(at: datetime) -> Row:
    return {
        "รหัสสถานี": "61t",
        "เขต": "ลาดพร้าว",
        "วันที่ เวลา": f"{at:%d/%m}/{at.year + 543} {at:%H:%M}",
        "PM2.5 (มคก./ลบ.ม.)": "21",
    }


def slashed_to_24(at: datetime) -> Row:
    if at.hour or at.minute:
        return slashed(at)
    day = at - timedelta(days=1)
    return slashed(at) | {"วันที่ เวลา": f"{day:%d/%m}/{day.year + 543} 24:00"}


def typed(at: datetime) -> Row:
    return {"StationId": "43t", "District": "เมือง", "DateTime": at.isoformat(), "PM25": 21.0}


def iso(at: datetime) -> Row:
    return {
        "refDevice": ["urn:ngsi-ld:Device:pcd:74t"],
        "dateObserved": {"type": "DateTime", "value": f"{at:%Y-%m-%dT%H:%M:%S}+07:00"},
        "areaServed": "อ.เมือง ระยอง",
        "pm25": {"value": 21.0, "unitCode": "ug/m3"},
    }


def iso_to_24(at: datetime) -> Row:
    if at.hour or at.minute:
        return iso(at)
    day = f"{at - timedelta(days=1):%Y-%m-%d}"
    return iso(at) | {"dateObserved": {"type": "DateTime", "value": f"{day}T24:00:00+07:00"}}


def instant(at: datetime) -> Row:
    measured_at = f"{at.isoformat()}+07:00"
    station = {"station_id": "35t", "province_code": "50"}
    return station | {"measured_at": measured_at, "value": 21.0} | PM25


def in_two(at: datetime) -> Row:
    day = at if at.hour else at - timedelta(days=1)
    return {
        "station": "46t",
        "prov": "ขอนแก่น",
        "date_th": f"{day.day} {MONTHS[day.month - 1]} {(day.year + 543) % 100}",
        "hour": f"{at:%H:00}" if at.hour else "24:00",
        "pm25": "๒๑",
    }


PATHS = {
    "bangkok": "khunaphap-akat/khunaphap-akat_256901.parquet",
    "phuket": "AirQuality/AirQuality_2026_01.parquet",
    "rayong": "AirQualityObserved/2026-01.parquet",
    "chiang_mai": "air_quality/year=2026/month=01/part-0.parquet",
    "khon_kaen": "air/kk_air_2569_01.parquet",
}


@pytest.fixture
def conformed(feeds: dict[tuple[str, str], Feed], sandbox: Sandbox, tmp_path: Path) -> Conform:
    def run(city: str, rows: Iterable[Row]) -> Outcome:
        return conform_rows(sandbox, feeds[city, "air_quality"], [*rows], PATHS[city], tmp_path)

    return run


def utc(at: datetime) -> str:
    return f"{at - timedelta(hours=7):%Y-%m-%dT%H:%M:%SZ}"


def told(outcome: Outcome) -> set[tuple[str, Consequence, str]]:
    """What was found of times."""
    codes = ("off_the_hour", "hours_to_24", "other_time_format", "time_zone_shift")
    found = outcome.answer.findings
    return {(f.code, f.consequence, f.column) for f in found if f.code in codes}


# -- 1 to 24 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("city", "row"),
    [
        ("bangkok", slashed_to_24),
        ("bangkok", slashed),
        ("phuket", typed),
        ("rayong", iso_to_24),
        ("rayong", iso),
        ("khon_kaen", in_two),
    ],
)
def test_a_month_of_hours_1_to_24_keeps_its_last_hour(
    conformed: Conform, city: str, row: Callable[[datetime], Row]
) -> None:
    times = hours(JANUARY + timedelta(hours=1), 31 * 24)
    assert times[-1] == FEBRUARY
    outcome = conformed(city, map(row, times))
    assert [record["measured_at"] for record in outcome.records] == [utc(at) for at in times]
    assert not any(record["reasons"] for record in outcome.records)
    assert ("hours_to_24", "warn", "measured_at") in told(outcome)


@pytest.mark.parametrize(("city", "row"), [("bangkok", slashed_to_24), ("rayong", iso_to_24)])
def test_24_00_within_a_month_is_the_next_day(
    conformed: Conform, city: str, row: Callable[[datetime], Row]
) -> None:
    times = hours(JANUARY + timedelta(hours=1), 30 * 24)
    outcome = conformed(city, map(row, times))
    assert [record["measured_at"] for record in outcome.records] == [utc(at) for at in times]
    assert told(outcome) == set()


@pytest.mark.parametrize(("city", "row"), [("bangkok", slashed), ("phuket", typed)])
def test_the_first_hour_of_the_next_month_in_a_month_of_hours_0_to_23_is_a_stranger(
    conformed: Conform, city: str, row: Callable[[datetime], Row]
) -> None:
    outcome = conformed(city, map(row, hours(JANUARY, 31 * 24 + 1)))
    assert outcome.records[-1]["reasons"] == ["outside_partition"]
    assert told(outcome) == set()


def test_hours_that_go_on_behind_the_24th_are_strangers(conformed: Conform) -> None:
    times = hours(JANUARY + timedelta(hours=1), 31 * 24 + 2)
    outcome = conformed("phuket", map(typed, times))
    assert [record["reasons"] for record in outcome.records[-3:]] == [["outside_partition"]] * 3
    assert told(outcome) == set()


def test_a_stranger_alone_makes_no_month(conformed: Conform) -> None:
    outcome = conformed("phuket", [typed(FEBRUARY)])
    assert outcome.records[-1]["reasons"] == ["outside_partition"]


@pytest.mark.parametrize("time", ["24:30", "25:00", "24:01"])
def test_there_is_no_time_after_24_00(conformed: Conform, time: str) -> None:
    rows = [*map(slashed, hours(JANUARY, 9)), slashed(JANUARY) | {"วันที่ เวลา": f"05/01/2569 {time}"}]
    assert conformed("bangkok", rows).records[-1]["reasons"] == ["unreadable:measured_at"]


def test_two_stations_that_end_on_24_00_both_keep_their_hour(conformed: Conform) -> None:
    times = hours(JANUARY + timedelta(hours=1), 31 * 24)
    rows = [typed(at) | {"StationId": name} for at in times for name in ("43t", "44t")]
    outcome = conformed("phuket", rows)
    assert sum(record["measured_at"] == utc(FEBRUARY) for record in outcome.records) == 2
    (finding,) = (f for f in outcome.answer.findings if f.code == "hours_to_24")
    assert finding.records == 2


# -- a little early --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "slip",
    [
        timedelta(microseconds=-1),
        timedelta(milliseconds=-1),
        timedelta(seconds=-1),
        timedelta(minutes=-1),
        timedelta(microseconds=2),
    ],
    ids=str,
)
def test_a_time_a_little_off_belongs_to_its_hour_and_is_told(
    conformed: Conform, slip: timedelta
) -> None:
    times = hours(JANUARY, 48)
    outcome = conformed("phuket", [typed(at + slip * (n % 5 < 2)) for n, at in enumerate(times)])
    assert [record["measured_at"] for record in outcome.records] == [utc(at) for at in times]
    assert not any(record["reasons"] for record in outcome.records)
    assert ("off_the_hour", "warn", "measured_at") in told(outcome)


def test_the_measures_of_one_hour_are_one_record_though_some_came_early(conformed: Conform) -> None:
    rows = []
    for at in hours(JANUARY, 24):
        for name in ("pm25", "pm10", "o3", "co", "no2", "so2"):
            unit = {"pm25": "ug/m3", "pm10": "ug/m3", "co": "ppm"}.get(name, "ppb")
            slip = timedelta(microseconds=name in ("pm10", "co"))
            rows.append(instant(at - slip) | {"parameter": name, "unit": unit})
    outcome = conformed("chiang_mai", rows)
    assert len(outcome.records) == 24
    assert not any(record["reasons"] for record in outcome.records)
    assert {(record["pm10_ugm3"], record["co_ppm"]) for record in outcome.records} == {(21.0, 21.0)}
    assert told(outcome) == {("off_the_hour", "warn", "measured_at")}


@pytest.mark.parametrize(("city", "row"), [("bangkok", slashed), ("rayong", iso)])
def test_texts_a_minute_early_belong_to_their_hour(
    conformed: Conform, city: str, row: Callable[[datetime], Row]
) -> None:
    times = hours(JANUARY, 48)
    outcome = conformed(city, [row(at - timedelta(minutes=1)) for at in times])
    assert [record["measured_at"] for record in outcome.records] == [utc(at) for at in times]
    assert not any(record["reasons"] for record in outcome.records)
    assert told(outcome) == {("off_the_hour", "warn", "measured_at")}


def test_the_last_hour_a_second_early_is_the_24th(conformed: Conform) -> None:
    times = [at - timedelta(seconds=1) for at in hours(JANUARY + timedelta(hours=1), 31 * 24)]
    outcome = conformed("phuket", map(typed, times))
    assert outcome.records[-1]["measured_at"] == utc(FEBRUARY)
    assert {"off_the_hour", "hours_to_24"} <= set(outcome.codes)


def test_half_past_is_no_slip_and_is_told(conformed: Conform) -> None:
    times = [at + timedelta(minutes=30) for at in hours(JANUARY, 24)]
    outcome = conformed("phuket", map(typed, times))
    assert [record["measured_at"] for record in outcome.records] == [utc(at) for at in times]
    assert told(outcome) == {("off_the_hour", "warn", "measured_at")}


def test_times_on_the_hour_are_not_told(conformed: Conform) -> None:
    assert told(conformed("phuket", map(typed, hours(JANUARY, 48)))) == set()


def test_the_nearest_hour_is_a_minute_away_at_most() -> None:
    with connect() as con:
        con.execute("SET TimeZone = 'UTC'")

        def moved(text: str) -> str:
            hour = on_the_hour(f"TIMESTAMPTZ '{text}+00'")
            return str(con.execute(f"SELECT CAST({hour} AS VARCHAR)").fetchall()[0][0])[:-3]

        assert moved("2026-01-01 09:59:00") == "2026-01-01 10:00:00"
        assert moved("2026-01-01 10:01:00") == "2026-01-01 10:00:00"
        assert moved("2026-01-01 09:58:59") == "2026-01-01 09:58:59"
        assert moved("2026-01-01 10:01:01") == "2026-01-01 10:01:01"
        assert con.execute(f"SELECT {on_the_hour('CAST(NULL AS TIMESTAMPTZ)')}").fetchall() == [
            (None,)
        ]
