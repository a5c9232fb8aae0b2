"""Where stations stand: a plain plot of longitude and latitude with graticule and scale bar,
without any tiles."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from federation.common.bilingual import BilingualText
from federation.reference.bounding_boxes import bounds, province_box
from federation.reporting.charts.frame import HEAD, SMALL, head, ticks, width_of
from federation.reporting.charts.marks import Box, Chart, Dot, Line, Mark, Words
from federation.reporting.charts.palette import FAINT, INK, LINE, SERIES, SOFT, WHITE

_KM_PER_DEGREE = 111.32
_NATION = (5.5, 20.6, 97.2, 105.8)
_LEFT, _RIGHT_MARGIN, _FOOT = 44.0, 10.0, 60.0


@dataclass(frozen=True)
class Station:
    """One place where something is measured; degrees in WGS 84."""

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
        return (
            _LEFT
            + (min(max(lon, self.west), self.east) - self.west)
            * self.shrink
            * self.pixels_per_degree
        )

    def y(self, lat: float) -> float:
        return (
            self.bottom
            - (min(max(lat, self.south), self.north) - self.south) * self.pixels_per_degree
        )


def city_map(about: BilingualText, province_code: str, stations: Sequence[Station]) -> Chart:
    """Return the map of a city's stations with some room around them.

    Of its whole province where there is none.
    """
    edges = _around(stations) if stations else province_box(province_code)
    return _drawn(about, _Map(*edges, 480), stations, {province_code}, named=True)


def national_map(
    about: BilingualText, provinces: Mapping[str, BilingualText], stations: Sequence[Station]
) -> Chart:
    """Return the map of all stations in Thailand.

    `provinces` names the federated ones by their codes.
    """
    return _drawn(about, _Map(*_NATION, 360), stations, provinces, named=False)


def _around(stations: Sequence[Station]) -> tuple[float, float, float, float]:
    """Return (south, north, west, east) with a margin, and no narrower than it is high."""
    lats, lons = [station.lat for station in stations], [station.lon for station in stations]
    south, north, west, east = min(lats), max(lats), min(lons), max(lons)
    high = max(north - south, 0.15)
    margin = max(0.15 * high, (high * 1.1 - (east - west)) / 2)
    return south - 0.15 * high, north + 0.15 * high, west - margin, east + margin


def _drawn(
    about: BilingualText,
    area: _Map,
    stations: Sequence[Station],
    federated: Mapping[str, BilingualText] | set[str],
    *,
    named: bool,
) -> Chart:
    title = BilingualText(f"{about.en}: stations", f"{about.th}: สถานีตรวจวัด")
    kinds = list(dict.fromkeys(station.dataset for station in stations))
    height = area.bottom + _FOOT
    marks: list[Mark] = [
        *head(title, area.width, height),
        *_provinces(area, federated),
        *_graticule(area),
    ]
    colours = dict(zip(kinds, SERIES, strict=False))
    for station in stations:
        radius = 4.0 if named else 2.2
        marks.append(
            Dot(
                area.x(station.lon),
                area.y(station.lat),
                radius,
                colours.get(station.dataset, SOFT),
                WHITE,
            )
        )
    if named:
        marks += _names(area, stations)
    elif isinstance(federated, Mapping):
        marks += _province_names(area, federated)
    return Chart(
        area.width,
        height,
        title,
        _alt(about, stations, kinds),
        (*marks, *_scale_bar(area), *_kinds(area, colours)),
    )


def _provinces(area: _Map, federated: Mapping[str, BilingualText] | set[str]) -> Iterator[Mark]:
    """Yield the boxes around provinces: rough, but all that is known without outside data."""
    yield Box(
        _LEFT, HEAD + 6, area.width - _LEFT - _RIGHT_MARGIN, area.bottom - HEAD - 6, WHITE, LINE
    )
    for code, (south, north, west, east) in bounds().items():
        x, y = area.x(west), area.y(north)
        wide, tall = area.x(east) - x, area.y(south) - y
        if wide > 0 and tall > 0:
            yield Box(x, y, wide, tall, "#dcebf7" if code in federated else FAINT, LINE)


def _graticule(area: _Map) -> Iterator[Mark]:
    for lon in ticks(area.west, area.east, 3):
        if area.west < lon < area.east:
            yield Line(((area.x(lon), HEAD + 6), (area.x(lon), area.bottom)), LINE, 1, dashed=True)
            yield Words(area.x(lon), area.bottom + 14, f"{lon:g}°E", 10.5, SOFT, "middle")
    for lat in ticks(area.south, area.north, 4):
        if area.south < lat < area.north:
            yield Line(
                ((_LEFT, area.y(lat)), (area.width - _RIGHT_MARGIN, area.y(lat))),
                LINE,
                1,
                dashed=True,
            )
            yield Words(_LEFT - 4, area.y(lat) + 4, f"{lat:g}°N", 10.5, SOFT, "end")


def _names(area: _Map, stations: Sequence[Station]) -> Iterator[Mark]:
    """Yield the names that find room beside their dots, from north to south."""
    taken = [
        (area.x(station.lon) - 5, area.y(station.lat) + 4, area.x(station.lon) + 5)
        for station in stations
    ]
    for station in sorted(stations, key=lambda station: -station.lat):
        x, y, long = area.x(station.lon) + 7, area.y(station.lat) + 4, width_of(station.name, 10.5)
        x = x if x + long < area.width - _RIGHT_MARGIN else x - 14 - long
        free = all(
            abs(y - other) > 13 or x > right or x + long < left for left, other, right in taken
        )
        if free and station.name and x > _LEFT:
            taken.append((x, y, x + long))
            yield Words(x, y, station.name, 10.5, INK)


def _province_names(area: _Map, provinces: Mapping[str, BilingualText]) -> Iterator[Mark]:
    for code, name in provinces.items():
        south, north, west, east = province_box(code)
        yield Words(
            area.x((west + east) / 2),
            area.y((south + north) / 2) - 6,
            name.th,
            10.5,
            INK,
            "middle",
            bold=True,
        )
        yield Words(
            area.x((west + east) / 2), area.y((south + north) / 2) + 6, name.en, 9, INK, "middle"
        )


def _scale_bar(area: _Map) -> Iterator[Mark]:
    across = (area.east - area.west) * area.shrink * _KM_PER_DEGREE
    km = max(step for step in (1, 2, 5, 10, 20, 50, 100, 200) if step <= across / 4)
    long = km / _KM_PER_DEGREE * area.pixels_per_degree
    y = area.bottom + 30
    yield Line(((_LEFT, y - 4), (_LEFT, y), (_LEFT + long, y), (_LEFT + long, y - 4)), INK, 1.5)
    yield Words(_LEFT + long + 6, y + 3, f"{km} กม. km", SMALL, INK)


def _kinds(area: _Map, colours: Mapping[BilingualText, str]) -> Iterator[Mark]:
    x = _LEFT + 4
    for name, colour in colours.items():
        yield Dot(x, area.bottom + 47, 4, colour)
        yield Words(x + 8, area.bottom + 51, name.th, 10.5, INK)
        x += 28 + width_of(name.th, 10.5)


def _alt(
    about: BilingualText, stations: Sequence[Station], kinds: Sequence[BilingualText]
) -> BilingualText:
    counts = {kind: sum(station.dataset == kind for station in stations) for kind in kinds}
    by_kind = BilingualText(
        "".join(f"; {kind.en} {n}" for kind, n in counts.items()),
        "".join(f" {kind.th} {n}" for kind, n in counts.items()),
    )
    return BilingualText(
        f"{about.en}: map of {len(stations)} stations{by_kind.en}.",
        f"{about.th}: แผนที่สถานี {len(stations)} แห่ง{by_kind.th}",
    )
