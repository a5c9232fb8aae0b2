"""What numbers can be: markers of a missing value, a constant, coordinates, epochs, and units by
their size."""

from dataclasses import dataclass

import numpy as np

# Numbers that programs write where nothing was measured: all nines, and -1.
_NINES = (99.0, 999.0, 9999.0, 99999.0, 999999.0)
NEGATIVE_MARKERS = (
    -1.0,
    -9.0,
    *(-value for value in _NINES),
    -999.9,
    -99.9,
    -32768.0,
    -2147483648.0,
)
POSITIVE_MARKERS = (*_NINES[1:], 999.9, 9999.9, 32767.0, 65535.0, 2147483647.0)
_EPOCHS = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
_HOUR_US, _DAY_US = 3_600_000_000, 86_400_000_000
# A box around Thailand, degrees (Royal Thai Survey Department's extreme points, rounded outwards).
LATITUDES, LONGITUDES = (5.5, 20.6), (97.2, 105.8)


@dataclass(frozen=True)
class Marker:
    """A number that stands for «not measured»: it lies far outside the rest."""

    value: float
    rows: int


def markers_of(values: np.ndarray, declared: frozenset[float] = frozenset()) -> list[Marker]:
    """Return the numbers that seem to mark a missing value, without those that are `declared`.

    -999 and the like count from the first row on where no other value is negative. -1, -9, and
    nines above all other values count only when they repeat: once, they could be an error of the
    meter.
    """
    different, rows = np.unique(values, return_counts=True)
    suspects = np.isin(different, NEGATIVE_MARKERS + POSITIVE_MARKERS)
    rest = different[~suspects & ~np.isin(different, list(declared))]
    markers = [
        Marker(float(value), int(count))
        for value, count in zip(different[suspects], rows[suspects], strict=True)
        if float(value) not in declared
    ]
    return [marker for marker in markers if _stands_apart(marker, rest)]


def _stands_apart(marker: Marker, rest: np.ndarray) -> bool:
    """Return whether a marker is far from the other values, which are sorted."""
    if marker.value < 0:
        is_no_slip = marker.rows >= 2 or marker.value <= -99
        is_below = not len(rest) or rest[0] >= 0 or marker.value < 5 * rest[0] - 1
        return bool(is_no_slip and is_below)
    if marker.rows < 3 or len(rest) < 10:
        return False
    return bool(rest[-1] > 0 and marker.value > 3 * rest[-1])


def constant_of(values: np.ndarray) -> float | None:
    """Return the one value that all of 24 rows or more have, else None.

    0 (no rain, no deaths) and values of few steps of their last decimal (1 ppb) can stay the same
    without a fault.
    """
    if len(values) < 24 or np.ptp(values):
        return None
    value = float(values[0])
    steps = abs(value) * 10 ** _decimals(value)
    return value if steps >= 20 else None


def _decimals(value: float) -> int:
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def epoch_of(values: np.ndarray) -> str:
    """Return the unit in which whole numbers could count time since 1970 (1973 to 2100): s, ms,
    us, ns, or ''."""
    return next((unit for unit in _EPOCHS if len(values) and in_epoch(values, unit).all()), "")


def in_epoch(values: np.ndarray, unit: str) -> np.ndarray:
    """Return which of the numbers lie between 1973 and 2100 when they count `unit` since 1970."""
    return np.asarray((values >= 1e8 * _EPOCHS[unit]) & (values <= 4.2e9 * _EPOCHS[unit]))


def common_years(microseconds: np.ndarray) -> np.ndarray:
    """Return the years of instants, whatever calendar they were counted in."""
    days = np.floor(microseconds / _DAY_US)
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def off_midnight(microseconds: np.ndarray) -> np.ndarray:
    """Return for each local time the microseconds since the nearest midnight, negative before
    it."""
    rest = np.mod(microseconds, _DAY_US)
    return np.asarray(np.where(rest > _DAY_US / 2, rest - _DAY_US, rest))


def off_the_hour(microseconds: np.ndarray) -> np.ndarray:
    """Return for each time the microseconds since the nearest hour, negative before it."""
    rest = np.mod(microseconds, _HOUR_US)
    return np.asarray(np.where(rest > _HOUR_US / 2, rest - _HOUR_US, rest))


def coordinate_of(values: np.ndarray) -> str:
    """Return `lat` or `lon` for numbers that lie in Thailand as such and have decimals, else ''."""
    if len(values) < 3 or np.all(values == np.round(values)):
        return ""
    for name, (low, high) in (("lat", LATITUDES), ("lon", LONGITUDES)):
        if np.mean((values >= low) & (values <= high)) > 0.95:
            return name
    return ""


# quantity -> unit -> the decades in which the middle of a column usually lies
_MAGNITUDES = {
    "money": {"million_baht": (1e0, 3e5), "baht": (1e6, 3e11)},
    "mole_fraction": {"ppb": (1e0, 2e2), "ppm": (1e-4, 2e-1)},
    "area": {"ha": (1e0, 5e5), "rai": (1e0, 3e6), "m2": (1e4, 5e9)},
    "mass": {"t": (1e0, 2e6), "kg": (1e3, 2e9)},
    "length": {"mm": (0.0, 1e3), "cm": (0.0, 1e2)},
    "percent": {"percent": (1.5, 100), "share of one": (0.0, 1.0)},
}


def units_of(values: np.ndarray, quantity: str) -> tuple[str, ...]:
    """Return the units of a quantity that the middle of the values allows.

    Several are left to the contract.
    """
    above = values[values > 0]
    return units_of_middle(float(np.median(above)), quantity) if len(above) else ()


def units_of_middle(middle: float, quantity: str) -> tuple[str, ...]:
    """Return the units of a quantity that the middle of the values above 0 allows."""
    return tuple(
        unit for unit, (low, high) in _MAGNITUDES.get(quantity, {}).items() if low <= middle <= high
    )
