"""Reference tables that the build starts from, made from maintained packages and the cities' contracts."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from importlib.metadata import version
from typing import Any

import pyarrow as pa

from federation.areas import all_areas

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2040, 12, 31)

_AREA = pa.schema([
    ("area_code", pa.string()), ("level", pa.string()), ("name_th", pa.string()), ("name_en", pa.string()),
    ("province_code", pa.string()), ("district_code", pa.string()), ("valid_from", pa.date32()),
    ("valid_to", pa.date32()), ("successor_code", pa.string())])


def reference_packages() -> dict[str, str]:
    """Return the packages that reference data are made from, with their versions."""
    return {name: version(name) for name in ("geothai", "holidays")}


def area_table() -> pa.Table:
    """Return every area, in force and abolished, as columns of core.dim_area."""
    rows = [asdict(area) | {"valid_to": area.valid_to and date.fromisoformat(area.valid_to)} for area in all_areas()]
    return pa.Table.from_pylist(rows, schema=_AREA)


def city_table(rows: Iterable[Mapping[str, str]]) -> pa.Table:
    """Return the federated cities as columns of core.dim_city."""
    names = ("city_code", "city", "name_th", "name_en")
    return pa.Table.from_pylist(list(rows), schema=pa.schema([(name, pa.string()) for name in names]))


def date_table() -> pa.Table:
    """Return every day from 1990 to 2040 as columns of core.dim_date.

    Holidays are those of the `holidays` package (Bank of Thailand and cabinet announcements), which knows lunar
    holidays and substitutes for the years announced so far.
    """
    import holidays

    years = range(FIRST_DAY.year, LAST_DAY.year + 1)
    thai, english = (holidays.country_holidays("TH", years=years, language=language) for language in ("th", "en_US"))
    days = (FIRST_DAY + timedelta(days=number) for number in range((LAST_DAY - FIRST_DAY).days + 1))
    return pa.Table.from_pylist([_day(day, thai.get(day), english.get(day)) for day in days], schema=_DATE)


def _day(day: date, holiday_th: str | None, holiday_en: str | None) -> dict[str, Any]:
    # The fiscal year begins on 1 October and is named by the year in which it ends (Budget Procedure Act).
    fiscal_year = day.year + (1 if day.month >= 10 else 0)
    return {
        "date": day, "year": day.year, "be_year": day.year + 543, "month": day.replace(day=1),
        "iso_week": day.isocalendar().week, "day_of_week": day.isoweekday(), "fiscal_year_be": fiscal_year + 543,
        "fiscal_quarter": (day.month + 2) % 12 // 3 + 1, "is_weekend": day.isoweekday() > 5,
        "is_public_holiday": holiday_th is not None, "holiday_name_th": holiday_th, "holiday_name_en": holiday_en,
    }


_DATE = pa.schema([
    ("date", pa.date32()), ("year", pa.int32()), ("be_year", pa.int32()), ("month", pa.date32()),
    ("iso_week", pa.int32()), ("day_of_week", pa.int32()), ("fiscal_year_be", pa.int32()),
    ("fiscal_quarter", pa.int32()), ("is_weekend", pa.bool_()), ("is_public_holiday", pa.bool_()),
    ("holiday_name_th", pa.string()), ("holiday_name_en", pa.string())])
