"""The truth about rain: daily sums of invented gauges in August 2017."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import geothai
import pyarrow as pa

from federation_demo.generate.stations import Station, point_in, site_of
from federation_demo.generate.world import City, Request, districts, stream

YEAR, MONTH = 2017, 8
# the parts of a month that were delivered: first and last day
PARTS = {1: (1, 8), 2: (9, 16), 3: (17, 24)}
_GAUGES = {"bangkok": 1, "chiang_mai": 19, "phuket": 1, "khon_kaen": 5, "chonburi": 3, "rayong": 2}
# in the monsoon it rains on about half of the days; a tip of the bucket is 0.2 mm
_WET, _MEAN_TIPS, _LOSS = 0.55, 45.0, 0.02
_PLACES = 7


@dataclass(frozen=True)
class RainDay:
    """One gauge and local day; `tips` are steps of 0.2 mm, None where the gauge was down."""

    gauge: Station
    day: date
    tips: int | None

    @property
    def mm(self) -> float | None:
        """Return the rain of the day in millimetres."""
        return None if self.tips is None else self.tips / 5


def _gauge(city: City, index: int, east: float, north: float) -> Station:
    site = site_of(city, index, index * _PLACES)
    place = geothai.subdistricts(site.district_code)[index // len(districts(city))]
    longitude, latitude = point_in(city, east, north, digits=5)
    return Station(
        station_id=f"R{_letter(city.number)}{_letter(index // 26)}{_letter(index % 26)}",
        name_th=f"{site.kind_th}{place.name_th}",
        name_en=f"{place.name_en} {site.kind_en}, {site.district_en}",
        district=site.district,
        subdistrict=place.name_th,
        longitude=longitude,
        latitude=latitude,
    )


def _letter(number: int) -> str:
    return chr(ord("A") + number)


def gauges(city: City, request: Request) -> list[Station]:
    """Return the rain gauges of a city."""
    draws = stream(request, city, "rainfall", "sites").random((_GAUGES[city.name], 2))
    return [_gauge(city, index, float(x), float(y)) for index, (x, y) in enumerate(draws)]


def rain_part(city: City, request: Request, part: int) -> Iterator[RainDay]:
    """Yield the days of one part of the month, by day and then gauge."""
    rng = stream(request, city, "rainfall", part)
    sites = gauges(city, request)
    first, last = PARTS[part]
    for number in range(first, last + 1):
        day = date(YEAR, MONTH, number)
        wet = rng.random(len(sites)) < _WET
        fallen = rng.exponential(_MEAN_TIPS, len(sites))
        down = rng.random(len(sites)) < _LOSS
        for place, gauge in enumerate(sites):
            tips = int(fallen[place]) if wet[place] else 0
            yield RainDay(gauge, day, None if down[place] else tips)


def rain_truth(city: City, request: Request) -> pa.Table:
    """Return millimetres by gauge and local day; null where a gauge was down."""
    days = [day for part in PARTS for day in rain_part(city, request, part)]
    return pa.table(
        {
            "city_code": [city.code] * len(days),
            "station_id": [day.gauge.station_id for day in days],
            "date": [day.day for day in days],
            "rain_mm": pa.array([day.mm for day in days], pa.float64()),
        }
    )
