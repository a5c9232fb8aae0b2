"""Rayong: NGSI-LD like entities with structs and lists; names are TIS-620 bytes."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from federation_demo.generate.accidents import accident_register, accident_years
from federation_demo.generate.air import AirBlock, air_blocks, air_months
from federation_demo.generate.air_index import STEPS_PER_UNIT
from federation_demo.generate.delivery import Delivery, Shape, one
from federation_demo.generate.dengue import dengue_months, dengue_spans
from federation_demo.generate.history import year_end
from federation_demo.generate.population import population_years, register
from federation_demo.generate.rain import rain_part, rain_parts
from federation_demo.generate.rice import rice_rows, rice_spans
from federation_demo.generate.shapes.columns import coded, month_hours, same
from federation_demo.generate.shapes.rayong_tables import (
    accident_table,
    dengue_table,
    population_table,
    rain_table,
    rice_table,
    tourism_table,
)
from federation_demo.generate.stations import Station, stations
from federation_demo.generate.thai_text import tis620
from federation_demo.generate.tourism import tourism_year, tourism_years
from federation_demo.generate.world import City, Month, Request

ENTITY = "AirQualityObserved"
_UNITS = {"pm25": "GQ", "pm10": "GQ", "o3": "61", "co": "59", "no2": "61", "so2": "61"}
STALE_MONTH = Month(2025, 11)
_STALE_VALUE = {"pm25": np.array([124], np.int32)}
STALE = AirBlock(np.array([1], np.int32), np.array([22 * 24], np.int32), _STALE_VALUE, _STALE_VALUE)
# first and last year of the files of the real extracts that hold several years
_DENGUE_FILES = ((1993, 2002), (2003, 2012), (2013, 2019))
_RICE_FILES = ((1981, 1999), (2000, 2010), (2011, 2011), (2012, 2012), (2013, 2013))


def _measure(block: AirBlock, name: str, times: pa.DictionaryArray) -> pa.StructArray:
    """Return structs of value, unit code and time; null as a whole where not measured."""
    rows = len(block.hour)
    steps = block.values.get(name, np.full(rows, -1, np.int32))
    children = [pa.array(steps / STEPS_PER_UNIT[name]), same(_UNITS[name], rows), times]
    return pa.StructArray.from_arrays(
        children, names=["value", "unitCode", "observedAt"], mask=pa.array(steps < 0)
    )


def _typed(kind: str, name: str, values: pa.Array) -> pa.StructArray:
    return pa.StructArray.from_arrays([same(kind, len(values)), values], names=["type", name])


def _lists(values: pa.Array, size: int) -> pa.ListArray:
    return pa.ListArray.from_arrays(np.arange(0, len(values) + 1, size, dtype=np.int32), values)


def _points(station: npt.NDArray[np.int32], sites: tuple[Station, ...]) -> pa.StructArray:
    places = np.array([(site.longitude, site.latitude) for site in sites])
    return _typed("Point", "coordinates", _lists(pa.array(places[station].ravel()), 2))


def _address(site: Station) -> str:
    return f"ต.{site.subdistrict} อ.{site.district.replace('เมืองระยอง', 'เมือง')}, ระยอง"


def _air_table(city: City, request: Request, month: Month, block: AirBlock) -> pa.Table:
    sites = stations(city, request)
    hours = [f"{hour:%Y-%m-%dT%H:%M:%S}+07:00" for hour in month_hours(month)]
    times = coded(block.hour, hours)
    devices = coded(block.station, [f"urn:ngsi-ld:Device:pcd:{site.station_id}" for site in sites])
    columns = {
        "id": _ids(city, block, hours, sites),
        "type": same(ENTITY, len(block.hour)),
        "refDevice": _lists(devices, 1),
        "dateObserved": _typed("DateTime", "value", times),
        "location": _points(block.station, sites),
        "stationName": coded(block.station, tis620([site.name_th for site in sites])),
        "areaServed": coded(block.station, tis620([_address(site) for site in sites])),
    }
    columns |= {name: _measure(block, name, times) for name in _UNITS}
    return pa.table(columns)


def _ids(city: City, block: AirBlock, hours: list[str], sites: tuple[Station, ...]) -> pa.Array:
    """Return an id of station and hour for each row."""
    prefixes = pa.array([f"urn:ngsi-ld:{ENTITY}:{city.name}:{site.station_id}:" for site in sites])
    stations_of_rows = prefixes.take(pa.array(block.station))
    hours_of_rows = pa.array(hours).take(pa.array(block.hour))
    return pc.binary_join_element_wise(stations_of_rows, hours_of_rows, "")


def _air_tables(city: City, request: Request, month: Month) -> Iterator[pa.Table]:
    if str(month) == "2025-12":
        # a stale station repeats a reading of November
        yield _air_table(city, request, STALE_MONTH, STALE)
    for block in air_blocks(city, request, month):
        yield _air_table(city, request, month, block)


def _air(city: City, request: Request) -> Iterator[Delivery]:
    for month in air_months(request):
        yield Delivery(f"{ENTITY}/{month}.parquet", _air_tables(city, request, month), month.last)


def _accidents(city: City, request: Request) -> Iterator[Delivery]:
    for year in accident_years(request):
        table = accident_table(city, accident_register(city, request, year).to_pylist())
        yield one(f"RoadAccident/{year}.parquet", table, year_end(year))


def _population(city: City, request: Request) -> Iterator[Delivery]:
    for year in population_years(request):
        table = population_table(city, register(city, request, year), year)
        yield one(f"Population/{year}.parquet", table, year_end(year))


def _tourism(city: City, request: Request) -> Iterator[Delivery]:
    for year in tourism_years(request):
        table = tourism_table(city, tourism_year(city, request, year))
        yield one(f"TourismStatistics/{year}.parquet", table, year_end(year))


def _dengue(city: City, request: Request) -> Iterator[Delivery]:
    for first, last in dengue_spans(request, _DENGUE_FILES):
        table = dengue_table(city, dengue_months(city, request, first, last))
        yield one(f"DiseaseStatistics/dengue-{first}-{last}.parquet", table, year_end(last))


def _rice(city: City, request: Request) -> Iterator[Delivery]:
    for first, last in rice_spans(request, _RICE_FILES):
        years = f"{first}-{last}" if first < last else str(first)
        table = rice_table(city, [*rice_rows(city, request, first, last)])
        yield one(f"CropProduction/{years}.parquet", table, year_end(last))


def _rain(city: City, request: Request) -> Iterator[Delivery]:
    for part in rain_parts(city, request):
        table = rain_table(city, [*rain_part(city, request, part)])
        yield one(
            f"RainObserved/{part.month.year}-{part.month.month:02d}-p{part.number}.parquet",
            table,
            part.last,
        )


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
