"""Chiang Mai: long tables, UTC timestamps, hive folders by local time."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from federation_demo.generate.accidents import accident_register, accident_years
from federation_demo.generate.air import AirBlock, air_blocks, air_months, epoch_us
from federation_demo.generate.air_index import STEPS_PER_UNIT
from federation_demo.generate.delivery import Delivery, Shape, one
from federation_demo.generate.dengue import dengue_months, dengue_spans
from federation_demo.generate.history import year_end
from federation_demo.generate.population import Area, population_years, register
from federation_demo.generate.rain import RainDay, rain_part, rain_parts
from federation_demo.generate.rice import Rice, rai, rice_rows, rice_years
from federation_demo.generate.shapes.columns import coded, same
from federation_demo.generate.stations import stations
from federation_demo.generate.tourism import TourismMonth, million_baht, tourism_year, tourism_years
from federation_demo.generate.world import City, Month, Request

UTC = pa.timestamp("us", "UTC")
_PARAMETERS = {
    "co": "ppm",
    "no2": "ppb",
    "o3": "ppb",
    "pm10": "ug/m3",
    "pm25": "ug/m3",
    "so2": "ppb",
}
_MEASURES = {"deaths": "persons", "injured": "persons", "vehicles": "vehicles"}
_FIRST = (
    "accident_id",
    "occurred_at",
    "reported_at",
    "province_code",
    "agency",
    "route",
    "vehicle_type",
    "presumed_cause",
    "accident_type",
    "weather",
    "latitude",
    "longitude",
)
_NATIONAL = {
    "province_code": "city_code",
    "route": "road",
    "presumed_cause": "cause",
    "latitude": "lat",
    "longitude": "lon",
}
_POPULATION = pa.schema(
    {
        "area_code": pa.string(),
        "area_name_th": pa.string(),
        "reference_date": pa.date32(),
        "parameter": pa.string(),
        "value": pa.int64(),
        "unit": pa.string(),
    }
)
_RICE = pa.schema(
    {
        "area_code": pa.string(),
        "crop": pa.string(),
        "parameter": pa.string(),
        "value": pa.float64(),
        "unit": pa.string(),
    }
)
# first and last year of the files of the real extracts that hold several years
_DENGUE_FILES = ((1993, 2002), (2003, 2012), (2013, 2019))


def _values(block: AirBlock) -> pa.Array:
    """Return the values of each station hour, six parameters after another; null where absent."""
    values = np.zeros((len(block.hour), len(_PARAMETERS)))
    absent = np.ones(values.shape, np.bool_)
    for column, name in enumerate(_PARAMETERS):
        if name in block.values:
            steps = block.values[name]
            values[:, column], absent[:, column] = steps / STEPS_PER_UNIT[name], steps < 0
    return pa.array(values.ravel(), mask=absent.ravel())


def _air_tables(city: City, request: Request, month: Month) -> Iterator[pa.Table]:
    for block in air_blocks(city, request, month):
        yield _air_table(city, request, month, block)


def _air_table(city: City, request: Request, month: Month, block: AirBlock) -> pa.Table:
    """Return one row per station, hour and parameter."""
    sites = stations(city, request)
    each, rows = len(_PARAMETERS), len(block.hour)
    station = np.repeat(block.station, each)
    parameter = np.tile(np.arange(each, dtype=np.int32), rows)
    values = _values(block)
    absent = values.is_null().to_numpy(zero_copy_only=False)
    return pa.table(
        {
            "station_id": coded(station, [site.station_id for site in sites]),
            "station_name_en": coded(station, [site.name_en for site in sites]),
            "province_code": same(city.code, rows * each),
            "measured_at": pa.array(np.repeat(epoch_us(block, month), each)).cast(UTC),
            "parameter": coded(parameter, list(_PARAMETERS)),
            "value": values,
            "unit": _units(rows),
            "quality": coded(absent.astype(np.int32), ["valid", "missing"]),
        }
    )


def _units(rows: int) -> pa.Array:
    units = sorted(set(_PARAMETERS.values()))
    unit_of = np.array([units.index(unit) for unit in _PARAMETERS.values()], np.int32)
    return coded(np.tile(unit_of, rows), units)


def _air(city: City, request: Request) -> Iterator[Delivery]:
    for month in air_months(request):
        path = f"air_quality/year={month.year}/month={month.month:02d}/part-0.parquet"
        yield Delivery(path, _air_tables(city, request, month), month.last)


def _accidents(city: City, request: Request) -> Iterator[Delivery]:
    for year in accident_years(request):
        table = accident_register(city, request, year)
        thrice = table.take(np.repeat(np.arange(len(table)), len(_MEASURES)))
        columns = {name: thrice[_NATIONAL.get(name, name)] for name in _FIRST}
        counts = np.column_stack([table[measure].to_numpy() for measure in _MEASURES])
        columns |= {
            "measure": pa.array(list(_MEASURES) * len(table)),
            "value": pa.array(counts.ravel()),
            "unit": pa.array(list(_MEASURES.values()) * len(table)),
        }
        yield one(f"road_accidents/year={year}/part-0.parquet", pa.table(columns), year_end(year))


def _people(area: Area, year: int) -> Iterator[dict[str, Any]]:
    figures = {
        "households": (area.houses, "households"),
        "population_female": (area.female, "persons"),
        "population_male": (area.male, "persons"),
        "population_total": (area.total, "persons"),
    }
    place = {
        "area_code": area.code,
        "area_name_th": area.name,
        "reference_date": date(year, 12, 31),
    }
    for parameter, (value, unit) in figures.items():
        yield place | {"parameter": parameter, "value": value, "unit": unit}


def _population(city: City, request: Request) -> Iterator[Delivery]:
    for year in population_years(request):
        rows = [row for area in register(city, request, year) for row in _people(area, year)]
        yield one(
            f"population/year={year}/part-0.parquet",
            pa.Table.from_pylist(rows, _POPULATION),
            year_end(year),
        )


def _visits(city: City, month: TourismMonth) -> Iterator[dict[str, Any]]:
    figures = {
        "guests_accommodated": (month.guests, "persons"),
        "occupancy_rate": (month.occupancy, "percent"),
        "revenue_foreign": (million_baht(month.foreign_steps), "million_baht"),
        "revenue_thai": (million_baht(month.thai_steps), "million_baht"),
        "revenue_total": (million_baht(month.total_steps), "million_baht"),
        "visitors_foreign": (month.foreign, "persons"),
        "visitors_thai": (month.thai, "persons"),
        "visitors_total": (month.total, "persons"),
    }
    for parameter, (value, unit) in figures.items():
        yield {"province_code": city.code, "month_start": month.first, "parameter": parameter,
               "value": float(value), "unit": unit}  # fmt: skip


def _tourism(city: City, request: Request) -> Iterator[Delivery]:
    for year in tourism_years(request):
        rows = [row for month in tourism_year(city, request, year) for row in _visits(city, month)]
        yield one(f"tourism/year={year}/part-0.parquet", pa.Table.from_pylist(rows), year_end(year))


def _dengue(city: City, request: Request) -> Iterator[Delivery]:
    for first, last in dengue_spans(request, _DENGUE_FILES):
        months = dengue_months(city, request, first, last)
        table = pa.table(
            {
                "province_code": [city.code] * len(months),
                "month_start": [month.first for month in months],
                "parameter": ["dengue_cases"] * len(months),
                "value": pa.array([month.cases for month in months], pa.int64()),
                "unit": ["persons"] * len(months),
                "case_definition": ["Total" if last == 2002 else "Suspected and confirmed"]
                * len(months),
            }
        )
        yield one(f"dengue_cases/period={first}-{last}/part-0.parquet", table, year_end(last))


def _harvest(row: Rice) -> Iterator[dict[str, Any]]:
    figures = {
        "harvested_area": (rai(row.harvested), "rai"),
        "planted_area": (rai(row.planted), "rai"),
        "production": (row.tonnes, "tonne"),
    }
    for parameter, (value, unit) in figures.items():
        yield {
            "area_code": row.code,
            "crop": row.crop,
            "parameter": parameter,
            "value": value,
            "unit": unit,
        }


def _rice(city: City, request: Request) -> Iterator[Delivery]:
    for year in rice_years(request):
        rows = [line for row in rice_rows(city, request, year, year) for line in _harvest(row)]
        yield one(
            f"crop_production/crop_year={year}/part-0.parquet",
            pa.Table.from_pylist(rows, _RICE),
            year_end(year),
        )


def _rain_table(city: City, days: list[RainDay]) -> pa.Table:
    return pa.table(
        {
            "station_id": [day.gauge.station_id for day in days],
            "station_name_th": [day.gauge.name_th for day in days],
            "subdistrict_th": [day.gauge.subdistrict for day in days],
            "district_th": [day.gauge.district for day in days],
            "province_code": [city.code] * len(days),
            "latitude": [day.gauge.latitude for day in days],
            "longitude": [day.gauge.longitude for day in days],
            "observed_on": [day.day for day in days],
            "parameter": ["rain"] * len(days),
            "value": pa.array([day.mm for day in days], pa.float64()),
            "unit": ["mm"] * len(days),
        }
    )


def _rain(city: City, request: Request) -> Iterator[Delivery]:
    for part in rain_parts(city, request):
        folder = f"rainfall/year={part.month.year}/month={part.month.month:02d}"
        path = f"{folder}/part-{part.number}.parquet"
        yield one(path, _rain_table(city, [*rain_part(city, request, part)]), part.last)


SHAPE = Shape(
    "zstd",
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
