"""A map of stations: a plain plot of longitude and latitude, with graticule and scale bar.

It needs no map tiles.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from federation.common.bilingual import BilingualText
from federation.reference.bounding_boxes import bounds, province_box
from federation.reporting.charts.frame import HEAD, SMALL, head, ticks, width_of
from federation.reporting.charts.marks import Box, Chart, Dot, Line, Mark, Words
from federation.reporting.charts.palette import FAINT, INK, LINE, SERIES, SOFT, WHITE

_KM_PER_DEGREE = 111.32
_NATION = (5.5, 20.6, 97.2, 105.8)
_LEFT, _RIGHT_MARGIN, _FOOT = 44.0, 10.0, 60.0
_NAME = 10.5  # size of names and degrees
_FEDERATED = "#dcebf7"


@dataclass(frozen=True)
class Station:
    """A station that measures something; degrees in WGS 84."""

    name: str
    dataset: BilingualText
    lat: float
    lon: float


@dataclass(frozen=True)
class _Map:
    """Degrees to pixels: a degree of longitude is as long as it is in the middle of the map."""

    south: float
    north: float
    west: float
    east: float
    width: float
    dot: float  # radius of a station's dot

    @property
    def pixels_per_degree(self) -> float:
        return (self.width - _LEFT - _RIGHT_MARGIN) / ((self.east - self.west) * self.shrink)

    @property
    def shrink(self) -> float:
        return math.cos(math.radians((self.south + self.north) / 2))

    @property
    def bottom(self) -> float:
        return HEAD + 6 + (self.north - self.south) * self.pixels_per_degree

    def x(self, lon: float) -> float:
        inside = min(max(lon, self.west), self.east)
        return _LEFT + (inside - self.west) * self.shrink * self.pixels_per_degree

    def y(self, lat: float) -> float:
        inside = min(max(lat, self.south), self.north)
        return self.bottom - (inside - self.south) * self.pixels_per_degree


def city_map(about: BilingualText, province_code: str, stations: Sequence[Station]) -> Chart:
    """Return the map of a city's stations, with their names and a margin around them.

    Without stations it shows the whole province.
    """
    edges = _around(stations) if stations else province_box(province_code)
    area = _Map(*edges, width=480, dot=4.0)
    names = _station_names(area, stations)
    return _map(about, area, stations, {province_code}, names)


def national_map(
    about: BilingualText, provinces: Mapping[str, BilingualText], stations: Sequence[Station]
) -> Chart:
    """Return the map of all stations in Thailand.

    `provinces` names the federated ones by their codes.
    """
    area = _Map(*_NATION, width=360, dot=2.2)
    names = _province_names(area, provinces)
    return _map(about, area, stations, provinces.keys(), names)


def _around(stations: Sequence[Station]) -> tuple[float, float, float, float]:
    """Return (south, north, west, east) with a margin, and no narrower than it is high."""
    lats = [station.lat for station in stations]
    lons = [station.lon for station in stations]
    south, north = min(lats), max(lats)
    west, east = min(lons), max(lons)
    height = max(north - south, 0.15)
    above_and_below = 0.15 * height
    to_be_as_wide = (height * 1.1 - (east - west)) / 2
    beside = max(above_and_below, to_be_as_wide)
    return south - above_and_below, north + above_and_below, west - beside, east + beside


def _map(
    about: BilingualText,
    area: _Map,
    stations: Sequence[Station],
    federated: Set[str],
    names: Iterable[Mark],
) -> Chart:
    """Return the map of an area; `federated` are codes of provinces."""
    title = BilingualText(f"{about.en}: stations", f"{about.th}: สถานีตรวจวัด")
    datasets = list(dict.fromkeys(station.dataset for station in stations))
    colours = dict(zip(datasets, SERIES, strict=False))
    height = area.bottom + _FOOT
    marks = [
        *head(title, area.width, height),
        *_provinces(area, federated),
        *_graticule(area),
        *_dots(area, stations, colours),
        *names,
        *_scale_bar(area),
        *_legend(area, colours),
    ]
    return Chart(area.width, height, title, _alt(about, stations, datasets), tuple(marks))


def _dots(
    area: _Map,
    stations: Sequence[Station],
    colours: Mapping[BilingualText, str],
) -> Iterator[Mark]:
    for station in stations:
        x, y = area.x(station.lon), area.y(station.lat)
        yield Dot(x, y, area.dot, colours.get(station.dataset, SOFT), WHITE)


def _provinces(area: _Map, federated: Set[str]) -> Iterator[Mark]:
    """Yield the boxes around provinces: rough, but nothing finer is in the reference data."""
    top, right = HEAD + 6, area.width - _RIGHT_MARGIN
    yield Box(_LEFT, top, right - _LEFT, area.bottom - top, WHITE, LINE)
    for code, (south, north, west, east) in bounds().items():
        x, y = area.x(west), area.y(north)
        wide, tall = area.x(east) - x, area.y(south) - y
        if wide > 0 and tall > 0:
            fill = _FEDERATED if code in federated else FAINT
            yield Box(x, y, wide, tall, fill, LINE)


def _graticule(area: _Map) -> Iterator[Mark]:
    top, right = HEAD + 6, area.width - _RIGHT_MARGIN
    for lon in ticks(area.west, area.east, 3):
        if area.west < lon < area.east:
            x = area.x(lon)
            yield Line(((x, top), (x, area.bottom)), LINE, 1, dashed=True)
            yield Words(x, area.bottom + 14, f"{lon:g}°E", _NAME, SOFT, "middle")
    for lat in ticks(area.south, area.north, 4):
        if area.south < lat < area.north:
            y = area.y(lat)
            yield Line(((_LEFT, y), (right, y)), LINE, 1, dashed=True)
            yield Words(_LEFT - 4, y + 4, f"{lat:g}°N", _NAME, SOFT, "end")


def _station_names(area: _Map, stations: Sequence[Station]) -> Iterator[Mark]:
    """Yield the names that have room beside their dots, from north to south."""
    # Base line, left and right end of what is there: dots first, then names.
    taken = [
        (area.y(station.lat) + 4, area.x(station.lon) - 5, area.x(station.lon) + 5)
        for station in stations
    ]
    for station in sorted(stations, key=lambda station: -station.lat):
        left, y = area.x(station.lon) + 7, area.y(station.lat) + 4
        wide = width_of(station.name, _NAME)
        if left + wide >= area.width - _RIGHT_MARGIN:
            left -= 14 + wide
        free = not any(_overlap((y, left, left + wide), other) for other in taken)
        if free and station.name and left > _LEFT:
            taken.append((y, left, left + wide))
            yield Words(left, y, station.name, _NAME, INK)


def _overlap(one: tuple[float, float, float], other: tuple[float, float, float]) -> bool:
    """Return whether two texts, each (base line, left, right), are over one another."""
    (line, left, right), (other_line, other_left, other_right) = one, other
    lines_touch = abs(line - other_line) <= 13
    return lines_touch and left <= other_right and right >= other_left


def _province_names(area: _Map, provinces: Mapping[str, BilingualText]) -> Iterator[Mark]:
    for code, name in provinces.items():
        south, north, west, east = province_box(code)
        x, y = area.x((west + east) / 2), area.y((south + north) / 2)
        yield Words(x, y - 6, name.th, _NAME, INK, "middle", bold=True)
        yield Words(x, y + 6, name.en, 9, INK, "middle")


def _scale_bar(area: _Map) -> Iterator[Mark]:
    across_km = (area.east - area.west) * area.shrink * _KM_PER_DEGREE
    km = max(step for step in (1, 2, 5, 10, 20, 50, 100, 200) if step <= across_km / 4)
    right = _LEFT + km / _KM_PER_DEGREE * area.pixels_per_degree
    y = area.bottom + 30
    corners = ((_LEFT, y - 4), (_LEFT, y), (right, y), (right, y - 4))
    yield Line(corners, INK, 1.5)
    yield Words(right + 6, y + 3, f"{km} กม. km", SMALL, INK)


def _legend(area: _Map, colours: Mapping[BilingualText, str]) -> Iterator[Mark]:
    x = _LEFT + 4
    for name, colour in colours.items():
        yield Dot(x, area.bottom + 47, 4, colour)
        yield Words(x + 8, area.bottom + 51, name.th, _NAME, INK)
        x += 28 + width_of(name.th, _NAME)


def _alt(
    about: BilingualText, stations: Sequence[Station], datasets: Sequence[BilingualText]
) -> BilingualText:
    counts = Counter(station.dataset for station in stations)
    counts_en = "".join(f"; {dataset.en} {counts[dataset]}" for dataset in datasets)
    counts_th = "".join(f" {dataset.th} {counts[dataset]}" for dataset in datasets)
    return BilingualText(
        f"{about.en}: map of {len(stations)} stations{counts_en}.",
        f"{about.th}: แผนที่สถานี {len(stations)} แห่ง{counts_th}",
    )
