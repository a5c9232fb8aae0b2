"""The truth about the population register: every subdistrict on 31 December."""

from dataclasses import dataclass

import geothai
import pyarrow as pa
from geothai.abolished import abolished_areas

from federation_demo.generate.history import years_told
from federation_demo.generate.world import City, Request, districts, stream

YEARS = (2017, 2018, 2019, 2020)
# khwaeng that were being replaced: still listed to 2019, with blanks from 2018
_EBBING: dict[tuple[str, int], tuple[int | None, int | None, int | None, int | None]] = {
    ("104701", 2017): (412, 397, 809, 355),
    ("104701", 2018): (2, 5, 7, None),
    ("104701", 2019): (2, 4, 6, None),
    ("105001", 2017): (203, 188, 391, 1204),
    ("105001", 2018): (None, None, None, 4),
    ("105001", 2019): (2, None, 2, 2),
}
_EBBING_CODES = {code for code, _ in _EBBING}
# mean and spread of the logarithm of a subdistrict's population
_SIZE = {
    "bangkok": (10.0, 0.8),
    "chiang_mai": (8.9, 0.6),
    "phuket": (9.9, 0.6),
    "khon_kaen": (8.9, 0.6),
    "chonburi": (9.3, 0.9),
    "rayong": (9.2, 0.65),
}


@dataclass(frozen=True)
class Area:
    """A subdistrict and its people on 31 December; a blank figure is None. Names have no prefix."""

    code: str
    name: str
    district: str
    male: int | None
    female: int | None
    total: int | None
    houses: int | None


def _places(city: City) -> list[tuple[str, str, str]]:
    current = [
        (place.code, place.name_th, district)
        for code, district, _ in districts(city)
        for place in geothai.subdistricts(code)
    ]
    if city.name != "bangkok":
        return current
    names = {
        area.code[:4]: area.name_th for area in abolished_areas() if area.code in _EBBING_CODES
    }
    # both khwaeng bear the name of their district
    return sorted(current + [(f"{district}01", name, name) for district, name in names.items()])


def _area(place: tuple[str, str, str], people: float, men: float, homes: float) -> Area:
    total = int(people)
    male = round(total * men)
    return Area(*place, male, total - male, total, int(total * homes))


def population_years(request: Request) -> list[int]:
    """Return the years of the register, oldest first."""
    return years_told("population", request, YEARS)


def register(city: City, request: Request, year: int) -> list[Area]:
    """Return the subdistricts that the register lists in a year, by code."""
    listed = []
    for area in _areas(city, request, year):
        if area.code not in _EBBING_CODES:
            listed.append(area)
        elif (area.code, year) in _EBBING:
            figures = _EBBING[area.code, year]
            listed.append(Area(area.code, area.name, area.district, *figures))
    return sorted(listed, key=lambda area: area.code)


def _areas(city: City, request: Request, year: int) -> list[Area]:
    """Return every subdistrict with figures that grow from year to year."""
    places = _places(city)
    count = len(places)
    base = stream(request, city, "population", "base")
    size = base.lognormal(*_SIZE[city.name], count).clip(300, 190_000)
    growth = 1 + base.normal(0.004, 0.008, count)
    men = base.uniform(0.46, 0.51, count)
    homes = base.uniform(0.35, 0.75, count)
    chance = stream(request, city, "population", year).normal(1, 0.001, count)
    people = size * growth ** (year - YEARS[0]) * chance
    return [_area(*row) for row in zip(places, people, men, homes, strict=True)]


def population_truth(city: City, request: Request) -> pa.Table:
    """Return persons and houses by subdistrict and year; blank figures are null."""
    areas = [
        (year, area) for year in population_years(request) for area in register(city, request, year)
    ]
    columns: dict[str, pa.Array] = {
        "city_code": pa.array([city.code] * len(areas), pa.string()),
        "area_code": pa.array([area.code for _, area in areas], pa.string()),
        "year": pa.array([year for year, _ in areas], pa.int64()),
    }
    for name in ("male", "female", "total", "houses"):
        columns[name] = pa.array([getattr(area, name) for _, area in areas], pa.int64())
    return pa.table(columns)
