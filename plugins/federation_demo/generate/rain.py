"""The truth about rain: daily sums of invented gauges, in the real extracts of August 2017."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import geothai
import pyarrow as pa

from federation_demo.generate.history import was_sent
from federation_demo.generate.stations import Station, point_in, site_of
from federation_demo.generate.world import City, Month, Request, districts, stream

_REAL = Month(2017, 8)
_REAL_PARTS = 3  # the last part of the month was not delivered
_FIRST_DAYS = (1, 9, 17, 25)  # of the parts of a month
# months of a platform that is alive: a file for each quarter of a month makes many files
_MONTHS, _MONTHS_OF_THE_NORTH = 3, 12
_GAUGES = {"bangkok": 1, "chiang_mai": 19, "phuket": 1, "khon_kaen": 5, "chonburi": 3, "rayong": 2}
# in the monsoon it rains on about half of the days; a tip of the bucket is 0.2 mm
_WET, _MEAN_TIPS, _LOSS = 0.55, 45.0, 0.02
_WET_BY_MONTH = (0.05, 0.06, 0.1, 0.25, 0.5, 0.5, 0.55, 0.6, 0.65, 0.5, 0.2, 0.08)
_PLACES = 7


@dataclass(frozen=True)
class Part:
    """A quarter of a month, which is one file: its number from 1, its first and last day."""

    month: Month
    number: int
    is_real: bool

    @property
    def first(self) -> date:
        """Return the first day."""
        return self.month.first.replace(day=_FIRST_DAYS[self.number - 1])

    @property
    def last(self) -> date:
        """Return the last day."""
        if self.number == len(_FIRST_DAYS):
            return self.month.last
        return self.month.first.replace(day=_FIRST_DAYS[self.number] - 1)

    def __str__(self) -> str:
        return str(self.number) if self.is_real else f"{self.month}-{self.number}"

    @property
    def wet(self) -> float:
        """Return the share of wet days."""
        return _WET if self.is_real else _WET_BY_MONTH[self.month.month - 1]


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


def rain_parts(city: City, request: Request) -> list[Part]:
    """Return the parts of months that were sent, oldest first."""
    if request.until is None:
        return [Part(_REAL, number + 1, is_real=True) for number in range(_REAL_PARTS)]
    count = _MONTHS_OF_THE_NORTH if city.name == "chiang_mai" else _MONTHS
    newest = request.until.year * 12 + request.until.month - 1
    months = [Month(index // 12, index % 12 + 1) for index in range(newest - count, newest + 1)]
    parts = [Part(month, number, is_real=False) for month in months for number in (1, 2, 3, 4)]
    sent = [part for part in parts if was_sent("rainfall", part.last, request.until)]
    return sent[-count * len(_FIRST_DAYS) :]


def rain_part(city: City, request: Request, part: Part) -> Iterator[RainDay]:
    """Yield the days of one part of a month, by day and then gauge."""
    rng = stream(request, city, "rainfall", part)
    sites = gauges(city, request)
    for number in range((part.last - part.first).days + 1):
        day = part.first + timedelta(days=number)
        wet = rng.random(len(sites)) < part.wet
        fallen = rng.exponential(_MEAN_TIPS, len(sites))
        down = rng.random(len(sites)) < _LOSS
        for place, gauge in enumerate(sites):
            tips = int(fallen[place]) if wet[place] else 0
            yield RainDay(gauge, day, None if down[place] else tips)


def rain_truth(city: City, request: Request) -> pa.Table:
    """Return millimetres by gauge and local day; null where a gauge was down."""
    days = [day for part in rain_parts(city, request) for day in rain_part(city, request, part)]
    return pa.table(
        {
            "city_code": [city.code] * len(days),
            "station_id": [day.gauge.station_id for day in days],
            "date": [day.day for day in days],
            "rain_mm": pa.array([day.mm for day in days], pa.float64()),
        }
    )
