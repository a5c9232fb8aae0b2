"""Khon Kaen: Thai short dates with two-digit years, Thai digits, hour ranges."""

from collections.abc import Iterator
from datetime import date, datetime

import numpy as np
import pyarrow as pa

from federation_demo.generate.accidents import accident_register, accident_years
from federation_demo.generate.air import AirBlock, air_blocks, air_months, measured
from federation_demo.generate.delivery import Delivery, Shape, one
from federation_demo.generate.dengue import DengueMonth, all_dengue_months
from federation_demo.generate.history import fiscal_end, year_end
from federation_demo.generate.population import population_years, register
from federation_demo.generate.rain import RainDay, rain_part, rain_parts
from federation_demo.generate.rice import MAJOR, WAH_PER_RAI, Rice, rice_rows, rice_spans
from federation_demo.generate.shapes.columns import TOP_STEPS, coded, same, steps_text
from federation_demo.generate.stations import stations
from federation_demo.generate.thai_text import (
    ERA,
    SHORT_MONTHS,
    short_date,
    short_month,
    thai_digits,
    trimmed,
)
from federation_demo.generate.tourism import million_baht, tourism_year, tourism_years
from federation_demo.generate.world import LOCAL, City, Month, Request

PROVINCE = "ขก"
_TENTHS = ["-", "-", *(thai_digits(f"{step / 10:.1f}") for step in range(TOP_STEPS + 1))]
_RANGES = [f"{hour:02d}:00 - {hour + 1:02d}:00" for hour in range(24)]
# first and last year of the files of the real extracts that hold several years
_RICE_FILES = ((1981, 1997), (1998, 2010), (2011, 2011), (2012, 2012), (2013, 2013))


def _air_table(city: City, request: Request, month: Month, block: AirBlock) -> pa.Table:
    sites, rows = stations(city, request), len(block.hour)
    days = [short_date(month.first.replace(day=day + 1)) for day in range(month.days)]
    day, hour = np.divmod(block.hour, np.int32(24))
    return pa.table(
        {
            "station": coded(block.station, [site.station_id for site in sites]),
            "station_name": coded(block.station, [site.name_th for site in sites]),
            "prov": same(PROVINCE, rows),
            "date_th": coded(day, days),
            "hour": coded(hour, _RANGES),
            "pm25": steps_text(block.values["pm25"], _TENTHS),
            "pm10": same("-", rows),
            **{gas: measured(block, gas) for gas in ("o3", "co", "no2", "so2")},
        }
    )


def _air_tables(city: City, request: Request, month: Month) -> Iterator[pa.Table]:
    for block in air_blocks(city, request, month):
        yield _air_table(city, request, month, block)


def _air(city: City, request: Request) -> Iterator[Delivery]:
    for month in air_months(request):
        path = f"air/kk_air_{month.year + ERA}_{month.month:02d}.parquet"
        yield Delivery(path, _air_tables(city, request, month), month.last)


_ACCIDENT_TEXTS = {
    "agency": "agency",
    "route": "road",
    "vehicle_type": "vehicle_type",
    "presumed_cause": "cause",
    "accident_type": "accident_type",
    "weather": "weather",
}
_ACCIDENT_COUNTS = {"vehicles": "vehicles", "dead": "deaths", "injured": "injured"}


def _thai_counts(column: pa.ChunkedArray) -> pa.Array:
    return pa.array([thai_digits(count) for count in column.to_pylist()])


def _local_times(column: pa.ChunkedArray) -> list[datetime]:
    return [moment.astimezone(LOCAL) for moment in column.to_pylist()]


def _accident_table(table: pa.Table) -> pa.Table:
    occurred = _local_times(table["occurred_at"])
    reported = _local_times(table["reported_at"])
    columns = {
        "acc_code": table["accident_id"].cast(pa.int32()),
        "prov": [PROVINCE] * len(table),
        "date_th": [short_date(moment) for moment in occurred],
        "time_th": [f"{moment:%H:%M} น." for moment in occurred],
        "report_date_th": [short_date(moment) for moment in reported],
    }
    columns |= {header: table[name] for header, name in _ACCIDENT_TEXTS.items()}
    columns |= {header: _thai_counts(table[name]) for header, name in _ACCIDENT_COUNTS.items()}
    columns |= {"lat": table["lat"], "long": table["lon"]}
    return pa.table(columns)


def _accidents(city: City, request: Request) -> Iterator[Delivery]:
    for year in accident_years(request):
        table = _accident_table(accident_register(city, request, year))
        yield one(f"accident/kk_accident_{year + ERA}.parquet", table, year_end(year))


def _population(city: City, request: Request) -> Iterator[Delivery]:
    for year in population_years(request):
        areas = register(city, request, year)
        table = pa.table(
            {
                "prov": [PROVINCE] * len(areas),
                "code": [thai_digits(area.code) for area in areas],
                "amphoe": [f"อ.{area.district}" for area in areas],
                "tambon": [f"ต.{area.name}" for area in areas],
                "male": [thai_digits(area.male) for area in areas],
                "female": [thai_digits(area.female) for area in areas],
                "total": [thai_digits(area.total) for area in areas],
                "house": pa.array([area.houses for area in areas], pa.int64()),
                "as_of": [short_date(date(year, 12, 31))] * len(areas),
            }
        )
        yield one(f"population/kk_pop_{year + ERA}.parquet", table, year_end(year))


def _tourism(city: City, request: Request) -> Iterator[Delivery]:
    for year in tourism_years(request):
        months = tourism_year(city, request, year)
        table = pa.table(
            {
                "prov": [PROVINCE] * len(months),
                "month_th": [short_month(month.first) for month in months],
                "visit_thai": [month.thai for month in months],
                "visit_foreign": [month.foreign for month in months],
                "visit_all": [month.total for month in months],
                "occupancy": [thai_digits(trimmed(month.occupancy)) for month in months],
                "income_thai": [million_baht(month.thai_steps) for month in months],
                "income_foreign": [million_baht(month.foreign_steps) for month in months],
                "income_all": [million_baht(month.total_steps) for month in months],
            }
        )
        yield one(f"tourism/kk_tourism_{year + ERA}.parquet", table, year_end(year))


def _dengue_table(year: int, months: list[DengueMonth]) -> pa.Table:
    return pa.table(
        {
            "prov": [PROVINCE] * len(months),
            "fiscal_year": pa.array([year] * len(months), pa.int32()),
            "fiscal_month": pa.array(
                [(month.first.month + 2) % 12 + 1 for month in months], pa.int32()
            ),
            "month_th": [SHORT_MONTHS[month.first.month - 1] for month in months],
            "cases": ["-" if month.cases is None else thai_digits(month.cases) for month in months],
        }
    )


def _dengue(city: City, request: Request) -> Iterator[Delivery]:
    fiscal: dict[int, list[DengueMonth]] = {}
    for month in all_dengue_months(city, request):
        # the fiscal year begins in October and bears the later Buddhist year
        fiscal.setdefault(month.first.year + ERA + (month.first.month > 9), []).append(month)
    for year, months in fiscal.items():
        yield one(
            f"dengue/kk_dengue_fy{year}.parquet", _dengue_table(year, months), fiscal_end(year)
        )


def _three_units(name: str, areas: list[int | None]) -> dict[str, pa.Array]:
    """Return an area as rai, ngan and square wah: 1 rai = 4 ngan = 400 square wah."""
    ngan = WAH_PER_RAI // 4
    return {
        f"{name}_rai": pa.array(
            [None if area is None else area // WAH_PER_RAI for area in areas], pa.int64()
        ),
        f"{name}_ngan": pa.array(
            [None if area is None else area % WAH_PER_RAI // ngan for area in areas], pa.int64()
        ),
        f"{name}_wah": pa.array(
            [None if area is None else float(area % ngan) for area in areas], pa.float64()
        ),
    }


def _rice_table(rows: list[Rice]) -> pa.Table:
    return pa.table(
        {
            "prov": [PROVINCE] * len(rows),
            "year_th": [thai_digits((row.year + ERA) % 100) for row in rows],
            "crop": ["นาปี" if row.crop == MAJOR else "นาปรัง" for row in rows],
            "amphoe": [f"อ.{row.name}" if row.name else "ทั้งจังหวัด" for row in rows],
            **_three_units("plant", [row.planted for row in rows]),
            **_three_units("harvest", [row.harvested for row in rows]),
            "product_ton": [row.tonnes for row in rows],
            "farm_price_dec": ["FALSE"] * len(rows),
            "remark": ["ผลสำรวจ" if row.is_survey else "" for row in rows],
        }
    )


def _rice(city: City, request: Request) -> Iterator[Delivery]:
    for first, last in rice_spans(request, _RICE_FILES):
        years = f"{first + ERA}-{last + ERA}" if first < last else str(first + ERA)
        yield one(
            f"crop/kk_rice_{years}.parquet",
            _rice_table([*rice_rows(city, request, first, last)]),
            year_end(last),
        )


def _rain_table(days: list[RainDay]) -> pa.Table:
    return pa.table(
        {
            "station": [day.gauge.station_id for day in days],
            "station_name": [day.gauge.name_th for day in days],
            "tambon": [f"ต.{day.gauge.subdistrict}" for day in days],
            "amphoe": [f"อ.{day.gauge.district}" for day in days],
            "prov": [PROVINCE] * len(days),
            "lat": [day.gauge.latitude for day in days],
            "long": [day.gauge.longitude for day in days],
            "date_th": [short_date(day.day) for day in days],
            "rain_mm": ["-" if day.mm is None else thai_digits(trimmed(day.mm)) for day in days],
        }
    )


def _rain(city: City, request: Request) -> Iterator[Delivery]:
    for part in rain_parts(city, request):
        path = f"rain/kk_rain_{part.month.year + ERA}_{part.month.month:02d}_{part.number}.parquet"
        yield one(path, _rain_table([*rain_part(city, request, part)]), part.last)


SHAPE = Shape(
    "snappy",
    {
        "air_quality": _air,
        "road_accidents": _accidents,
        "population": _population,
        "tourism": _tourism,
        "dengue_cases": _dengue,
        "crop_production": _rice,
        "rainfall": _rain,
    },
)
