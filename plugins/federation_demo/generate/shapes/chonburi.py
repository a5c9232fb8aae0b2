"""Chonburi: epoch milliseconds, codes as numbers, rows sent twice, Pattaya apart."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pyarrow as pa

from federation_demo.generate.accidents import accident_register, accident_years
from federation_demo.generate.air import AirBlock, air_blocks, air_months, epoch_us, measured
from federation_demo.generate.air_index import published_index
from federation_demo.generate.delivery import Delivery, Shape, one
from federation_demo.generate.dengue import dengue_months, dengue_spans
from federation_demo.generate.history import year_end
from federation_demo.generate.population import Area, population_years, register
from federation_demo.generate.rain import RainDay, rain_part, rain_parts
from federation_demo.generate.rice import MAJOR, Rice, hectares, rice_rows, rice_spans
from federation_demo.generate.shapes.columns import coded, some_rows
from federation_demo.generate.stations import stations
from federation_demo.generate.tourism import million_baht, tourism_year, tourism_years
from federation_demo.generate.world import City, Month, Request, stream

REPEATED = 0.005
RESENT = "2026-03"
PATTAYA = ("200402", "200408")
_TEXTS = {
    "agency": "agency",
    "route": "road",
    "vehicleType": "vehicle_type",
    "presumedCause": "cause",
    "accidentType": "accident_type",
    "weather": "weather",
}
# first and last year of the files of the real extracts that hold several years
_DENGUE_FILES = ((1993, 2000), (2001, 2010), (2011, 2019))
_RICE_FILES = ((1981, 1999), (2000, 2010), (2011, 2011), (2012, 2012), (2013, 2013))


def _prov(city: City, count: int) -> pa.Array:
    return pa.array(np.full(count, int(city.code), np.int32))


def _midnight_ms(day: date) -> int:
    return Month(day.year, day.month).start_us // 1000 + (day.day - 1) * 86_400_000


def _air_table(city: City, request: Request, month: Month, block: AirBlock) -> pa.Table:
    sites = stations(city, request)
    index = published_index(block.averaged, month)
    order = ("pm25", "pm10", "o3", "co", "no2", "so2")
    return pa.table(
        {
            "stationId": coded(block.station, [site.station_id for site in sites]),
            "stationName": coded(block.station, [site.name_th for site in sites]),
            "provCode": _prov(city, len(block.hour)),
            "area": coded(block.station, [f"อ.{site.district}" for site in sites]),
            "observedAt": pa.array(epoch_us(block, month) // 1000),
            **{name: measured(block, name) for name in order},
            "aqi": pa.array(index, mask=index < 0),
        }
    )


def _air_tables(city: City, request: Request, month: Month) -> Iterator[pa.Table]:
    """Yield the month, then again some of its rows word for word."""
    rng = stream(request, city, "repeats", month)
    again = []
    for block in air_blocks(city, request, month):
        table = _air_table(city, request, month, block)
        again.append(table.take(some_rows(rng, len(table), REPEATED)))
        yield table
    yield pa.concat_tables(again)


def _resent(city: City, request: Request, month: Month) -> Iterator[pa.Table]:
    table = pa.concat_tables(_air_tables(city, request, month))
    order = stream(request, city, "resend", month).permutation(len(table))
    yield table.take(order)


def _air(city: City, request: Request) -> Iterator[Delivery]:
    for month in air_months(request):
        path = f"air-quality/airQuality-{month.year}{month.month:02d}"
        yield Delivery(f"{path}.parquet", _air_tables(city, request, month), month.last)
        if str(month) == RESENT:
            # another machine sent the month again: other order, other compression
            yield Delivery(
                f"{path}-resend.parquet", _resent(city, request, month), month.last, "zstd"
            )


def _accident_table(city: City, table: pa.Table) -> pa.Table:
    millisecond = pa.timestamp("ms", "UTC")
    times = {"occurredAt": "occurred_at", "reportedAt": "reported_at"}
    columns = {
        "accCode": table["accident_id"].cast(pa.int32()),
        "provCode": _prov(city, len(table)),
    }
    for header, name in times.items():
        columns[header] = table[name].cast(millisecond).cast(pa.int64())
    for header, name in _TEXTS.items():
        columns[header] = table[name]
    for name in ("vehicles", "deaths", "injured"):
        columns[name] = table[name].cast(pa.int32())
    return pa.table(columns | {"lat": table["lat"], "lng": table["lon"]})


def _accidents(city: City, request: Request) -> Iterator[Delivery]:
    for year in accident_years(request):
        table = _accident_table(city, accident_register(city, request, year))
        rows = some_rows(stream(request, city, "repeats", year), len(table), REPEATED)
        both = pa.concat_tables([table, table.take(rows)])
        yield one(f"road-accidents/roadAccidents-{year}.parquet", both, year_end(year))


def _people(city: City, areas: list[Area], year: int) -> pa.Table:
    # Pattaya is listed apart, behind the districts
    listed = sorted(areas, key=lambda area: (area.code in PATTAYA, area.code))
    columns = {
        "provCode": _prov(city, len(listed)),
        "amphoeCode": pa.array([int(area.code[2:4]) for area in listed], pa.int32()),
        "tambonCode": pa.array([int(area.code[4:]) for area in listed], pa.int32()),
        "area": [_district_or_pattaya(area) for area in listed],
        "tambonName": [area.name for area in listed],
    }
    for name in ("male", "female", "total", "houses"):
        columns[name] = pa.array([getattr(area, name) for area in listed], pa.int64())
    columns["asOf"] = [_midnight_ms(date(year, 12, 31))] * len(listed)
    return pa.table(columns)


def _district_or_pattaya(area: Area) -> str:
    return "เมืองพัทยา" if area.code in PATTAYA else f"อ.{area.district}"


def _population(city: City, request: Request) -> Iterator[Delivery]:
    for year in population_years(request):
        table = _people(city, register(city, request, year), year)
        yield one(f"population/population-{year}.parquet", table, year_end(year))


def _tourism(city: City, request: Request) -> Iterator[Delivery]:
    for year in tourism_years(request):
        months = tourism_year(city, request, year)
        table = pa.table(
            {
                "provCode": _prov(city, len(months)),
                "monthStart": [_midnight_ms(month.first) for month in months],
                "visitorsThai": [month.thai for month in months],
                "visitorsForeign": [month.foreign for month in months],
                "visitorsTotal": [month.total for month in months],
                "guestsAccommodated": [month.guests for month in months],
                "occupancyRate": [month.occupancy for month in months],
                "revenueThaiMb": [million_baht(month.thai_steps) for month in months],
                "revenueForeignMb": [million_baht(month.foreign_steps) for month in months],
                "revenueTotalMb": [million_baht(month.total_steps) for month in months],
            }
        )
        yield one(f"tourism/tourism-{year}.parquet", table, year_end(year))


def _dengue(city: City, request: Request) -> Iterator[Delivery]:
    for first, last in dengue_spans(request, _DENGUE_FILES):
        months = dengue_months(city, request, first, last)
        table = pa.table(
            {
                "provCode": _prov(city, len(months)),
                "monthStart": [_midnight_ms(month.first) for month in months],
                "dengueCases": pa.array([month.cases for month in months], pa.int64()),
            }
        )
        yield one(f"dengue/dengueCases-{first}-{last}.parquet", table, year_end(last))


def _rice_table(city: City, rows: list[Rice]) -> pa.Table:
    number, measure = pa.int32(), pa.float64()
    return pa.table(
        {
            "cropYear": pa.array([row.year for row in rows], number),
            "crop": ["majorRice" if row.crop == MAJOR else "secondRice" for row in rows],
            "provCode": _prov(city, len(rows)),
            # 0 is the whole province
            "amphoeCode": pa.array([int(row.code[2:] or 0) for row in rows], number),
            "plantedHa": pa.array([hectares(row.planted) for row in rows], measure),
            "harvestedHa": pa.array([hectares(row.harvested) for row in rows], measure),
            "productionTon": [row.tonnes for row in rows],
        }
    )


def _rice(city: City, request: Request) -> Iterator[Delivery]:
    for first, last in rice_spans(request, _RICE_FILES):
        years = f"{first}-{last}" if first < last else str(first)
        table = _rice_table(city, [*rice_rows(city, request, first, last)])
        yield one(f"crop-production/cropProduction-{years}.parquet", table, year_end(last))


def _rain_table(city: City, days: list[RainDay]) -> pa.Table:
    return pa.table(
        {
            "stationCode": [day.gauge.station_id for day in days],
            "stationName": [day.gauge.name_th for day in days],
            "tambonName": [day.gauge.subdistrict for day in days],
            "amphoeName": [day.gauge.district for day in days],
            "provCode": _prov(city, len(days)),
            "lat": [day.gauge.latitude for day in days],
            "lng": [day.gauge.longitude for day in days],
            "dayStart": [_midnight_ms(day.day) for day in days],
            "rainMm": pa.array([day.mm for day in days], pa.float64()),
        }
    )


def _rain(city: City, request: Request) -> Iterator[Delivery]:
    for part in rain_parts(city, request):
        table = _rain_table(city, [*rain_part(city, request, part)])
        rows = some_rows(stream(request, city, "repeats", f"rain {part}"), len(table), REPEATED)
        both = pa.concat_tables([table, table.take(rows)])
        yield one(
            f"rainfall/rainfall-{part.month.year}{part.month.month:02d}-{part.number}.parquet",
            both,
            part.last,
        )


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
