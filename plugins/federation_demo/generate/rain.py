"""The truth about rain: daily sums of invented gauges in August 2017."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import geothai
import pyarrow as pa

from federation_demo.generate.stations import SITES, Station
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
    areas = districts(city)
    code, district, district_en = areas[index * _PLACES % len(areas)]
    place = geothai.subdistricts(code)[index // len(areas)]
    thai, english = SITES[index % len(SITES)]
    box = city.box
    return Station(
        station_id=f"R{chr(65 + city.number)}{chr(65 + index // 26)}{chr(65 + index % 26)}",
        name_th=f"{thai}{place.name_th}",
        name_en=f"{place.name_en} {english}, {district_en}",
        district=district,
        subdistrict=place.name_th,
        longitude=round(box.west + east * (box.east - box.west), 5),
        latitude=round(box.south + north * (box.north - box.south), 5),
    )


def gauges(city: City, request: Request) -> list[Station]:
    """Return the rain gauges of a city."""
    draws = stream(request, city, "rainfall", "sites").random((_GAUGES[city.name], 2))
    return [_gauge(city, index, float(x), float(y)) for index, (x, y) in enumerate(draws)]


def rain_part(city: City, request: Request, part: int) -> Iterator[RainDay]:
    """Yield the days of one part of the month, by day and then gauge."""
    rng, found = stream(request, city, "rainfall", part), gauges(city, request)
    first, last = PARTS[part]
    for day in range(first, last + 1):
        wet, tips, down = (
            rng.random(len(found)),
            rng.exponential(_MEAN_TIPS, len(found)),
            rng.random(len(found)),
        )
        for place, gauge in enumerate(found):
            fallen = int(tips[place]) if wet[place] < _WET else 0
            yield RainDay(gauge, date(YEAR, MONTH, day), None if down[place] < _LOSS else fallen)


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
