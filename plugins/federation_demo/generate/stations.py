"""Air quality stations of a city: invented sites in real districts."""

from dataclasses import dataclass
from functools import lru_cache

import geothai
import numpy as np

from federation_demo.generate.world import City, Request, districts, stream

SITES = (
    ("สำนักงาน", "Office"),
    ("โรงเรียน", "School"),
    ("โรงพยาบาล", "Hospital"),
    ("สวนสาธารณะ", "Park"),
    ("สนามกีฬา", "Stadium"),
    ("สถานีสูบน้ำ", "Pumping Station"),
)
POLLUTANTS = ("pm25", "pm10", "o3", "no2", "so2", "co")
_PLACE_CYCLE = 79
_PARTIAL_ADDRESS = 37


@dataclass(frozen=True)
class Station:
    """One station; `district` is empty where the address names none, coordinates are WGS 84."""

    station_id: str
    name_th: str
    name_en: str
    district: str
    subdistrict: str
    longitude: float
    latitude: float


@dataclass(frozen=True)
class Site:
    """A district and a kind of place in it."""

    district_code: str
    district: str
    district_en: str
    kind_th: str
    kind_en: str


def _station_id(city: City, index: int) -> str:
    if city.name == "bangkok":
        return f"bkp{201 + index}t"
    return f"o{city.code}{index + 1:03d}" if index % 3 == 2 else f"{city.code}{index + 1:03d}t"


def site_of(city: City, index: int, turn: int) -> Site:
    """Return an invented site: the `turn`-th district in a cycle, the `index`-th kind of place."""
    areas = districts(city)
    code, district, district_en = areas[turn % len(areas)]
    return Site(code, district, district_en, *SITES[index % len(SITES)])


def point_in(city: City, east: float, north: float, digits: int) -> tuple[float, float]:
    """Return longitude and latitude at shares of the city's box."""
    box = city.box
    longitude = box.west + east * (box.east - box.west)
    latitude = box.south + north * (box.north - box.south)
    return round(longitude, digits), round(latitude, digits)


def _station(city: City, index: int, east: float, north: float) -> Station:
    site = site_of(city, index, index)
    places = geothai.subdistricts(site.district_code)
    place = places[index // len(districts(city)) % len(places)]
    bare = city.name == "bangkok" and index % _PLACE_CYCLE == _PARTIAL_ADDRESS
    blank = " " if index % 4 == 1 else ""
    longitude, latitude = point_in(city, east, north, digits=6)
    return Station(
        station_id=_station_id(city, index),
        name_th=f"{site.kind_th}{place.name_th}{blank}",
        name_en=f"{place.name_en} {site.kind_en}, {site.district_en}",
        district="" if bare else site.district,
        subdistrict=place.name_th,
        longitude=longitude,
        latitude=latitude,
    )


@lru_cache(maxsize=8)
def stations(city: City, request: Request) -> tuple[Station, ...]:
    """Return the stations of a city; the first ones are the same at every scale of one seed."""
    count = city.stations * request.scale
    draws = stream(request, city, "stations", "sites").random((count, 2))
    return tuple(_station(city, i, float(x), float(y)) for i, (x, y) in enumerate(draws))


def instruments(city: City, count: int, period: str) -> dict[str, np.ndarray]:
    """Return for each pollutant the indices of the stations that measure it in a month."""
    index = np.arange(count)
    none = index[:0]
    place = index % city.stations
    fitted = {"pm25": index}
    if city.name == "bangkok":
        fitted["pm10"] = index[place % 5 < 2]
        fitted["o3"] = fitted["co"] = index[place == 8]
        fitted["no2"] = index[place // 2 == 4]
    if city.name == "phuket":
        fitted["no2"] = fitted["so2"] = index
        # the PM10 meter was taken away in the last month
        fitted["pm10"] = none if period == "2026-05" else index
    if city.name == "rayong":
        fitted["pm10"] = index[place < 4]
        fitted |= dict.fromkeys(("o3", "no2", "so2", "co"), index[place == 2])
    return {name: fitted.get(name, none) for name in POLLUTANTS}
