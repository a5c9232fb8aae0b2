"""A map of stations on the outlines of provinces, with graticule and scale bar.

It needs no map tiles.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from federation.common.bilingual import BilingualText
from federation.reference.province_outlines import Ring, province_outlines
from federation.reporting.charts.frame import SMALL, WIDTH, head, head_height, ticks, width_of
from federation.reporting.charts.marks import Area, Box, Chart, Dot, Line, Mark, Point, Words
from federation.reporting.charts.palette import FAINT, INK, LINE, SERIES, SOFT, WHITE

_KM_PER_DEGREE = 111.32
_NATION = (5.5, 20.6, 97.2, 105.8)
_LEFT, _RIGHT_MARGIN = 40.0, 8.0
_FOOT = 54.0  # degrees, scale bar and the first line of the legend
_LEGEND_LINE = 16.0
_LEAST_STEP = 1.6  # pixels between two points of an outline
_NARROW = 230.0  # of the nation, which is twice as high as wide
LEAST_STATIONS = 3  # of a city's map
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
    top: float  # in pixels
    dot: float  # radius of a station's dot
    width: float = WIDTH

    @property
    def pixels_per_degree(self) -> float:
        return (self.width - _LEFT - _RIGHT_MARGIN) / ((self.east - self.west) * self.shrink)

    @property
    def shrink(self) -> float:
        return math.cos(math.radians((self.south + self.north) / 2))

    @property
    def bottom(self) -> float:
        return self.top + (self.north - self.south) * self.pixels_per_degree

    def x(self, lon: float) -> float:
        """Return the pixel of a longitude, or of the edge that it is beyond."""
        return self.x_of(min(max(lon, self.west), self.east))

    def y(self, lat: float) -> float:
        return self.y_of(min(max(lat, self.south), self.north))

    def x_of(self, lon: float) -> float:
        return _LEFT + (lon - self.west) * self.shrink * self.pixels_per_degree

    def y_of(self, lat: float) -> float:
        return self.bottom - (lat - self.south) * self.pixels_per_degree


def city_map(
    about: BilingualText, province_code: str, stations: Sequence[Station], *, unplaced: int = 0
) -> Chart | None:
    """Return the map of a city's stations, with their names and a margin around them; `unplaced`
    are stations without coordinates.

    None for fewer than three stations, which a sentence tells better.
    """
    if len(stations) < LEAST_STATIONS:
        return None
    title = _title(about)
    area = _Map(*_around(stations), top=head_height(title, WIDTH) + 6, dot=4.0)
    names = _station_names(area, stations)
    return _map(about, area, _Shown(stations, unplaced), {province_code}, names)


def national_map(
    about: BilingualText,
    provinces: Mapping[str, BilingualText],
    stations: Sequence[Station],
    *,
    unplaced: int = 0,
) -> Chart:
    """Return the map of all stations in Thailand.

    `provinces` names the federated ones by their codes, `unplaced` are stations without
    coordinates.
    """
    title = _title(about)
    area = _Map(*_NATION, top=head_height(title, _NARROW) + 6, dot=2.2, width=_NARROW)
    names = _province_names(area, provinces)
    return _map(about, area, _Shown(stations, unplaced), provinces.keys(), names)


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


@dataclass(frozen=True)
class _Shown:
    """The stations of a map, and how many have no place on it."""

    stations: Sequence[Station]
    unplaced: int

    @property
    def datasets(self) -> list[BilingualText]:
        return list(dict.fromkeys(station.dataset for station in self.stations))

    @property
    def note(self) -> BilingualText:
        """How many stations are not shown; empty when all are."""
        if not self.unplaced:
            return BilingualText("", "")
        return BilingualText(
            f"{self.unplaced} more without coordinates", f"อีก {self.unplaced} แห่งไม่มีพิกัด"
        )


def _title(about: BilingualText) -> BilingualText:
    return BilingualText(f"{about.en}: stations", f"{about.th}: สถานีตรวจวัด")


def _map(
    about: BilingualText,
    area: _Map,
    shown: _Shown,
    federated: Set[str],
    names: Iterable[Mark],
) -> Chart:
    """Return the map of an area; `federated` are codes of provinces."""
    title = _title(about)
    colours = dict(zip(shown.datasets, SERIES, strict=False))
    legend = [*_legend(area, colours)]
    height = area.bottom + _FOOT + _LEGEND_LINE * (len(colours) + bool(shown.unplaced))
    note = f"{shown.note.th} {shown.note.en}"
    marks = [
        *head(title, area.width, height),
        *_provinces(area, federated),
        *_graticule(area),
        *_dots(area, shown.stations, colours),
        *names,
        *_scale_bar(area),
        *legend,
        *([Words(6, height - 10, note, _NAME, SOFT)] if shown.unplaced else []),
    ]
    return Chart(area.width, height, title, _alt(about, shown), tuple(marks))


def _dots(
    area: _Map,
    stations: Sequence[Station],
    colours: Mapping[BilingualText, str],
) -> Iterator[Mark]:
    for station in stations:
        x, y = area.x(station.lon), area.y(station.lat)
        yield Dot(x, y, area.dot, colours.get(station.dataset, SOFT), WHITE)


def _provinces(area: _Map, federated: Set[str]) -> Iterator[Mark]:
    """Yield the provinces, as far as they are in the map, those of federated cities last."""
    top, right = area.top, area.width - _RIGHT_MARGIN
    yield Box(_LEFT, top, right - _LEFT, area.bottom - top, WHITE, LINE)
    for code, rings in sorted(province_outlines().items(), key=lambda entry: entry[0] in federated):
        fill = _FEDERATED if code in federated else FAINT
        for ring in rings:
            points = _pixels(area, ring)
            if len(points) > 2:
                yield Area(points, fill, stroke=LINE)


def _pixels(area: _Map, ring: Ring) -> tuple[Point, ...]:
    """Return the part of a ring that is in the map, without points that nobody could tell apart."""
    points = [(area.x_of(lon), area.y_of(lat)) for lon, lat in ring]
    left, right = _LEFT, area.width - _RIGHT_MARGIN
    for axis, limit, sign in ((0, left, 1), (0, right, -1), (1, area.top, 1), (1, area.bottom, -1)):
        points = _clipped(points, axis, limit, sign)
    kept: list[Point] = []
    for point in points:
        if not kept or math.dist(point, kept[-1]) > _LEAST_STEP:
            kept.append(point)
    return tuple(kept)


def _clipped(points: Sequence[Point], axis: int, limit: float, sign: int) -> list[Point]:
    """Return a ring cut off at a limit of one axis (Sutherland and Hodgman, 1974)."""
    kept: list[Point] = []
    for start, end in zip(points, [*points[1:], *points[:1]], strict=True):
        start_in, end_in = (sign * (point[axis] - limit) >= 0 for point in (start, end))
        if start_in:
            kept.append(start)
        if start_in != end_in:
            share = (limit - start[axis]) / (end[axis] - start[axis])
            crossing = [one + share * (other - one) for one, other in zip(start, end, strict=True)]
            crossing[axis] = limit
            kept.append((crossing[0], crossing[1]))
    return kept


def _graticule(area: _Map) -> Iterator[Mark]:
    top, right = area.top, area.width - _RIGHT_MARGIN
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
    """Yield each name beside its province, moved down where another name is."""
    taken: list[tuple[float, float, float]] = []
    for code, name in sorted(provinces.items(), key=lambda entry: -_middle(entry[0])[1]):
        lon, lat = _middle(code)
        text = f"{name.th} {name.en}"
        wide = width_of(text, _NAME)
        left = min(area.x(lon) + 4, area.width - _RIGHT_MARGIN - wide)
        y = area.y(lat) + 4
        while any(_overlap((y, left, left + wide), other) for other in taken):
            y += 2
        taken.append((y, left, left + wide))
        yield Words(left, y, text, _NAME, INK)


def _middle(code: str) -> Point:
    """Return longitude and latitude of the middle of a province's largest part."""
    rings = province_outlines().get(code) or ((((_NATION[2] + _NATION[3]) / 2, _NATION[0]),),)
    largest = max(rings, key=len)
    lons, lats = zip(*largest, strict=True)
    return (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2


def _scale_bar(area: _Map) -> Iterator[Mark]:
    across_km = (area.east - area.west) * area.shrink * _KM_PER_DEGREE
    km = max(step for step in (1, 2, 5, 10, 20, 50, 100, 200) if step <= across_km / 4)
    right = _LEFT + km / _KM_PER_DEGREE * area.pixels_per_degree
    y = area.bottom + 30
    corners = ((_LEFT, y - 4), (_LEFT, y), (right, y), (right, y - 4))
    yield Line(corners, INK, 1.5)
    yield Words(right + 6, y + 3, f"{km} กม. km", SMALL, INK)


def _legend(area: _Map, colours: Mapping[BilingualText, str]) -> Iterator[Mark]:
    y = area.bottom + _FOOT - 9
    for name, colour in colours.items():
        yield Dot(10, y - 4, 4, colour)
        yield Words(18, y, f"{name.th} {name.en}", _NAME, INK)
        y += _LEGEND_LINE


def _alt(about: BilingualText, shown: _Shown) -> BilingualText:
    counts = Counter(station.dataset for station in shown.stations)
    counts_en = "".join(f"; {dataset.en} {counts[dataset]}" for dataset in shown.datasets)
    counts_th = "".join(f" {dataset.th} {counts[dataset]}" for dataset in shown.datasets)
    note_en = f"; {shown.note.en}" if shown.unplaced else ""
    return BilingualText(
        f"{about.en}: map of {len(shown.stations)} stations{counts_en}{note_en}.",
        f"{about.th}: แผนที่สถานี {len(shown.stations)} แห่ง{counts_th} {shown.note.th}".strip(),
    )
