"""The truth about rice: area and production by province and district, in the real extracts of the
crop years 1981 to 2013."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from federation_demo.generate.history import Span, spans_told, years_told
from federation_demo.generate.world import City, Request, districts, stream

YEARS = range(1981, 2014)
MAJOR, SECOND = "major_rice", "second_rice"
# first year of the province's row, first year of the districts' rows
_FIRST = {MAJOR: (1981, 2011), SECOND: (1988, 2012)}
# 1 rai = 400 square wah = 1,600 m²
WAH_PER_RAI, WAH_PER_HECTARE = 400, 2500
# rai planted in the first and in the last year, tonnes per hectare
_USUAL = {
    ("bangkok", MAJOR): (280_000, 110_000, 4.0),
    ("bangkok", SECOND): (60_000, 125_000, 4.3),
    ("chiang_mai", MAJOR): (640_000, 480_000, 3.6),
    ("chiang_mai", SECOND): (40_000, 215_000, 4.2),
    ("phuket", MAJOR): (12_000, 400, 2.8),
    ("khon_kaen", MAJOR): (1_950_000, 2_480_000, 2.1),
    ("khon_kaen", SECOND): (40_000, 150_000, 3.6),
    ("chonburi", MAJOR): (240_000, 82_000, 2.9),
    ("chonburi", SECOND): (3_000, 48_000, 4.0),
    ("rayong", MAJOR): (153_000, 22_000, 2.5),
    ("rayong", SECOND): (9_000, 8_000, 3.4),
}
# rice grows at the edge of Bangkok only
_EDGE = {
    "1003",
    "1005",
    "1010",
    "1011",
    "1023",
    "1032",
    "1042",
    "1043",
    "1044",
    "1046",
    "1048",
    "1050",
}
# a survey of second rice that names a district without saying what was planted
SURVEY_YEAR = 2013
_UNSAID = "1027"


@dataclass(frozen=True)
class Rice:
    """One area, crop and crop year: areas in square wah, production in hundredths of a tonne.

    The area of a whole province bears the province's code; names have no prefix.
    """

    year: int
    crop: str
    code: str
    name: str
    planted: int | None
    harvested: int
    production: int

    @property
    def is_survey(self) -> bool:
        """Return whether the figures are those of a survey."""
        return self.crop == SECOND and self.year == SURVEY_YEAR

    @property
    def tonnes(self) -> float:
        """Return the production in tonnes."""
        return self.production / 100


def rai(wah: int | None) -> int | None:
    """Return an area of whole rai."""
    return None if wah is None else wah // WAH_PER_RAI


def hectares(wah: int | None) -> float | None:
    """Return an area in hectares; every square wah is a whole number of 4 m²."""
    return None if wah is None else round(wah / WAH_PER_HECTARE, 4)


def _places(city: City) -> list[tuple[str, str]]:
    grows_everywhere = city.name != "bangkok"
    return [(code, name) for code, name, _ in districts(city) if grows_everywhere or code in _EDGE]


def _grown(city: City, request: Request, crop: str, year: int) -> list[Rice]:
    """Return the districts of one crop and year."""
    first, last, tonnes = _USUAL[city.name, crop]
    places = _places(city)
    count = len(places)
    share = stream(request, city, "crop_production", crop).dirichlet(np.full(count, 1.5))
    rng = stream(request, city, "crop_production", f"{crop} {year}")
    usual = first + (last - first) * min(1.0, (year - YEARS[0]) / (len(YEARS) - 1))
    planted = usual * share * rng.normal(1, 0.06, count).clip(0.7, 1.3) * WAH_PER_RAI
    harvested = planted * rng.uniform(0.85, 1, count)
    yields = rng.normal(tonnes, 0.12 * tonnes, count)
    # only Khon Kaen measures parts of a rai
    step = 1 if city.name == "khon_kaen" else WAH_PER_RAI
    rows = []
    for place, area, cut, gain in zip(places, planted, harvested, yields, strict=True):
        cut_area = _floor(cut, step)
        production = _production(crop, year, cut_area, max(0.8, float(gain)))
        rows.append(Rice(year, crop, *place, _floor(area, step), cut_area, production))
    return rows


def _floor(value: float, step: int) -> int:
    """Return the whole steps of a value."""
    return int(value) // step * step


def _production(crop: str, year: int, harvested: int, tonnes_per_hectare: float) -> int:
    """Return hundredths of a tonne; only a survey has parts of a tonne."""
    tonnes = harvested / WAH_PER_HECTARE * tonnes_per_hectare
    surveyed = crop == SECOND and year == SURVEY_YEAR
    return int(tonnes * 100) if surveyed else int(tonnes) * 100


def rice_crop(city: City, request: Request, crop: str, year: int) -> list[Rice]:
    """Return the province's row of one crop and year, then its districts' where they are
    published."""
    from_year, districts_from = _FIRST[crop]
    if (city.name, crop) not in _USUAL or year < from_year:
        return []
    grown = _grown(city, request, crop, year)
    planted = sum(row.planted or 0 for row in grown)
    harvested = sum(row.harvested for row in grown)
    production = sum(row.production for row in grown)
    whole = Rice(year, crop, city.code, "", planted, harvested, production)
    if year < districts_from:
        return [whole]
    if city.name == "bangkok" and whole.is_survey:
        grown.append(Rice(year, crop, _UNSAID, "บึงกุ่ม", None, 0, 0))
    return [whole, *grown]


def rice_years(request: Request) -> list[int]:
    """Return the crop years, oldest first."""
    return years_told("crop_production", request, YEARS)


def rice_spans(request: Request, real: Sequence[Span]) -> list[Span]:
    """Return the first and last crop year of each file of a city; `real` are those of its real
    extracts."""
    return spans_told("crop_production", request, real)


def rice_rows(city: City, request: Request, first: int, last: int) -> Iterator[Rice]:
    """Yield the rows of the crop years from `first` to `last`, by year, crop and area."""
    for year in range(first, last + 1):
        for crop in (MAJOR, SECOND):
            yield from rice_crop(city, request, crop, year)


def rice_truth(city: City, request: Request) -> pa.Table:
    """Return hectares and tonnes by area, crop and crop year; what was not said is null."""
    years = rice_years(request)
    rows = list(rice_rows(city, request, years[0], years[-1]))
    return pa.table(
        {
            "city_code": [city.code] * len(rows),
            "area_code": [row.code for row in rows],
            "crop": [row.crop for row in rows],
            "crop_year": [row.year for row in rows],
            "planted_area_ha": pa.array([hectares(row.planted) for row in rows], pa.float64()),
            "harvested_area_ha": [hectares(row.harvested) for row in rows],
            "production_t": [row.tonnes for row in rows],
        }
    )
