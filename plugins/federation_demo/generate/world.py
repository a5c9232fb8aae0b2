"""The six cities, what is asked of the generator, and the random streams."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta, timezone

import geothai
import numpy as np

LOCAL = timezone(timedelta(hours=7), "UTC+07:00")
HOUR_US = 3_600_000_000
OFFSET_US = 7 * HOUR_US


@dataclass(frozen=True)
class Box:
    """A rectangle inside a province, WGS 84 degrees."""

    south: float
    north: float
    west: float
    east: float


@dataclass(frozen=True)
class City:
    """One city: its TIS 1099 province code, size of its feeds and where it lies."""

    name: str
    code: str
    stations: int
    presence: float
    accidents: int
    tourists: tuple[float, float]
    box: Box

    @property
    def number(self) -> int:
        """Return the place of the city in the list, from 0."""
        return list(CITIES).index(self.name)


def _cities() -> Iterator[City]:
    yield City("bangkok", "10", 79, 0.95, 1480, (3.4e6, 2.1e6), Box(13.62, 13.93, 100.34, 100.92))
    yield City("chiang_mai", "50", 7, 0.95, 870, (6.0e5, 2.7e5), Box(17.5, 20.05, 98.15, 99.5))
    yield City("phuket", "83", 1, 0.30, 110, (3.1e5, 8.2e5), Box(7.78, 8.19, 98.28, 98.4))
    yield City("khon_kaen", "40", 1, 0.55, 325, (4.2e5, 9e3), Box(15.7, 16.88, 101.85, 103.1))
    yield City("chonburi", "20", 3, 0.95, 997, (8.0e5, 8.5e5), Box(12.65, 13.55, 100.9, 101.5))
    yield City("rayong", "21", 6, 0.95, 185, (6.2e5, 5.5e4), Box(12.65, 13.06, 101.02, 101.81))


CITIES = {city.name: city for city in _cities()}


@dataclass(frozen=True)
class Request:
    """What to generate: `months` of air quality, `scale` times the stations.

    `until` is the local day on which the platforms are looked at: every dataset ends with the
    newest period that was sent by then. None: they end as the cities' real extracts do, air with
    May 2026.

    Air of `hourly_cities` is published as means of single hours, that of the others as running
    means: their contracts must say so. Raises ValueError for a negative seed, for months or scale
    below 1, and for an unknown city.
    """

    seed: int = 1
    months: int = 6
    scale: int = 1
    hourly_cities: frozenset[str] = frozenset()
    until: date | None = None

    def __post_init__(self) -> None:
        if self.seed < 0 or self.months < 1 or self.scale < 1:
            raise ValueError("seed must not be negative, months and scale must be 1 or more")
        if unknown := self.hourly_cities - CITIES.keys():
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(CITIES)}")


@dataclass(frozen=True)
class Month:
    """A calendar month in local time (UTC+7)."""

    year: int
    month: int

    @property
    def first(self) -> date:
        """Return the first day."""
        return date(self.year, self.month, 1)

    @property
    def days(self) -> int:
        """Return the number of days."""
        following = date(self.year + self.month // 12, self.month % 12 + 1, 1)
        return (following - self.first).days

    @property
    def last(self) -> date:
        """Return the last day."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def start_us(self) -> int:
        """Return local midnight of the first day, microseconds since 1970-01-01 UTC."""
        return (self.first - date(1970, 1, 1)).days * 24 * HOUR_US - OFFSET_US

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"


def districts(city: City) -> list[tuple[str, str, str]]:
    """Return code, Thai name without prefix and English name of the districts, by code."""
    all_districts = geothai.districts(city.code)
    return [(area.code, area.name_th.removeprefix("เขต"), area.name_en) for area in all_districts]


def stream(request: Request, city: City, dataset: str, period: object) -> np.random.Generator:
    """Return the random stream of one file: of the request it depends on the seed only."""
    words = zlib.crc32(f"{city.code}/{dataset}/{period}".encode())
    return np.random.Generator(np.random.PCG64([request.seed, words]))
