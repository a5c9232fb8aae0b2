"""Thailand's air quality index, by the breakpoints that the registry of the hub holds."""

from __future__ import annotations

from pathlib import Path

import numpy
import pandas
from numpy.typing import NDArray
from pandas import DataFrame, Series

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
CATEGORIES = {
    25: "very_good",
    50: "good",
    100: "moderate",
    200: "starts_to_affect_health",
    numpy.inf: "affects_health",
}


def index(values: Series, pollutant: str, dates: Series) -> Series:
    """Return a pollutant's index on each date; NaN without a value or before there was an index."""
    table = pandas.read_csv(SEEDS / "aqi_breakpoint.csv", parse_dates=["valid_from", "valid_to"])
    found = Series(numpy.nan, index=values.index)
    eras = table[table["pollutant"] == pollutant].groupby(["valid_from", "valid_to"], dropna=False)
    for (valid_from, valid_to), steps in eras:
        in_force = (dates >= valid_from) & (pandas.isna(valid_to) | (dates <= valid_to))
        found[in_force] = by_steps(values[in_force].to_numpy(float), steps)
    return found


def by_steps(values: NDArray[numpy.float64], steps: DataFrame) -> NDArray[numpy.float64]:
    """Return the index by linear interpolation within each step, and a point per whole unit
    above the last."""
    found = numpy.full(len(values), numpy.nan)
    values = half_up(values, int(steps["decimals"].iloc[0]))
    for step in steps.itertuples():
        slope = (step.aqi_high - step.aqi_low) / (step.concentration_high - step.concentration_low)
        within = (values >= step.concentration_low) & (values <= step.concentration_high)
        found[within] = half_up(step.aqi_low + slope * (values[within] - step.concentration_low), 0)
    top = steps["concentration_high"].max()
    return numpy.where(values > top, 201 + numpy.floor(values) - numpy.floor(top), found)


def half_up(values: NDArray[numpy.float64], decimals: int) -> NDArray[numpy.float64]:
    """Return the values rounded to decimals, halves upwards.

    The ninth decimal is noise of binary fractions.
    """
    return numpy.floor(numpy.round(values * 10**decimals, 8) + 0.5) / 10**decimals


def worst(indices: DataFrame) -> DataFrame:
    """Return `aqi`, `aqi_pollutant` and `aqi_category` of the highest of a row's indices, ties
    by name."""
    ordered = indices[sorted(indices)]
    highest = ordered.max(axis="columns")
    pollutant = ordered.dropna(how="all").idxmax(axis="columns").reindex(indices.index)
    category = pandas.cut(
        highest, [-numpy.inf, *CATEGORIES], labels=list(CATEGORIES.values())
    ).astype(object)
    return DataFrame({"aqi": highest, "aqi_pollutant": pollutant, "aqi_category": category})
