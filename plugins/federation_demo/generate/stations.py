"""Air quality stations of a city: invented sites in real districts."""

from dataclasses import dataclass
from functools import lru_cache

import geothai
import numpy as np

from federation_demo.generate.world import City, Request, districts, stream

SITES = (
    ("สำนักงาน", "Office"), ("โรงเรียน", "School"), ("โรงพยาบาล", "Hospital"),
    ("สวนสาธารณะ", "Park"), ("สนามกีฬา", "Stadium"), ("สถานีสูบน้ำ", "Pumping Station"),
)  # fmt: skip
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


def _station_id(city: City, index: int) -> str:
    if city.name == "bangkok":
        return f"bkp{201 + index}t"
    return f"o{city.code}{index + 1:03d}" if index % 3 == 2 else f"{city.code}{index + 1:03d}t"


def _station(city: City, index: int, east: float, north: float) -> Station:
    areas = districts(city)
    code, district, district_en = areas[index % len(areas)]
    places = geothai.subdistricts(code)
    place = places[index // len(areas) % len(places)]
    thai, english = SITES[index % len(SITES)]
    box = city.box
    bare = city.name == "bangkok" and index % _PLACE_CYCLE == _PARTIAL_ADDRESS
    return Station(
        station_id=_station_id(city, index),
        name_th=f"{thai}{place.name_th}" + (" " if index % 4 == 1 else ""),
        name_en=f"{place.name_en} {english}, {district_en}",
        district="" if bare else district,
        subdistrict=place.name_th,
        longitude=round(box.west + east * (box.east - box.west), 6),
        latitude=round(box.south + north * (box.north - box.south), 6),
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
    place = index % city.stations
    fitted = {"pm25": index}
    if city.name == "bangkok":
        fitted["pm10"] = index[place % 5 < 2]
        fitted |= {
            "o3": index[place == 8],
            "co": index[place == 8],
            "no2": index[(place // 2) == 4],
        }
    if city.name == "phuket":
        fitted |= {"no2": index, "so2": index}
        # the PM10 meter was taken away in the last month
        fitted["pm10"] = index[:0] if period == "2026-05" else index
    if city.name == "rayong":
        fitted["pm10"] = index[place < 4]
        fitted |= dict.fromkeys(("o3", "no2", "so2", "co"), index[place == 2])
    return {name: fitted.get(name, index[:0]) for name in POLLUTANTS}
