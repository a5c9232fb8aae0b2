"""The yearly tables of Bangkok: everything is text."""

from datetime import date, datetime
from typing import Any

import pyarrow as pa

from federation_demo.generate.dengue import DengueMonth
from federation_demo.generate.population import Area
from federation_demo.generate.rain import RainDay
from federation_demo.generate.rice import MAJOR, Rice, rai
from federation_demo.generate.thai_text import ERA, MONTHS, SHORT_MONTHS, counted, era_date, trimmed
from federation_demo.generate.tourism import TourismMonth, million_baht
from federation_demo.generate.world import LOCAL

_AGENCIES = {
    "department of highways": "กรมทางหลวง",
    "department of rural roads": "กรมทางหลวงชนบท",
    "expressway authority of thailand": "การทางพิเศษแห่งประเทศไทย",
}


def _text(number: float | None) -> str:
    return "-" if number is None else str(number)


def _accident(row: dict[str, Any]) -> dict[str, str]:
    occurred: datetime = row["occurred_at"].astimezone(LOCAL)
    reported: datetime = row["reported_at"].astimezone(LOCAL)
    return {
        "ปีที่เกิดเหตุ": str(occurred.year + ERA),
        "วันที่เกิดเหตุ": era_date(occurred),
        "เวลา": f"{occurred:%H:%M}",
        "วันที่รายงาน": era_date(reported),
        "เวลาที่รายงาน": f"{reported:%H:%M}",
        "ACC_CODE": row["accident_id"],
        "หน่วยงาน": _AGENCIES[row["agency"]],
        "สายทาง": row["road"],
        "จังหวัด": "กรุงเทพมหานคร",
        "รถคันที่ 1": row["vehicle_type"],
        "มูลเหตุสันนิษฐาน": row["cause"],
        "ลักษณะการเกิดเหตุ": row["accident_type"],
        "สภาพอากาศ": row["weather"],
        "LATITUDE": _text(row["lat"]),
        "LONGITUDE": _text(row["lon"]),
        "จำนวนรถที่เกิดเหตุ (คัน)": str(row["vehicles"]),
        "ผู้เสียชีวิต (คน)": str(row["deaths"]),
        "รวมจำนวนผู้บาดเจ็บ (คน)": str(row["injured"]),
    }


def accident_table(rows: list[dict[str, Any]]) -> pa.Table:
    """Return the register of a year in the city's columns, local dates of the Buddhist era."""
    return pa.Table.from_pylist([_accident(row) for row in rows])


def _person_row(
    code: str, district: str, place: str, figures: list[int | None], day: str
) -> dict[str, str]:
    male, female, total, houses = (counted(figure) for figure in figures)
    return {
        "รหัส": code,
        "เขต": district,
        "แขวง": place,
        "ชาย (คน)": male,
        "หญิง (คน)": female,
        "รวม (คน)": total,
        "บ้าน (หลัง)": houses,
        "ข้อมูล ณ วันที่": day,
    }


def _sums(areas: list[Area], more_houses: int) -> list[int | None]:
    houses = sum(area.houses or 0 for area in areas) + more_houses
    people = [
        sum(getattr(area, name) or 0 for area in areas) for name in ("male", "female", "total")
    ]
    return [*people, houses]


def population_table(areas: list[Area], year: int) -> pa.Table:
    """Return rows of three levels: the city, its districts and their subdistricts."""
    day = era_date(date(year, 12, 31))
    # in 2020 the register counts one house in Bang Bon that no subdistrict has
    extra = {"1050": 1} if year == 2020 else {}
    rows = [_person_row("10", "-", "-", _sums(areas, sum(extra.values())), day)]
    for code in sorted({area.code[:4] for area in areas}):
        inside = [area for area in areas if area.code.startswith(code)]
        district = f"เขต{inside[0].district}"
        rows.append(_person_row(code, district, "-", _sums(inside, extra.get(code, 0)), day))
        for area in inside:
            figures = [area.male, area.female, area.total, area.houses]
            rows.append(_person_row(area.code, district, f"แขวง{area.name}", figures, day))
    return pa.Table.from_pylist(rows)


def tourism_table(year: int, months: list[TourismMonth]) -> pa.Table:
    """Return the months of a fiscal year (Buddhist era); month 1 is October."""
    return pa.Table.from_pylist(
        [
            {
                "ปีงบประมาณ (พ.ศ.)": str(year),
                "เดือนที่ของปีงบประมาณ": str((month.first.month + 2) % 12 + 1),
                "เดือน": MONTHS[month.first.month - 1],
                "นักท่องเที่ยวชาวไทย (คน)": counted(month.thai),
                "นักท่องเที่ยวต่างชาติ (คน)": counted(month.foreign),
                "รวมนักท่องเที่ยว (คน)": counted(month.total),
                "อัตราการเข้าพัก (%)": trimmed(month.occupancy),
                "รายได้จากชาวไทย (ล้านบาท)": trimmed(million_baht(month.thai_steps)),
                "รายได้จากชาวต่างชาติ (ล้านบาท)": trimmed(million_baht(month.foreign_steps)),
                "รายได้รวม (ล้านบาท)": trimmed(million_baht(month.total_steps)),
            }
            for month in months
        ]
    )


def _dengue_row(months: list[DengueMonth]) -> dict[str, str]:
    cases = [month.cases for month in months]
    named = {SHORT_MONTHS[place]: _text(count) for place, count in enumerate(cases)}
    return {
        "ปี พ.ศ.": str(months[0].first.year + ERA),
        **named,
        "รวมทั้งปี": str(sum(count or 0 for count in cases)),
    }


def dengue_table(months: list[DengueMonth]) -> pa.Table:
    """Return a row per year, a column per month and the sum of the year."""
    return pa.Table.from_pylist(
        [_dengue_row(months[start : start + 12]) for start in range(0, len(months), 12)]
    )


def _rice_row(row: Rice) -> dict[str, str]:
    whole = not row.name
    return {
        "ปีเพาะปลูก (พ.ศ.)": str(row.year + ERA),
        "ชนิดข้าว": "ข้าวนาปี" if row.crop == MAJOR else "ข้าวนาปรัง",
        "ระดับ": "จังหวัด" if whole else "เขต",
        "จังหวัด/เขต": "กรุงเทพมหานคร" if whole else f"เขต{row.name}",
        "เนื้อที่เพาะปลูก (ไร่)": counted(rai(row.planted)),
        "เนื้อที่เก็บเกี่ยว (ไร่)": counted(rai(row.harvested)),
        "ผลผลิต (ตัน)": trimmed(row.tonnes),
        "หมายเหตุ": "ผลสำรวจ" if row.is_survey else "-",
    }


def rice_table(rows: list[Rice]) -> pa.Table:
    """Return rows of the city and of its districts, areas in rai."""
    return pa.Table.from_pylist([_rice_row(row) for row in rows])


def _rain_row(day: RainDay) -> dict[str, str]:
    return {
        "รหัสสถานี": day.gauge.station_id,
        "ชื่อสถานี": day.gauge.name_th,
        "แขวง": f"แขวง{day.gauge.subdistrict}",
        "เขต": f"เขต{day.gauge.district}",
        "วันที่": era_date(day.day),
        "ปริมาณฝน (มม.)": "-" if day.mm is None else trimmed(day.mm),
        "ละติจูด": str(day.gauge.latitude),
        "ลองจิจูด": str(day.gauge.longitude),
    }


def rain_table(days: list[RainDay]) -> pa.Table:
    """Return a row per gauge and day."""
    return pa.Table.from_pylist([_rain_row(day) for day in days])
