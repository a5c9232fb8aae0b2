"""Reference tables that the build starts from, made from maintained packages and the cities'
contracts."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from importlib.metadata import version
from typing import Any

import pyarrow as pa

from federation.reference.areas import all_areas, successions
from federation.reference.holiday_calendar import holidays_of, is_in_festival

# Series of crops begin in the 1980s; a day that is missing here drops the facts joined to it.
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2040, 12, 31)

FEDERATION = "TH"  # the code of all federated cities together, not of the country

_AREA = pa.schema(
    [
        ("area_code", pa.string()),
        ("level", pa.string()),
        ("name_th", pa.string()),
        ("name_en", pa.string()),
        ("province_code", pa.string()),
        ("district_code", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("valid_to_basis", pa.string()),
        ("successor_code", pa.string()),
        ("current_code", pa.string()),
    ]
)
_SUCCESSION = pa.schema(
    [
        ("area_code", pa.string()),
        ("successor_code", pa.string()),
        ("basis", pa.string()),
        ("in_force_from", pa.date32()),
        ("source", pa.string()),
    ]
)
_CITY = pa.schema(
    [
        ("city_code", pa.string()),
        ("city", pa.string()),
        ("name_th", pa.string()),
        ("name_en", pa.string()),
        ("region", pa.string()),
        ("ascn_member_since", pa.int32()),
        ("depa_dimensions", pa.string()),
        ("is_federation", pa.bool_()),
    ]
)


def reference_packages() -> dict[str, str]:
    """Return the packages that reference data are made from, with their versions."""
    return {name: version(name) for name in ("geothai", "holidays")}


def area_table() -> pa.Table:
    """Return every area, in force and abolished, as columns of core.dim_area."""
    return pa.Table.from_pylist(
        [_dated(asdict(area), "valid_from", "valid_to") for area in all_areas()], schema=_AREA
    )


def succession_table() -> pa.Table:
    """Return which areas took the place of which, as columns of core.bridge_area_successor."""
    return pa.Table.from_pylist(
        [_dated(asdict(entry), "in_force_from") for entry in successions()], schema=_SUCCESSION
    )


def _dated(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return row | {name: row[name] and date.fromisoformat(row[name]) for name in names}


def city_table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Return the federated cities, and the row of all of them together, as columns of
    core.dim_city."""
    cities = [{**row, "is_federation": False} for row in rows]
    return pa.Table.from_pylist([*cities, _federation(cities)], schema=_CITY)


def _federation(cities: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    served = {name for city in cities for name in city["depa_dimensions"].split(", ") if name}
    return {
        "city_code": FEDERATION,
        "name_th": "เมืองที่เข้าร่วมทั้งหมด",
        "name_en": "All federated cities",
        "depa_dimensions": ", ".join(sorted(served)),
        "is_federation": True,
    }


def date_table() -> pa.Table:
    """Return every day from 1970 to 2040 as columns of core.dim_date."""
    days = (FIRST_DAY + timedelta(days=number) for number in range((LAST_DAY - FIRST_DAY).days + 1))
    return pa.Table.from_pylist([_day(day) | _holiday(day) for day in days], schema=_DATE)


def _holiday(day: date) -> dict[str, Any]:
    entry = holidays_of(day.year).get(day)
    return {
        "is_public_holiday": entry is not None,
        "is_government_holiday": entry is not None and entry.is_government_holiday,
        "is_bank_holiday": entry is not None and entry.is_bank_holiday,
        "holiday_kind": entry and entry.kind,
        "holiday_name_th": entry and entry.name_th,
        "holiday_name_en": entry and entry.name_en,
        "is_songkran_period": is_in_festival("songkran", day),
        "is_new_year_period": is_in_festival("new_year", day),
    }


def _day(day: date) -> dict[str, Any]:
    # The fiscal year begins on 1 October and is named by the year in which it ends (Budget
    # Procedure Act).
    fiscal_year = day.year + (1 if day.month >= 10 else 0)
    return {
        "date": day,
        "year": day.year,
        "be_year": day.year + 543,
        "quarter": (day.month + 2) // 3,
        "month": day.replace(day=1),
        "iso_year": day.isocalendar().year,
        "iso_week": day.isocalendar().week,
        "day_of_week": day.isoweekday(),
        "fiscal_year_be": fiscal_year + 543,
        "fiscal_quarter": (day.month + 2) % 12 // 3 + 1,
        "academic_year_be": _academic_year(day) + 543,
        "season": _season(day),
        "is_weekend": day.isoweekday() > 5,
    }


def _academic_year(day: date) -> int:
    """Return the CE year in which the academic year began: 16 May (Ministry of Education
    Regulation, BE 2549)."""
    return day.year if (day.month, day.day) >= (5, 16) else day.year - 1


def _season(day: date) -> str:
    """Return the season by the Thai Meteorological Department's usual dates.

    The real onset differs by year.
    """
    place = (day.month, day.day)
    if (2, 16) <= place < (5, 16):
        return "hot"
    return "rainy" if (5, 16) <= place < (10, 16) else "cool"


_DATE = pa.schema(
    [
        ("date", pa.date32()),
        ("year", pa.int32()),
        ("be_year", pa.int32()),
        ("quarter", pa.int32()),
        ("month", pa.date32()),
        ("iso_year", pa.int32()),
        ("iso_week", pa.int32()),
        ("day_of_week", pa.int32()),
        ("fiscal_year_be", pa.int32()),
        ("fiscal_quarter", pa.int32()),
        ("academic_year_be", pa.int32()),
        ("season", pa.string()),
        ("is_weekend", pa.bool_()),
        ("is_public_holiday", pa.bool_()),
        ("is_government_holiday", pa.bool_()),
        ("is_bank_holiday", pa.bool_()),
        ("holiday_kind", pa.string()),
        ("holiday_name_th", pa.string()),
        ("holiday_name_en", pa.string()),
        ("is_songkran_period", pa.bool_()),
        ("is_new_year_period", pa.bool_()),
    ]
)
