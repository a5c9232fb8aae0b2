"""The air quality index that cities publish beside their values, by the breakpoints of the hub."""

import csv
from collections.abc import Mapping
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cache

import numpy as np
from federation.common.paths import DBT_PROJECT

from federation_demo.generate.air_model import Ints
from federation_demo.generate.stations import POLLUTANTS
from federation_demo.generate.world import Month

NOTHING = -1  # no value to make an index of
# Published values are whole numbers of a step: so many make a µg/m³, ppb or ppm.
STEPS_PER_UNIT = {"pm25": 10, "pm10": 1, "o3": 1, "no2": 1, "so2": 1, "co": 10}
_BREAKPOINTS = DBT_PROJECT / "seeds" / "aqi_breakpoint.csv"
_TOP_STEPS = 9000
_Band = tuple[Decimal, Decimal, Decimal, Decimal]  # index at both ends, concentration at both ends


def published_index(averaged: Mapping[str, Ints], month: Month) -> Ints:
    """Return the highest index of each row's pollutants, NOTHING where none has a value.

    `averaged` are means over the hours that the index is defined on, in published steps, below 0
    where there is none.
    """
    return np.asarray(_indices(averaged, month).max(axis=0))


def leading_pollutant(averaged: Mapping[str, Ints], month: Month) -> Ints:
    """Return the place in POLLUTANTS of the pollutant that sets the index of each row."""
    return np.asarray(_indices(averaged, month).argmax(axis=0), dtype=np.int32)


def _indices(averaged: Mapping[str, Ints], month: Month) -> Ints:
    """Return the index of each pollutant, in the order of POLLUTANTS, and row."""
    nothing = np.full(len(averaged["pm25"]), NOTHING, np.int32)
    rows = [
        np.where(averaged[name] < 0, NOTHING, _by_step(name, month)[np.maximum(averaged[name], 0)])
        if name in averaged
        else nothing
        for name in POLLUTANTS
    ]
    return np.stack(rows).astype(np.int32)


@cache
def _by_step(pollutant: str, month: Month) -> Ints:
    """Return the index of every published step of a pollutant in a month."""
    bands, decimals = _bands(pollutant, month)
    unit = STEPS_PER_UNIT[pollutant]
    values = (
        (Decimal(step) / unit).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        for step in range(_TOP_STEPS + 1)
    )
    return np.array([_index(value, bands) for value in values], np.int32)


def _bands(pollutant: str, month: Month) -> tuple[list[_Band], int]:
    """Return the bands that are in force in a month, and the decimals of a concentration."""
    with _BREAKPOINTS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["pollutant"] == pollutant]
    day = month.first.isoformat()
    rows = [row for row in rows if row["valid_from"] <= day <= (row["valid_to"] or day)]
    ends = ("aqi_low", "aqi_high", "concentration_low", "concentration_high")
    bands = [tuple(Decimal(row[end]) for end in ends) for row in rows]
    return bands, int(rows[0]["decimals"])  # type: ignore[return-value]


def _index(value: Decimal, bands: list[_Band]) -> int:
    """Return the index of a value: linear within its band, a point per whole unit above the last
    one."""
    for index_low, index_high, low, high in bands:
        if low <= value <= high:
            index = index_low + (value - low) * (index_high - index_low) / (high - low)
            return int(index.quantize(Decimal(1), ROUND_HALF_UP))
    top = max(high for *_, high in bands)
    return 201 + int(value.to_integral(ROUND_FLOOR)) - int(top.to_integral(ROUND_FLOOR))
