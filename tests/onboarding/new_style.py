"""A seventh city with habits of its own, over the generator's truth: Thai digits, days with
dashes, whole month names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geothai
import pyarrow as pa
import pyarrow.parquet as pq
from federation.conform.profile.calendars import THAI_MONTH_NAMES
from federation_demo.generate import CITIES
from federation_demo.generate.platforms import TRUTHS
from federation_demo.generate.thai_text import thai_digits
from support.platforms import Request

KEY, CODE = "chiang_rai", "57"
CITY = replace(CITIES["khon_kaen"], code=CODE)
Row = dict[str, Any]


def write_platform(folder: Path) -> None:
    """Write the city's extracts below `folder`."""
    for dataset, (path, period, row) in FEEDS.items():
        by_file: dict[str, list[Row]] = {}
        for record in TRUTHS[dataset](CITY, Request(seed=1, months=1)).to_pylist():
            by_file.setdefault(path(period(record)), []).append(row(record))
        for name, rows in by_file.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.Table.from_pylist(rows), folder / name)


def _names(code: str) -> tuple[str, str]:
    return geothai.district(code[:4]).name_th, geothai.subdistrict(code).name_th


def _figure(value: float | None, form: str = ",") -> str:
    return "ไม่มีข้อมูล" if value is None else thai_digits(f"{value:{form}}")


def _population(record: Row) -> Row:
    district, subdistrict = _names(record["area_code"])
    return {
        "อำเภอ": f"อำเภอ{district}",
        "ตำบล": f"ตำบล{subdistrict}",
        "ชาย (คน)": _figure(record["male"]),
        "หญิง (คน)": _figure(record["female"]),
        "รวมประชากร (คน)": _figure(record["total"]),
        "จำนวนบ้าน (หลัง)": _figure(record["houses"]),
        "ข้อมูล ณ วันที่": thai_digits(f"31-12-{record['year'] + 543}"),
    }


def _tourism(record: Row) -> Row:
    month = record["month"]
    return {
        "Province": "จ.เชียงราย",
        "เดือน": f"{THAI_MONTH_NAMES[month.month - 1]} {month.year + 543}",
        "นักท่องเที่ยวไทย": record["visitors_thai"],
        "นักท่องเที่ยวต่างประเทศ": record["visitors_foreign"],
        "นักท่องเที่ยวทั้งหมด": record["visitors_total"],
        "อัตราเข้าพัก (ร้อยละ)": record["occupancy_pct"],
        "รายได้ชาวไทย (บาท)": record["revenue_thai_thb"],
        "รายได้ต่างชาติ (บาท)": record["revenue_foreign_thb"],
        "รายได้ทั้งหมด (บาท)": record["revenue_total_thb"],
    }


def _dengue(record: Row) -> Row:
    month = record["month"]
    return {
        "จังหวัด": "เชียงราย",
        "ปี": month.year + 543,
        "เดือน": month.month,
        "ผู้ป่วยไข้เลือดออก (ราย)": record["cases"],
    }


FEEDS: dict[str, tuple[Callable[[int], str], Callable[[Row], int], Callable[[Row], Row]]] = {
    "population": (
        lambda year: f"ทะเบียนราษฎร์/ประชากร-{year + 543}.parquet",
        lambda row: row["year"],
        _population,
    ),
    "tourism": (
        lambda year: f"ท่องเที่ยว/tour_{year + 543}.parquet",
        lambda row: row["month"].year,
        _tourism,
    ),
    "dengue_cases": (
        lambda year: f"สาธารณสุข/dengue/year={year}/cases.parquet",
        lambda row: row["month"].year,
        _dengue,
    ),
}
