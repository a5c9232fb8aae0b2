"""The national indicators by the words of the registry: definition, formula, what is needed,
what absence means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas
import yaml
from pandas import DataFrame, Series

INDICATORS = Path(__file__).parents[2] / "dbt_project" / "indicators"

KEY = ["indicator_code", "city_code", "period_kind", "period_start"]
COLUMNS = [
    *KEY,
    "value",
    "value_status",
    "numerator",
    "denominator",
    "coverage",
    "cities_covered",
    "comparability",
]
COMPARABLE_COVERAGE = 0.75
SIDES = {"numerator": "numerator_measure", "denominator": "denominator_measure"}


def registry() -> DataFrame:
    """Return the indicators' definitions."""
    texts = [file.read_text("utf-8") for file in sorted(INDICATORS.glob("*.yml"))]
    return DataFrame([_row(yaml.safe_load(text)) for text in texts])


def _row(given: dict[str, Any]) -> dict[str, Any]:
    """Return a definition as one row, with what a file may leave out."""
    numerator, denominator = given["numerator"], given["denominator"]
    return {
        "factor": 1.0,
        "coverage_needed": 0.0,
        "absence_means": "not_measured",
        **given,
        "numerator_measure": numerator["measure"],
        "numerator_source": numerator["source"],
        "denominator_measure": denominator["measure"],
        "denominator_source": denominator["source"],
        "denominator_period": denominator.get("period", "same"),
        "minimum_denominator": denominator.get("minimum", 0),
        "is_monthly": "month" in given["periods"],
        "is_yearly": "year" in given["periods"],
        "caveat_en": given.get("caveat", {}).get("en"),
    }


def indicators(measures: DataFrame, last_days: DataFrame, cities: list[str]) -> DataFrame:
    """Return every indicator of each city and of the country (`TH`), by month and year as the
    registry allows.

    `last_days` holds the last day that a feed's files cover, by fact (row) and city (column).
    """
    rows = [definition for _, definition in registry().iterrows()]
    parts = [
        of_kind(definition, measures, last_days, cities, kind)
        for definition in rows
        for kind in ("month", "year")
        if definition["is_monthly" if kind == "month" else "is_yearly"]
    ]
    return pandas.concat(parts)[COLUMNS].sort_values(KEY).reset_index(drop=True)


def of_kind(
    definition: Series, measures: DataFrame, last_days: DataFrame, cities: list[str], kind: str
) -> DataFrame:
    """Return one indicator by months or by years."""
    cells = both_sides(definition, measures, cities, kind)
    is_told = cells[["numerator", "denominator"]].notna().all(axis=1)
    cells["is_whole"] = is_told & (cells["coverage"] >= definition["coverage_needed"])
    ends = cells["period_start"].dt.to_period(kind[0].upper()).dt.end_time.dt.normalize()
    feeds = last_days.loc[[definition["numerator_source"], definition["denominator_source"]]].min()
    cells["is_due"] = ~(pandas.to_datetime(cells["city_code"].map(feeds)) < ends)
    cells["is_had"] = cells["city_code"].isin(
        measures.loc[measures["measure"] == definition["numerator_measure"], "city_code"]
    )
    cells["cities_covered"] = cells["is_whole"].astype(int)
    found = pandas.concat([cells, country(cells[cells["is_whole"]], definition)], ignore_index=True)
    return judged(found, definition, len(cities)).assign(
        indicator_code=definition["indicator_code"], period_kind=kind
    )


def both_sides(definition: Series, measures: DataFrame, cities: list[str], kind: str) -> DataFrame:
    """Return numerator, denominator and the lesser coverage of each city in each period that any
    city has."""
    numerator, denominator = (
        measures[measures["measure"] == definition[name]].rename(columns={"amount": side})
        for side, name in SIDES.items()
    )
    numerator = numerator[numerator["period_kind"] == kind]
    starts = sorted(numerator["period_start"].unique())
    grid = pandas.MultiIndex.from_product(
        [cities, starts], names=["city_code", "period_start"]
    ).to_frame(index=False)
    grid["period_start"] = grid["period_start"].astype("datetime64[ns]")
    is_of_year = definition["denominator_period"] == "year"
    grid["other"] = (
        grid["period_start"].dt.to_period("Y").dt.start_time if is_of_year else grid["period_start"]
    )
    below = denominator[denominator["period_kind"] == ("year" if is_of_year else kind)]
    below = below.rename(columns={"period_start": "other", "coverage": "below"})
    cells = grid.merge(
        numerator[["city_code", "period_start", "numerator", "coverage"]], how="left"
    )
    cells = cells.merge(below[["city_code", "other", "denominator", "below"]], how="left")
    return cells.assign(coverage=cells[["coverage", "below"]].min(axis=1)).drop(
        columns=["other", "below"]
    )


def country(whole: DataFrame, definition: Series) -> DataFrame:
    """Return the sums over the cities with both sides (the largest numerator, where that is the
    indicator) as `TH`."""
    above = "max" if definition["value_kind"] == "maximum" else "sum"
    sides = {
        "numerator": above,
        "denominator": "sum",
        "coverage": "mean",
        "cities_covered": "sum",
        "is_whole": "all",
    }
    return (
        whole.groupby("period_start", as_index=False)
        .agg(sides)
        .assign(city_code="TH", is_due=True, is_had=True)
    )


def judged(cells: DataFrame, definition: Series, cities: int) -> DataFrame:
    """Return the cells with value, status and comparability."""
    status = Series("not_measured", index=cells.index)
    status[~cells["is_due"]] = "not_due"
    if definition["absence_means"] == "not_applicable":
        status[~cells["is_had"]] = "not_applicable"
    status[cells["is_whole"]] = "measured"
    status[cells["is_whole"] & (cells["denominator"] == 0)] = "not_applicable"
    status[cells["is_whole"] & (cells["denominator"] < definition["minimum_denominator"])] = (
        "suppressed"
    )
    ratio = definition["factor"] * cells["numerator"] / cells["denominator"]
    value = (ratio if definition["value_kind"] == "ratio" else cells["numerator"]).where(
        status == "measured"
    )
    comparability = Series("comparable", index=cells.index)
    lacking = (cells["city_code"] == "TH") & (cells["cities_covered"] < cities)
    comparability[lacking | pandas.notna(definition["caveat_en"])] = "with_caveat"
    comparability[(status != "measured") | (cells["coverage"] < COMPARABLE_COVERAGE)] = (
        "not_comparable"
    )
    covered = cells["cities_covered"].where(status == "measured", 0)
    return cells.assign(
        value=value, value_status=status, comparability=comparability, cities_covered=covered
    )
