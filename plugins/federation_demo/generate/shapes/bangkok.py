"""Bangkok: Thai headers, every figure a text, Buddhist era, subtotals, fiscal years."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from federation_demo.generate.accidents import accident_register, accident_years
from federation_demo.generate.air import AirBlock, air_blocks, air_months
from federation_demo.generate.air_index import leading_pollutant, published_index
from federation_demo.generate.delivery import Delivery, Shape, one
from federation_demo.generate.dengue import dengue_months, dengue_spans
from federation_demo.generate.history import fiscal_end, year_end
from federation_demo.generate.population import population_years, register
from federation_demo.generate.rain import rain_part, rain_parts
from federation_demo.generate.rice import rice_rows, rice_spans
from federation_demo.generate.shapes.bangkok_tables import (
    accident_table,
    dengue_table,
    population_table,
    rain_table,
    rice_table,
    tourism_table,
)
from federation_demo.generate.shapes.columns import (
    TOP_STEPS,
    coded,
    month_hours,
    same,
    steps_text,
)
from federation_demo.generate.stations import stations
from federation_demo.generate.thai_text import ERA, era_datetime
from federation_demo.generate.tourism import TourismMonth, tourism_months
from federation_demo.generate.world import City, Month, Request

_WHOLE = ["-", "-1", *map(str, range(1001))]
_TENTHS = ["-", "-1", *(f"{step / 10:.1f}" for step in range(TOP_STEPS + 1))]
_CO = ["-", "-1", *(f"{step / 10:.2f}" for step in range(500))]
_LEADERS = ["PM25", "PM10", "O3", "NO2", "SO2", "CO"]  # in the order of POLLUTANTS
_MEASURES = {
    "PM2.5 (มคก./ลบ.ม.)": ("pm25", _TENTHS),
    "PM10 (มคก./ลบ.ม.)": ("pm10", _WHOLE),
    "O3 (ppb)": ("o3", _WHOLE),
    "CO (ppm)": ("co", _CO),
    "NO2 (ppb)": ("no2", _WHOLE),
    "SO2 (ppb)": ("so2", _WHOLE),
}
STALE_MONTH = Month(2025, 3)
_STALE_VALUE = {"pm25": np.array([293], np.int32)}
STALE = AirBlock(
    np.array([17], np.int32), np.array([19 * 24 + 4], np.int32), _STALE_VALUE, _STALE_VALUE
)
# first and last year of the files of the real extracts that hold several years
_DENGUE_FILES = ((1993, 2002), (2003, 2012), (2013, 2019))
_RICE_FILES = ((1981, 2010), (2011, 2011), (2012, 2012), (2013, 2013))


def _measure(block: AirBlock, name: str, texts: list[str]) -> pa.Array:
    if name not in block.values:
        return same(texts[0], len(block.hour))
    return steps_text(block.values[name], texts)


def _index(block: AirBlock, month: Month) -> pa.Array:
    index = published_index(block.averaged, month)
    return coded(index + 1, ["-999", *map(str, range(int(index.max()) + 1))])


def _air_table(city: City, request: Request, month: Month, block: AirBlock) -> pa.Table:
    sites = stations(city, request)
    districts = [f"เขต{site.district}" if site.district else "-" for site in sites]
    columns = {
        "รหัสสถานี": coded(block.station, [site.station_id for site in sites]),
        "ชื่อสถานี": coded(block.station, [site.name_th for site in sites]),
        "เขต": coded(block.station, districts),
        "วันที่ เวลา": coded(block.hour, [era_datetime(hour) for hour in month_hours(month)]),
    }
    columns |= {header: _measure(block, *measure) for header, measure in _MEASURES.items()}
    columns["AQI (ดัชนี)"] = _index(block, month)
    columns["สารมลพิษหลัก"] = coded(leading_pollutant(block.averaged, month), _LEADERS)
    return pa.table(columns)


def _air_tables(city: City, request: Request, month: Month) -> Iterator[pa.Table]:
    if str(month) == "2025-12":
        # a stale station repeats a reading of last March
        yield _air_table(city, request, STALE_MONTH, STALE)
    for block in air_blocks(city, request, month):
        yield _air_table(city, request, month, block)


def _air(city: City, request: Request) -> Iterator[Delivery]:
    for month in air_months(request):
        name = f"khunaphap-akat_{month.year + ERA}{month.month:02d}.parquet"
        yield Delivery(f"khunaphap-akat/{name}", _air_tables(city, request, month), month.last)


def _accidents(city: City, request: Request) -> Iterator[Delivery]:
    for year in accident_years(request):
        table = accident_table(accident_register(city, request, year).to_pylist())
        yield one(f"ubattihet-thanon/ubattihet-thanon_{year + ERA}.parquet", table, year_end(year))


def _population(city: City, request: Request) -> Iterator[Delivery]:
    for year in population_years(request):
        table = population_table(register(city, request, year), year)
        yield one(f"prachakon/prachakon_{year + ERA}.parquet", table, year_end(year))


def _tourism(city: City, request: Request) -> Iterator[Delivery]:
    fiscal: dict[int, list[TourismMonth]] = {}
    for month in tourism_months(city, request):
        # the fiscal year begins in October and bears the later Buddhist year
        fiscal.setdefault(month.first.year + ERA + (month.first.month > 9), []).append(month)
    for year, months in fiscal.items():
        yield one(
            f"kan-thongthiao/kan-thongthiao_pingop{year}.parquet",
            tourism_table(year, months),
            fiscal_end(year),
        )


def _dengue(city: City, request: Request) -> Iterator[Delivery]:
    for first, last in dengue_spans(request, _DENGUE_FILES):
        name = f"khai-lueat-ok_{first + ERA}-{last + ERA}.parquet"
        yield one(
            f"khai-lueat-ok/{name}",
            dengue_table(dengue_months(city, request, first, last)),
            year_end(last),
        )


def _rice(city: City, request: Request) -> Iterator[Delivery]:
    for first, last in rice_spans(request, _RICE_FILES):
        years = f"{first + ERA}-{last + ERA}" if first < last else str(first + ERA)
        yield one(
            f"kaset-khao/kaset-khao_{years}.parquet",
            rice_table([*rice_rows(city, request, first, last)]),
            year_end(last),
        )


def _rain(city: City, request: Request) -> Iterator[Delivery]:
    for part in rain_parts(city, request):
        name = f"namfon_{part.month.year + ERA}{part.month.month:02d}_{part.number}.parquet"
        yield one(f"namfon/{name}", rain_table([*rain_part(city, request, part)]), part.last)


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
