"""The native files, decoded by hand, say what the truth says."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import geothai
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from federation_demo.generate import CITIES
from support.platforms import truth

ICT = timezone(timedelta(hours=7))
POLLUTANTS = ("pm25_ugm3", "pm10_ugm3", "o3_ppb", "no2_ppb", "so2_ppb", "co_ppm")
THAI = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
SHORT = [
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


def rows(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.ParquetFile(file).read().to_pylist()
    return found


def air_truth(city: str) -> dict[tuple[str, datetime], tuple[float | None, ...]]:
    table = truth("air_quality", city)
    found = {
        (row["station_id"], row["measured_at"].astimezone(UTC)): tuple(
            row[name] for name in POLLUTANTS
        )
        for row in table.to_pylist()
    }
    assert len(found) == len(table)
    return found


def in_month(moment: datetime, year: int, month: int) -> bool:
    return (moment.year, moment.month) == (year, month)


def test_bangkok_air_quality(platforms: Path) -> None:
    headers = [
        "PM2.5 (มคก./ลบ.ม.)",
        "PM10 (มคก./ลบ.ม.)",
        "O3 (ppb)",
        "NO2 (ppb)",
        "SO2 (ppb)",
        "CO (ppm)",
    ]
    decoded, stale = {}, []
    for file in sorted((platforms / "bangkok/khunaphap-akat").iterdir()):
        year, month = int(file.stem[-6:-2]) - 543, int(file.stem[-2:])
        for row in rows(file):
            day, clock = row["วันที่ เวลา"].split(" ")
            parts = [int(part) for part in day.split("/")]
            hour = datetime(parts[2] - 543, parts[1], parts[0], int(clock[:2]), tzinfo=ICT)
            values = tuple(
                None if row[name] in ("-", "-1") else float(row[name]) for name in headers
            )
            if in_month(hour, year, month):
                decoded[row["รหัสสถานี"], hour.astimezone(UTC)] = values
            else:
                stale.append((file.name, hour))
    assert decoded == air_truth("bangkok")
    assert stale == [("khunaphap-akat_256812.parquet", datetime(2025, 3, 20, 4, tzinfo=ICT))]


def test_khon_kaen_air_quality(platforms: Path) -> None:
    decoded = {}
    for row in (row for file in (platforms / "khon_kaen/air").iterdir() for row in rows(file)):
        day, month, year = row["date_th"].split(" ")
        place = SHORT.index(month) + 1
        hour = datetime(2500 + int(year) - 543, place, int(day), int(row["hour"][:2]), tzinfo=ICT)
        pm25, pm10 = (
            None if row[name] == "-" else float(row[name].translate(THAI))
            for name in ("pm25", "pm10")
        )
        gases = (row["o3"], row["no2"], row["so2"], row["co"])
        decoded[row["station"], hour.astimezone(UTC)] = (pm25, pm10, *gases)
    assert decoded == air_truth("khon_kaen")


def test_chiang_mai_air_quality(platforms: Path) -> None:
    decoded: dict[tuple[str, datetime], dict[str, float | None]] = {}
    order = ("pm25", "pm10", "o3", "no2", "so2", "co")
    for file in (platforms / "chiang_mai/air_quality").rglob("*.parquet"):
        year, month = (int(part.name.split("=")[1]) for part in (file.parents[1], file.parents[0]))
        for row in rows(file):
            assert in_month(row["measured_at"].astimezone(ICT), year, month)
            assert (row["value"] is None) == (row["quality"] == "missing")
            key = row["station_id"], row["measured_at"].astimezone(UTC)
            decoded.setdefault(key, {})[row["parameter"]] = row["value"]
    assert all(len(values) == 6 for values in decoded.values())
    whole = {key: tuple(values[name] for name in order) for key, values in decoded.items()}
    assert whole == air_truth("chiang_mai")


def test_phuket_air_quality(platforms: Path) -> None:
    decoded, meterless = {}, set()
    for file in (platforms / "phuket/AirQuality").iterdir():
        for row in rows(file):
            hour = row["DateTime"].to_pydatetime().replace(tzinfo=ICT).astimezone(UTC)
            values = [row[name] for name in ("PM25", "PM10", "O3", "NO2", "SO2", "CO")]
            meterless.add((file.stem[-2:], values[1] == -9999))
            units = (1, 1, 1000, 1000, 1000, 1)
            scaled = (
                None if value < 0 else round(value * unit, 6)
                for value, unit in zip(values, units, strict=True)
            )
            decoded[row["StationId"], hour] = tuple(scaled)
    assert decoded == air_truth("phuket")
    assert {month for month, gone in meterless if gone} == {"05"}


def test_rayong_air_quality(platforms: Path) -> None:
    decoded, stale = {}, []
    units = {"pm25": "GQ", "pm10": "GQ", "o3": "61", "no2": "61", "so2": "61", "co": "59"}
    for file in (platforms / "rayong/AirQualityObserved").iterdir():
        for row in rows(file):
            stamp = row["dateObserved"]["value"]
            device = row["refDevice"][0].removeprefix("urn:ngsi-ld:Device:pcd:")
            assert row["id"] == f"urn:ngsi-ld:AirQualityObserved:rayong:{device}:{stamp}"
            assert row["areaServed"].decode("tis-620").endswith(", ระยอง")
            taken = [row[name] for name in units if row[name] is not None]
            assert {measure["observedAt"] for measure in taken} <= {stamp}
            assert all(
                row[name] is None or row[name]["unitCode"] == unit for name, unit in units.items()
            )
            values = tuple(None if row[name] is None else row[name]["value"] for name in units)
            if stamp.startswith(file.stem):
                decoded[device, datetime.fromisoformat(stamp).astimezone(UTC)] = values
            else:
                stale.append((file.stem, stamp))
    assert decoded == air_truth("rayong")
    assert stale == [("2025-12", "2025-11-23T00:00:00+07:00")]


def test_chonburi_air_quality_once_repeats_are_dropped(platforms: Path) -> None:
    folder = platforms / "chonburi/air-quality"
    decoded = {}
    for file in folder.iterdir():
        found = [tuple(row.values()) for row in rows(file)]
        again = sum(count - 1 for count in Counter(found).values())
        assert 0.002 < again / len(found) < 0.01
        for station, _, _, _, instant, pm25, pm10, o3, co, no2, so2, _ in found:
            hour = datetime.fromtimestamp(instant / 1000, UTC)
            decoded[station, hour] = (pm25, pm10, o3, no2, so2, co)
    assert decoded == air_truth("chonburi")
    first, second = (rows(folder / f"airQuality-202603{end}.parquet") for end in ("", "-resend"))
    assert first != second
    assert Counter(tuple(row.values()) for row in first) == Counter(
        tuple(row.values()) for row in second
    )


def test_chiang_mai_accidents(platforms: Path) -> None:
    decoded: dict[str, dict[str, Any]] = {}
    for file in (platforms / "chiang_mai/road_accidents").rglob("*.parquet"):
        for row in rows(file):
            assert row["occurred_at"].astimezone(ICT).year == int(file.parent.name[-4:])
            accident = decoded.setdefault(row["accident_id"], {})
            assert row["measure"] not in accident
            accident[row["measure"]] = row["value"]
            accident |= {"occurred_at": row["occurred_at"], "cause": row["presumed_cause"]}
            accident |= {"accident_type": row["accident_type"], "weather": row["weather"]}
            accident |= {"lat": row["latitude"], "lon": row["longitude"]}
    expected = truth("road_accidents", "chiang_mai").drop_columns(["city_code"]).to_pylist()
    assert len(expected) == len(decoded)
    assert {row.pop("accident_id"): row for row in expected} == decoded


def test_bangkok_accidents(platforms: Path) -> None:
    decoded = {}
    for file in (platforms / "bangkok/ubattihet-thanon").iterdir():
        for row in rows(file):
            day, month, year = (int(part) for part in row["วันที่เกิดเหตุ"].split("/"))
            hour, minute = (int(part) for part in row["เวลา"].split(":"))
            assert row["ปีที่เกิดเหตุ"] == file.stem[-4:] == str(year)
            occurred = datetime(year - 543, month, day, hour, minute, tzinfo=ICT)
            point = [
                None if row[name] == "-" else float(row[name]) for name in ("LATITUDE", "LONGITUDE")
            ]
            counts = ("ผู้เสียชีวิต (คน)", "รวมจำนวนผู้บาดเจ็บ (คน)", "จำนวนรถที่เกิดเหตุ (คัน)")
            texts = [row[name] for name in ("มูลเหตุสันนิษฐาน", "ลักษณะการเกิดเหตุ", "สภาพอากาศ")]
            decoded[row["ACC_CODE"]] = [
                occurred,
                *(int(row[name]) for name in counts),
                *texts,
                *point,
            ]
    expected = truth("road_accidents", "bangkok").drop_columns(["city_code"]).to_pylist()
    assert {row.pop("accident_id"): list(row.values()) for row in expected} == decoded
    assert 50 < sum(values[-1] is None for values in decoded.values()) < 250


@pytest.mark.parametrize("city", CITIES)
def test_accidents_stand_at_the_edges_of_the_calendar(city: str) -> None:
    local = [
        moment.astimezone(ICT)
        for moment in truth("road_accidents", city)["occurred_at"].to_pylist()
    ]
    for year in (2019, 2020, 2021):
        assert datetime(year, 1, 1, 0, 10, tzinfo=ICT) in local
        assert datetime(year, 12, 31, 23, 50, tzinfo=ICT) in local
    assert date(2020, 2, 29) in {moment.date() for moment in local}


def test_bangkok_population_of_three_levels(platforms: Path) -> None:
    headers = ["ชาย (คน)", "หญิง (คน)", "รวม (คน)", "บ้าน (หลัง)"]
    decoded, gap = {}, {}
    for file in (platforms / "bangkok/prachakon").iterdir():
        year, sums, upper = int(file.stem[-4:]) - 543, Counter[str](), {}
        for row in rows(file):
            code = row["รหัส"]
            numbers = [
                None if row[name] == "-" else int(row[name].replace(",", "")) for name in headers
            ]
            if len(code) == 6:
                assert row["แขวง"].startswith("แขวง")
                decoded[code, year] = numbers
                for level in (2, 4):
                    sums[code[:level]] += numbers[2] or 0
                    sums[code[:level] + " houses"] += numbers[3] or 0
            else:
                assert row["แขวง"] == "-"
                upper[code], upper[f"{code} houses"] = numbers[2] or 0, numbers[3] or 0
        gap |= {
            (year, name): upper[name] - sums[name] for name in upper if upper[name] != sums[name]
        }
    table = truth("population", "bangkok").to_pylist()
    figures = ("male", "female", "total", "houses")
    assert {
        (row["area_code"], row["year"]): [row[name] for name in figures] for row in table
    } == decoded
    assert gap == {(2020, "10 houses"): 1, (2020, "1050 houses"): 1}
    assert Counter(year for _, year in decoded) == {2017: 182, 2018: 182, 2019: 182, 2020: 180}
    assert decoded["105001", 2018][:3] == [None, None, None]
    assert decoded["104701", 2019][3] is None


def test_chonburi_population_lists_pattaya_apart(platforms: Path) -> None:
    decoded = {}
    for file in (platforms / "chonburi/population").iterdir():
        for row in rows(file):
            code = f"{row['provCode']:02d}{row['amphoeCode']:02d}{row['tambonCode']:02d}"
            day = datetime.fromtimestamp(row["asOf"] / 1000, ICT)
            assert (day.month, day.day, day.hour) == (12, 31, 0)
            assert (row["area"] == "เมืองพัทยา") == (code in ("200402", "200408"))
            decoded[code, day.year] = (row["male"], row["female"], row["total"], row["houses"])
    table = truth("population", "chonburi").to_pylist()
    figures = ("male", "female", "total", "houses")
    assert {
        (row["area_code"], row["year"]): tuple(row[name] for name in figures) for row in table
    } == decoded


def test_bangkok_tourism_by_fiscal_month(platforms: Path) -> None:
    decoded = {}
    for file in (platforms / "bangkok/kan-thongthiao").iterdir():
        for row in rows(file):
            fiscal, place = int(file.stem[-4:]) - 543, int(row["เดือนที่ของปีงบประมาณ"])
            month = date(fiscal - 1, place + 9, 1) if place <= 3 else date(fiscal, place - 3, 1)
            numbers = [float(text.replace(",", "")) for text in list(row.values())[3:]]
            decoded[month] = [
                *numbers[:3],
                *(round(number * 1e6) for number in numbers[4:]),
                numbers[3],
            ]
    order = ("visitors_thai", "visitors_foreign", "visitors_total", "revenue_thai_thb",
             "revenue_foreign_thb", "revenue_total_thb", "occupancy_pct")  # fmt: skip
    table = truth("tourism", "bangkok").to_pylist()
    assert {row["month"]: [row[name] for name in order] for row in table} == decoded
    assert len(decoded) == 60


@pytest.mark.parametrize("city", CITIES)
def test_truth_adds_up(city: str) -> None:
    for row in truth("tourism", city).to_pylist():
        assert row["visitors_thai"] + row["visitors_foreign"] == row["visitors_total"]
        assert row["revenue_thai_thb"] + row["revenue_foreign_thb"] == row["revenue_total_thb"]
    people = truth("population", city).filter(pc.field("female").is_valid()).to_pylist()
    assert all(row["male"] + row["female"] == row["total"] for row in people)
    rayong = {row["month"]: row for row in truth("tourism", "rayong").to_pylist()}
    assert set(list(rayong[date(2020, 4, 1)].values())[2:]) == {0}


def test_bangkok_dengue_by_year_and_month(platforms: Path) -> None:
    decoded, sums = {}, set()
    for file in (platforms / "bangkok/khai-lueat-ok").iterdir():
        first, last = (int(year) - 543 for year in file.stem[-9:].split("-"))
        for row in rows(file):
            year = int(row["ปี พ.ศ."]) - 543
            assert first <= year <= last
            cases = [None if row[name] == "-" else int(row[name]) for name in SHORT]
            decoded |= {date(year, place + 1, 1): count for place, count in enumerate(cases)}
            sums.add(sum(count or 0 for count in cases) - int(row["รวมทั้งปี"]))
    assert {
        row["month"]: row["cases"] for row in truth("dengue_cases", "bangkok").to_pylist()
    } == decoded
    assert (len(decoded), sums, decoded[date(1996, 2, 1)]) == (324, {0}, None)


def test_khon_kaen_rice_in_rai_ngan_and_square_wah(platforms: Path) -> None:
    decoded, parts = {}, set()
    codes = {area.name_th: area.code for area in geothai.districts("40")} | {"ทั้งจังหวัด": "40"}
    for row in (row for file in (platforms / "khon_kaen/crop").iterdir() for row in rows(file)):
        crop = {"นาปี": "major_rice", "นาปรัง": "second_rice"}[row["crop"]]
        key = (
            codes[row["amphoe"].removeprefix("อ.")],
            crop,
            1957 + int(row["year_th"].translate(THAI)),
        )
        areas = [row[f"{part}_rai"] * 1600 + row[f"{part}_ngan"] * 400 + row[f"{part}_wah"] * 4
                 for part in ("plant", "harvest")]  # fmt: skip
        decoded[key] = (*(round(area / 10_000, 4) for area in areas), row["product_ton"])
        parts |= {("ngan", row["plant_ngan"]), ("wah", row["plant_wah"] < 100)}
    table = truth("crop_production", "khon_kaen").to_pylist()
    measures = ("planted_area_ha", "harvested_area_ha", "production_t")
    keys = ("area_code", "crop", "crop_year")
    expected = {
        tuple(row[name] for name in keys): tuple(row[name] for name in measures) for row in table
    }
    assert decoded == expected
    assert parts == {("ngan", 0), ("ngan", 1), ("ngan", 2), ("ngan", 3), ("wah", True)}


@pytest.mark.parametrize("city", CITIES)
def test_districts_make_up_their_province(city: str) -> None:
    table = truth("crop_production", city).to_pylist()
    keys = {(row["crop"], row["crop_year"]) for row in table if len(row["area_code"]) == 4}
    assert len(keys) == (3 if city == "phuket" else 5)
    for name in ("planted_area_ha", "harvested_area_ha", "production_t"):
        for key in keys:
            alike = [row for row in table if (row["crop"], row["crop_year"]) == key]
            whole, parts = (
                [row[name] or 0 for row in alike if len(row["area_code"]) == size]
                for size in (2, 4)
            )
            assert whole == [pytest.approx(sum(parts))]


def test_rayong_rain_that_was_not_measured_is_null_as_a_whole(platforms: Path) -> None:
    decoded = {}
    for row in (
        row for file in (platforms / "rayong/RainObserved").iterdir() for row in rows(file)
    ):
        gauge, day = row["id"].split(":")[-2:]
        assert row["refDevice"] == [f"urn:ngsi-ld:Device:hii:{gauge}"]
        assert row["rain"] is None or (row["rain"]["observedAt"], row["rain"]["unitCode"]) == (
            day,
            "MMT",
        )
        decoded[gauge, date.fromisoformat(day)] = row["rain"] and row["rain"]["value"]
    table = truth("rainfall", "rayong").to_pylist()
    assert {(row["station_id"], row["date"]): row["rain_mm"] for row in table} == decoded
    assert len(decoded) == 48


def test_figures_of_the_three_are_plausible() -> None:
    tables = {name: [row for city in CITIES for row in truth(name, city).to_pylist()]
              for name in ("dengue_cases", "crop_production", "rainfall")}  # fmt: skip
    wet = [row for row in tables["dengue_cases"] if row["month"].month in (6, 7, 8, 9)]
    assert sum(row["cases"] or 0 for row in wet) > 0.45 * sum(
        row["cases"] or 0 for row in tables["dengue_cases"]
    )
    assert all(0.8 <= row["production_t"] / row["harvested_area_ha"] <= 7
               for row in tables["crop_production"] if row["harvested_area_ha"] > 10)  # fmt: skip
    planted = [row for row in tables["crop_production"] if row["planted_area_ha"] is not None]
    assert all(row["harvested_area_ha"] <= row["planted_area_ha"] for row in planted)
    rain = [row["rain_mm"] for row in tables["rainfall"]]
    assert None in rain
    assert 20 < max(value for value in rain if value is not None) < 500
