"""Phuket: local times without zone (INT96), -999 and -9999, ppm and baht, names in many
spellings."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from federation_demo.generate.accidents import accident_register, accident_years
from federation_demo.generate.air import MISSING, AirBlock, air_blocks, air_months, epoch_us
from federation_demo.generate.air_index import STEPS_PER_UNIT, published_index
from federation_demo.generate.delivery import Delivery, Shape, one
from federation_demo.generate.dengue import dengue_months, dengue_spans
from federation_demo.generate.history import year_end
from federation_demo.generate.population import population_years, register
from federation_demo.generate.rain import RainDay, rain_part, rain_parts
from federation_demo.generate.rice import Rice, rai, rice_rows, rice_spans
from federation_demo.generate.shapes.columns import coded
from federation_demo.generate.stations import stations
from federation_demo.generate.tourism import STEP_THB, tourism_year, tourism_years
from federation_demo.generate.world import OFFSET_US, City, Month, Request, stream

NO_VALUE, NO_METER = -999.0, -9999.0
_PROVINCE = ["ภูเก็ต", "ภูเก็ต ", "จ.ภูเก็ต"]
_DISTRICTS = {
    "เมืองภูเก็ต": ["เมืองภูเก็ต", "เมืองภูเก็ต ", "อ.เมือง"],
    "กะทู้": ["กะทู้", "กะทู้ ", "กระทู้ "],
    "ถลาง": ["ถลาง", "ถลาง ", "อ.ถลาง"],
}
# spellings that the offices use beside the official one
_ALSO = {"กะทู้": "กระทู้", "เทพกระษัตรี": "เทพกษัตรี", "รัษฎา": "รัษฏา"}
_COLUMNS = {"PM25": "pm25", "PM10": "pm10", "O3": "o3", "CO": "co", "NO2": "no2", "SO2": "so2"}
_PPB = ("o3", "no2", "so2")
_ACCIDENT = {
    "Agency": "agency",
    "Route": "road",
    "VehicleType": "vehicle_type",
    "PresumedCause": "cause",
    "AccidentType": "accident_type",
    "Weather": "weather",
}
_COUNTS = {"Vehicles": "vehicles", "Fatalities": "deaths", "Injuries": "injured"}
# first and last year of the files of the real extracts that hold several years
_DENGUE_FILES = ((1993, 1999), (2000, 2009), (2010, 2019))
_RICE_FILES = ((1981, 2010), (2011, 2011), (2012, 2012), (2013, 2013))


def _local(utc_us: npt.NDArray[np.int64]) -> pa.Array:
    return pa.array(utc_us + OFFSET_US).cast(pa.timestamp("us"))


def _spelt(rng: np.random.Generator, place: npt.NDArray[np.int32], names: list[str]) -> pa.Array:
    """Return district names, each row in one of the spellings."""
    spellings = [spelling for name in names for spelling in _DISTRICTS[name]]
    return coded(place * 3 + rng.integers(0, 3, len(place), dtype=np.int32), spellings)


def _measure(block: AirBlock, name: str) -> pa.Array:
    if name not in block.values:
        return pa.array(np.full(len(block.hour), NO_METER))
    steps = block.values[name]
    value = steps / (STEPS_PER_UNIT[name] * (1000 if name in _PPB else 1))
    marker = np.where(steps == MISSING, NO_VALUE, NO_METER)
    return pa.array(np.where(steps >= 0, value, marker))


def _air_tables(city: City, request: Request, month: Month) -> Iterator[pa.Table]:
    sites = stations(city, request)
    rng = stream(request, city, "spellings", month)
    for block in air_blocks(city, request, month):
        index = published_index(block.averaged, month)
        columns = {
            "StationId": coded(block.station, [site.station_id for site in sites]),
            "StationName": coded(block.station, [site.name_th for site in sites]),
            "District": _spelt(rng, block.station, [site.district for site in sites]),
            "DateTime": _local(epoch_us(block, month)),
        }
        columns |= {header: _measure(block, name) for header, name in _COLUMNS.items()}
        columns["AQI"] = pa.array(np.where(index < 0, -999, index), pa.int32())
        yield pa.table(columns)


def _air(city: City, request: Request) -> Iterator[Delivery]:
    for month in air_months(request):
        path = f"AirQuality/AirQuality_{month.year}_{month.month:02d}.parquet"
        yield Delivery(path, _air_tables(city, request, month), month.last)


def _us(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    return np.asarray(column.cast(pa.int64()).to_numpy())


def _accidents(city: City, request: Request) -> Iterator[Delivery]:
    for year in accident_years(request):
        table = accident_register(city, request, year)
        variant = stream(request, city, "spellings", f"accidents {year}").integers(0, 3, len(table))
        provinces = pa.array([_PROVINCE[pick] for pick in variant])
        yield one(
            f"RoadAccidents/RoadAccidents_{year}.parquet",
            _accident_table(table, provinces),
            year_end(year),
        )


def _accident_table(table: pa.Table, provinces: pa.Array) -> pa.Table:
    columns = {
        "AccidentId": table["accident_id"].cast(pa.int32()),
        "IncidentDateTime": _local(_us(table["occurred_at"])),
        "ReportDateTime": _local(_us(table["reported_at"])),
        "Province": provinces,
    }
    columns |= {header: table[name] for header, name in _ACCIDENT.items()}
    columns |= {header: table[name].cast(pa.int32()) for header, name in _COUNTS.items()}
    return pa.table(columns | {"Latitude": table["lat"], "Longitude": table["lon"]})


def _subdistrict(rng: np.random.Generator, name: str) -> str:
    written = _ALSO.get(name, name) if rng.random() < 0.4 else name
    prefix = "ต." if rng.random() < 0.4 else ""
    return f"{prefix}{written}" + (" " if rng.random() < 0.3 else "")


def _population(city: City, request: Request) -> Iterator[Delivery]:
    for year in population_years(request):
        areas = register(city, request, year)
        rng = stream(request, city, "spellings", f"population {year}")
        columns: dict[str, Any] = {
            "District": [_DISTRICTS[area.district][rng.integers(0, 3)] for area in areas],
            "Subdistrict": [_subdistrict(rng, area.name) for area in areas],
        }
        for header in ("Male", "Female", "Total", "Houses"):
            figures = [getattr(area, header.lower()) for area in areas]
            columns[header] = pa.array(figures, pa.int32())
        columns["AsOf"] = [date(year, 12, 31)] * len(areas)
        yield one(f"Population/Population_{year}.parquet", pa.table(columns), year_end(year))


def _tourism(city: City, request: Request) -> Iterator[Delivery]:
    for year in tourism_years(request):
        months = tourism_year(city, request, year)
        table = pa.table(
            {
                "Province": [_PROVINCE[1]] * len(months),
                "Year": pa.array([year] * len(months), pa.int32()),
                "Month": pa.array([month.first.month for month in months], pa.int32()),
                "ThaiVisitors": [month.thai for month in months],
                "ForeignVisitors": [month.foreign for month in months],
                "TotalVisitors": [month.total for month in months],
                "OccupancyRate": [month.occupancy for month in months],
                "RevenueThai": [month.thai_steps * STEP_THB for month in months],
                "RevenueForeign": [month.foreign_steps * STEP_THB for month in months],
                "RevenueTotal": [month.total_steps * STEP_THB for month in months],
            }
        )
        yield one(f"Tourism/Tourism_{year}.parquet", table, year_end(year))


def _dengue(city: City, request: Request) -> Iterator[Delivery]:
    for first, last in dengue_spans(request, _DENGUE_FILES):
        months, count = dengue_months(city, request, first, last), pa.int32()
        table = pa.table(
            {
                "Province": [_PROVINCE[1]] * len(months),
                "Year": pa.array([month.first.year for month in months], count),
                "Month": pa.array([month.first.month for month in months], count),
                "Cases": pa.array(
                    [-999 if month.cases is None else month.cases for month in months], count
                ),
            }
        )
        yield one(f"DengueCases/DengueCases_{first}_{last}.parquet", table, year_end(last))


def _figures(values: list[int | None]) -> pa.Array:
    return pa.array([NO_VALUE if value is None else float(value) for value in values])


def _rice_table(rows: list[Rice]) -> pa.Table:
    return pa.table(
        {
            "Year": pa.array([row.year for row in rows], pa.int32()),
            "Crop": ["MajorRice"] * len(rows),
            "AreaLevel": ["District" if row.name else "Province" for row in rows],
            "AreaName": [f"{_ALSO.get(row.name, row.name) or _PROVINCE[0]} " for row in rows],
            "PlantedRai": _figures([rai(row.planted) for row in rows]),
            "HarvestedRai": _figures([rai(row.harvested) for row in rows]),
            "ProductionKg": _figures([row.production * 10 for row in rows]),
        }
    )


def _rice(city: City, request: Request) -> Iterator[Delivery]:
    for first, last in rice_spans(request, _RICE_FILES):
        years = f"{first}_{last}" if first < last else str(first)
        table = _rice_table([*rice_rows(city, request, first, last)])
        yield one(f"CropProduction/CropProduction_{years}.parquet", table, year_end(last))


def _rain_table(days: list[RainDay]) -> pa.Table:
    midnights = [datetime(day.day.year, day.day.month, day.day.day) for day in days]
    return pa.table(
        {
            "StationCode": [day.gauge.station_id for day in days],
            "StationName": [day.gauge.name_th for day in days],
            "Subdistrict": [f"{day.gauge.subdistrict} " for day in days],
            "District": [day.gauge.district for day in days],
            "Province": [_PROVINCE[0]] * len(days),
            "Latitude": [day.gauge.latitude for day in days],
            "Longitude": [day.gauge.longitude for day in days],
            "Date": pa.array(midnights, pa.timestamp("us")),
            "RainMm": [NO_VALUE if day.mm is None else day.mm for day in days],
        }
    )


def _rain(city: City, request: Request) -> Iterator[Delivery]:
    for part in rain_parts(city, request):
        path = f"Rainfall/Rainfall_{part.month.year}_{part.month.month:02d}_P{part.number}.parquet"
        yield one(path, _rain_table([*rain_part(city, request, part)]), part.last)


SHAPE = Shape(
    "gzip",
    {
        "air_quality": _air,
        "road_accidents": _accidents,
        "population": _population,
        "tourism": _tourism,
        "dengue_cases": _dengue,
        "crop_production": _rice,
        "rainfall": _rain,
    },
    old_timestamps=True,
    level=2,
)
