"""Faults of figures and places: units, markers, exchanged columns, stuck meters, foreign rows,
coordinates."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from federation.conform.sandbox.job import ExpectedColumn
from federation.contracts.vocabulary import THAI_DIGITS

from federation_demo.faults.kinds import EITHER, REJECTED, WARNED, fault
from federation_demo.faults.native import Native, Rows, array_like, figured, number

_RANGES = """
    visitors_thai_range visitors_foreign_range revenue_thai_range revenue_foreign_range
    pm25_range pm10_range o3_range no2_range so2_range co_range mostly_in_range deaths_range
    injured_range vehicles_range male_range female_range total_range houses_range
    visitors_total_range revenue_total_range occupancy_range cases_range nines planted_range
    harvested_range production_range rain_range
"""
_UNITS = (
    _RANGES
    + """
    dust_level gas_level gas_below_resolution gas_extreme revenue_per_visitor
    revenue_per_thai_visitor revenue_per_foreign_visitor occupancy_is_percent
    occupancy_goes_with_visitors yield_of_the_file yield_range harvested_of_the_file
    little_harvested harvested_within_planted finer_than_a_gauge finer_than_a_gauge_at_times
    rain_level rain_extreme subdistrict_size persons_per_house mostly_adds_up total_is_sum
    houses_of_a_subdistrict visitors_add_up revenue_adds_up districts_add_up
"""
)
# national column -> factors by which a wrong unit or multiplier changes it
_FACTORS = {
    "pm25_ugm3": (0.001,),
    "pm10_ugm3": (0.001,),
    "o3_ppb": (0.001, 1000.0),
    "no2_ppb": (0.001, 1000.0),
    "revenue_total_thb": (1e-6, 1e6),
    "revenue_thai_thb": (1e-6, 1e6),
    "revenue_foreign_thb": (1e-3, 1e6),
    "visitors_total": (1e-3,),
    "occupancy_pct": (0.01,),
    "production_t": (1000.0, 0.001),
    "planted_area_ha": (6.25, 0.16),
    "harvested_area_ha": (6.25, 0.16),
    "rain_mm": (0.1, 0.001, 1 / 25.4),
}
_WHOLE = ("visitors_total",)
_ARABIC = "0123456789"
_TO_ARABIC = str.maketrans(THAI_DIGITS, _ARABIC)
_TO_THAI = str.maketrans(_ARABIC, THAI_DIGITS)


def _scaled(native: Native, where: Rows | None) -> Native | None:
    promises = {name: native.promise(name) for name in _FACTORS}
    names = [
        name
        for name, promise in promises.items()
        if promise and _informative(native, name, promise, where)
    ]
    if not names:
        return None
    name = names[int(native.rng.integers(len(names)))]
    factors = _FACTORS[name]
    factor = factors[int(native.rng.integers(len(factors)))]
    promise = promises[name]
    assert promise
    return native.change(promise, figured(lambda value: _rounded(value * factor, name)), where)


def _rounded(value: float, name: str) -> float:
    return float(round(value)) if name in _WHOLE else round(value, 6)


def _informative(native: Native, name: str, promise: ExpectedColumn, where: Rows | None) -> bool:
    """Whether a changed column would differ: zeros stay zeros, whole numbers stay whole."""
    figures = _figures(native, promise, where)
    if len(figures) < 3 or np.median(figures) <= 0:
        return False
    return name in _WHOLE or not _is_whole_column(native, promise)


def _is_whole_column(native: Native, promise: ExpectedColumn) -> bool:
    kind = native.table.schema.field(native.delivered(promise)).type
    return str(kind).startswith("int")


def _figures(native: Native, promise: ExpectedColumn, where: Rows | None = None) -> np.ndarray:
    """Return the figures above zero of a promised column."""
    figures: list[float] = []

    def note(value: object) -> object:
        figure = number(value)
        if figure is not None and figure > 0:
            figures.append(figure)
        return value

    native.change(promise, note, where)
    return np.array(figures)


@fault("value", _UNITS, REJECTED)
def other_unit(native: Native) -> Native | None:
    """A whole column is in another unit or multiple."""
    return _scaled(native, None)


@fault("value", _UNITS, EITHER)
def other_unit_in_half(native: Native) -> Native | None:
    """The second half of a column is in another unit or multiple."""
    half = np.arange(len(native.table)) >= len(native.table) // 2
    return _scaled(native, half) if len(native.table) >= 6 else None


@fault("value", _UNITS, EITHER)
def other_unit_in_some_rows(native: Native) -> Native | None:
    """One row in twenty is in another unit or multiple."""
    return _scaled(native, native.some(0.05)) if len(native.table) >= 40 else None


def _first(native: Native, fits: Callable[[ExpectedColumn], bool]) -> ExpectedColumn | None:
    """Return the first promised column that fits, or None."""
    return next((promise for promise in native.expected_columns() if fits(promise)), None)


def _first_figure(native: Native) -> ExpectedColumn | None:
    return _first(
        native, lambda promise: promise.is_measure and len(_figures(native, promise)) >= 3
    )


@fault("value", _RANGES + " undeclared_marker yield_range rain_extreme", EITHER)
def negative(native: Native) -> Native | None:
    """Some figures are negative."""
    promise = _first_figure(native)
    if promise is None:
        return None
    return native.change(promise, figured(lambda value: -abs(value) - 3), native.some(0.02))


@fault("value", _RANGES + " undeclared_marker", EITHER)
def undeclared_negative_marker(native: Native) -> Native | None:
    """Missing figures are written with a negative number that the contract does not name."""
    promise = _first_figure(native)
    if promise is None:
        return None
    marker = -99.0 if -999 in promise.missing or "-999" in promise.missing else -999.0
    return native.change(promise, figured(lambda value: marker), native.some(0.05))


@fault("value", "undeclared_marker " + _RANGES, EITHER)
def undeclared_nines(native: Native) -> Native | None:
    """Missing figures are written as 9999."""
    names = ("pm25_ugm3", "rain_mm", "deaths", "injured")
    promise = _first(native, lambda promise: promise.name in names)
    if promise is None:
        return None
    return native.change(promise, figured(lambda value: 9999.0), native.some(0.05))


@fault("value", "undeclared_marker unreadable", EITHER)
def undeclared_word(native: Native) -> Native | None:
    """Missing figures are written with a word that the contract does not name."""
    promise = _first(native, lambda promise: _is_text_measure(native, promise))
    if promise is None:
        return None
    return native.change(promise, lambda value: "ไม่มีข้อมูล", native.some(0.05))


def _is_text_measure(native: Native, promise: ExpectedColumn) -> bool:
    return promise.is_measure and _is_text_column(native, promise)


def _is_text_column(native: Native, promise: ExpectedColumn) -> bool:
    return (
        promise.column in native.table.schema.names
        and str(native.table.schema.field(promise.column).type) == "string"
    )


@fault("value", "other_number_format unreadable readable_share", EITHER)
def decimal_commas(native: Native) -> Native | None:
    """Decimals stand behind a comma."""
    promise = _first(native, lambda promise: _has_decimals(native, promise))
    if promise is None:
        return None
    return native.change(promise, lambda value: value.replace(",", "").replace(".", ","))


def _has_decimals(native: Native, promise: ExpectedColumn) -> bool:
    if not _is_text_measure(native, promise):
        return False
    return any(figure != round(figure) for figure in _figures(native, promise)[:200])


@fault("value", "pm25_stuck pm10_stuck o3_stuck gauge_stuck constant_column", WARNED)
def stuck_meter(native: Native) -> Native | None:
    """One station repeats a value for three days while the others move."""
    promise = native.promise("pm25_ugm3")
    if promise is None or len(native.table) < 2_000:
        return None
    station = native.promise("station_id")
    assert station
    ids = np.array([str(value) for value in native.table.column(station.column).to_pylist()])
    of_meter = np.flatnonzero(ids == ids[0])
    chosen = np.zeros(len(ids), bool)
    rows = 72 * (6 if native.feed.layout.kind == "long" else 1)
    chosen[of_meter[len(of_meter) // 3 : len(of_meter) // 3 + rows]] = True
    return native.change(promise, figured(lambda value: 17.0), chosen)


@fault(
    "value",
    _RANGES
    + " pm25_stuck deaths_extreme revenue_per_visitor rain_extreme no_jump_of_a_sum total_is_sum "
    "yield_range visitors_add_up revenue_adds_up undeclared_marker",
    EITHER,
)
def extreme(native: Native) -> Native | None:
    """A few figures are a thousand times too large."""
    names = (
        "pm25_ugm3",
        "deaths",
        "total",
        "revenue_total_thb",
        "cases",
        "production_t",
        "rain_mm",
    )
    promise = _first(
        native, lambda promise: promise.name in names and len(_figures(native, promise)) >= 3
    )
    if promise is None:
        return None
    return native.change(promise, figured(lambda value: (value + 80) * 1000), native.some(0.01))


_PAIRS = (
    ("pm25_ugm3", "pm10_ugm3"),
    ("deaths", "vehicles"),
    ("harvested_area_ha", "planted_area_ha"),
    ("total", "houses"),
    ("visitors_thai", "visitors_total"),
    ("revenue_thai_thb", "revenue_total_thb"),
)


@fault(
    "value",
    "pm25_above_pm10 pm25_above_pm10_at_times deaths_below_vehicles harvested_within_planted "
    "harvested_of_the_file "
    "persons_per_house mostly_adds_up total_is_sum visitors_add_up revenue_adds_up "
    "mostly_in_range dust_level "
    "unexpected_unit",
    EITHER,
)
def columns_exchanged(native: Native) -> Native | None:
    """Two measures stand in each other's place."""
    for left, right in _PAIRS:
        one, other = native.promise(left), native.promise(right)
        if one and other and len(_figures(native, one)) >= 5 and len(_figures(native, other)) >= 20:
            return _exchanged(native, one, other)
    return None


def _exchanged(native: Native, one: ExpectedColumn, other: ExpectedColumn) -> Native | None:
    names = native.table.schema.names
    if one.column in names and other.column in names:
        left, right = native.table.column(one.column), native.table.column(other.column)
        if left.type != right.type or one.digits != other.digits:
            return None
        return native.column(one.column, right).column(other.column, left)
    if native.feed.layout.kind == "long":
        return _measures_exchanged(native, _measure_of(one), _measure_of(other))
    return None


def _measure_of(promise: ExpectedColumn) -> str:
    """Return the name in the brackets of `value[name]`."""
    return promise.column.partition("[")[2][:-1]


def _measures_exchanged(native: Native, one: str, other: str) -> Native:
    names = {one: other, other: one}
    parameter = native.feed.layout.parameter
    words = native.table.column(parameter).to_pylist()
    return native.column(parameter, pa.array([names.get(word, word) for word in words]))


# -- places ----------------------------------------------------------------------------------------


_Move = Callable[[float, float], tuple[float, float]]  # takes and returns (lat, lon)


def _points(native: Native, move: _Move, where: Rows | None) -> Native | None:
    """Return the extract with its points moved."""
    lat, lon = native.promise("lat"), native.promise("lon")
    if lat is None or lon is None:
        return None
    if where is not None and native.feed.layout.kind == "long":
        return None  # the rows of one record of a long table agree in its place
    if lat.column == lon.column:
        return _geojson_moved(native, lat.column, move, where)
    return _columns_moved(native, lat, lon, move, where)


def _geojson_moved(native: Native, name: str, move: _Move, where: Rows | None) -> Native:
    """Move GeoJSON points, whose coordinates are longitude and latitude."""
    column = native.table.column(name)
    points = column.to_pylist()
    for row, point in enumerate(points):
        if point and (where is None or where[row]):
            longitude, latitude = point["coordinates"]
            latitude, longitude = move(latitude, longitude)
            points[row] = point | {"coordinates": [longitude, latitude]}
    return native.column(name, array_like(points, column.type))


def _columns_moved(
    native: Native, lat: ExpectedColumn, lon: ExpectedColumn, move: _Move, where: Rows | None
) -> Native:
    kind = native.table.column(lat.column).type
    latitudes = native.table.column(lat.column).to_pylist()
    longitudes = native.table.column(lon.column).to_pylist()
    as_delivered = str if _is_text_column(native, lat) else float
    for row in range(len(latitudes)):
        north, east = number(latitudes[row]), number(longitudes[row])
        if north is None or east is None or (where is not None and not where[row]):
            continue
        latitude, longitude = move(north, east)
        latitudes[row], longitudes[row] = as_delivered(latitude), as_delivered(longitude)
    moved = native.column(lat.column, array_like(latitudes, kind))
    return moved.column(lon.column, array_like(longitudes, kind))


@fault("value", "coordinates_swapped in_thailand", EITHER)
def coordinates_swapped(native: Native) -> Native | None:
    """Latitude and longitude are exchanged."""
    return _points(native, lambda lat, lon: (lon, lat), None)


@fault("value", "coordinates_swapped in_thailand", EITHER)
def some_coordinates_swapped(native: Native) -> Native | None:
    """One point in twenty has its coordinates exchanged."""
    return _points(native, lambda lat, lon: (lon, lat), native.some(0.05))


@fault("foreign", "outside_province mostly_outside_province", EITHER)
def points_of_another_province(native: Native) -> Native | None:
    """One point in ten lies in a far province."""
    far = (15.24, 104.85) if native.feed.city.code[0] != "3" else (7.0, 100.47)
    return _points(native, lambda lat, lon: far, native.some(0.1))


@fault("foreign", "foreign_area unknown_area unreadable readable_share", EITHER)
def rows_of_another_province(native: Native) -> Native | None:
    """One row in ten says that it belongs to another province."""
    return _of_another_province(native, native.some(0.1))


@fault("foreign", "foreign_area unknown_area unreadable readable_share", REJECTED)
def file_of_another_province(native: Native) -> Native | None:
    """Every row says that it belongs to another province."""
    return _of_another_province(native, None)


def _of_another_province(native: Native, where: Rows | None) -> Native | None:
    name = native.feed.city_rows or _area_column(native)
    if not name:
        return None
    column = native.table.column(name)
    values = column.to_pylist()
    for row, value in enumerate(values):
        if where is None or where[row]:
            values[row] = _foreign(value)
    return native.column(name, array_like(values, column.type))


def _area_column(native: Native) -> str:
    """Return the delivered column that areas are read from, or ''."""
    for column in native.feed.national:
        if column.area.get("by", "city") != "city" and column.sources:
            return column.sources[0]
    return ""


def _foreign(value: object) -> object:
    """Return the same kind of name or code in Ubon Ratchathani (34)."""
    if isinstance(value, bytes):
        return "ต.ในเมือง อ.เขื่องใน, อุบลราชธานี".encode("tis-620")
    if isinstance(value, int):
        return 34
    text = str(value)
    if text.translate(_TO_ARABIC)[-2:].isdigit():
        return _foreign_code(text)
    return "อุบลราชธานี" if "จ" in text[:1] or len(text) < 12 else "เขื่องใน"


def _foreign_code(text: str) -> str:
    """Return the text with the code at its end in province 34, in its own digits."""
    prefix = text.rstrip(_ARABIC + THAI_DIGITS)
    code = text[len(prefix) :]
    foreign = "34" + code.translate(_TO_ARABIC)[2:]
    is_thai = text != text.translate(_TO_ARABIC)
    return prefix + (foreign.translate(_TO_THAI) if is_thai else foreign)
