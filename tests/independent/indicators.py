"""The indicators by the words of their files: definition, formula, what is needed, what absence
means. Each cell is made by itself, in plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas
import yaml
from pandas import DataFrame, Period

from .measures import FREQUENCIES

INDICATORS = Path(__file__).parents[2] / "dbt_project" / "indicators"
FEDERATION = "TH"
KEY = ["indicator_code", "city_code", "period_kind", "period_start"]
# SDMX, Possible Ways of Implementing CL_OBS_STATUS (2019): of several flags the first one counts.
SDMX_ORDER = "BOMLHQJSDKWIFEPNUVGA"
FLAGS = {
    "not_due": "O",
    "not_measured": "L",
    "not_applicable": "M",
    "suppressed": "Q",
    "year_to_date": "P",
    "partial": "E",
    "definition_differs": "D",
    "few_events": "U",
    "denominator_carried": "E",
    "weights_carried": "E",
    "some_cities": "A",
    "caveat": "A",
}
LIMITS_ONLY = {"denominator_carried", "weights_carried", "some_cities", "caveat"}
WITH_A_VALUE = {"measured", "provisional", "year_to_date", "partial"}


@dataclass
class Cell:
    """One indicator of one city in one period."""

    city: str
    numerator: float | None = None
    denominator: float | None = None
    coverage: float | None = None
    extent: str = "none"  # whole, year_to_date, partial or none
    absence: str = "not_measured"
    denominator_start: pandas.Timestamp | None = None
    is_carried: bool = False
    is_weight_carried: bool = False
    missing: list[str] = field(default_factory=list)
    cities: int = 1


class Amounts:
    """Amounts and coverages by measure, city, kind of period and its first day."""

    def __init__(self, measures: DataFrame) -> None:
        rows = measures[
            ["measure", "city_code", "period_kind", "period_start", "amount", "coverage"]
        ]
        self._by_key = {
            (measure, city, kind, pandas.Timestamp(start)): (round(amount, 6), coverage)
            for measure, city, kind, start, amount, coverage in rows.itertuples(index=False)
            if pandas.notna(amount)
        }
        self._starts: dict[tuple[str, str], set[pandas.Timestamp]] = {}
        self._cities: dict[str, set[str]] = {}
        for measure, city, kind, start in self._by_key:
            self._starts.setdefault((measure, kind), set()).add(start)
            self._cities.setdefault(measure, set()).add(city)

    def get(
        self, measure: str, city: str, kind: str, start: pandas.Timestamp
    ) -> tuple[float, float] | None:
        return self._by_key.get((measure, city, kind, start))

    def starts(self, measure: str, kind: str) -> list[pandas.Timestamp]:
        return sorted(self._starts.get((measure, kind), ()))

    def has(self, measure: str, city: str) -> bool:
        return city in self._cities.get(measure, ())

    def newest(
        self, measure: str, city: str, year: int, years: int
    ) -> tuple[pandas.Timestamp, tuple[float, float]] | None:
        """Return the amount of a year, or of the nearest one of so many years before it."""
        for earlier in range(years + 1):
            start = pandas.Timestamp(year - earlier, 1, 1)
            if found := self.get(measure, city, "year", start):
                return start, found
        return None


def registry() -> list[dict[str, Any]]:
    """Return the indicators' definitions."""
    return [yaml.safe_load(file.read_text("utf-8")) for file in sorted(INDICATORS.glob("*.yml"))]


def indicators(measures: DataFrame, last_days: DataFrame, cities: list[str]) -> DataFrame:
    """Return every indicator of each city and of all of them together (`TH`), by the kinds of
    period that its file names.

    `last_days` holds the last day that a feed's files cover, by fact (row) and city (column).
    """
    amounts = Amounts(measures)
    reach = {
        (fact, city): last_days.loc[fact, city]
        for fact in last_days.index
        for city in last_days.columns
        if pandas.notna(last_days.loc[fact, city])
    }
    rows = [
        {
            "indicator_code": given["indicator_code"],
            "period_kind": kind,
            "period_start": start,
            **judged(cell, given, len(cities)),
        }
        for given in registry()
        for kind in given["periods"]
        for start in amounts.starts(given["numerator"]["measure"], kind)
        for cell in of_period(given, kind, start, amounts, reach, cities)
    ]
    return DataFrame(rows).sort_values(KEY).reset_index(drop=True)


def of_period(
    given: dict[str, Any],
    kind: str,
    start: pandas.Timestamp,
    amounts: Amounts,
    reach: dict[tuple[str, str], pandas.Timestamp],
    cities: Iterable[str],
) -> list[Cell]:
    """Return the cells of one indicator and period: each city's, and that of all."""
    of_cities = [of_city(given, kind, start, city, amounts, reach) for city in cities]
    return [*of_cities, together(given, kind, start, of_cities, amounts)]


def of_city(
    given: dict[str, Any],
    kind: str,
    start: pandas.Timestamp,
    city: str,
    amounts: Amounts,
    reach: dict[tuple[str, str], pandas.Timestamp],
) -> Cell:
    above, below = given["numerator"], given["denominator"]
    end = Period(start, FREQUENCIES[kind]).end_time.normalize()
    numerator = amounts.get(above["measure"], city, kind, start)
    if below.get("period", "same") == "year" or kind == "year":
        carried = below.get("carried_years", 0)
        found = amounts.newest(below["measure"], city, start.year, carried)
    else:
        same = amounts.get(below["measure"], city, kind, start)
        found = (start, same) if same else None
    cell = Cell(city)
    if numerator:
        cell.numerator = numerator[0]
    if found:
        cell.denominator_start, cell.denominator = found[0], found[1][0]
    covered = [side[1] for side in (numerator, found and found[1]) if side]
    cell.coverage = min(covered, default=None)
    never = not amounts.has(above["measure"], city) and (above["source"], city) in reach
    is_not_applicable = never and given.get("absence_means") == "not_applicable"

    def is_to_come(source: str) -> bool:
        return (source, city) in reach and reach[source, city] < end

    if numerator and found:
        cell.is_carried = cell.denominator_start.year < start.year
        if cell.coverage >= given["coverage_needed"]:
            cell.extent = "whole"
        elif kind != "month" and is_to_come(above["source"]) and max(reach.values()) < end:
            cell.extent = "year_to_date"
        else:
            cell.extent = "partial"
        return cell
    if is_not_applicable:
        cell.absence = "not_applicable"
        return cell
    if is_to_come(below["source"] if numerator else above["source"]):
        cell.absence = "not_due"
    sides = [side for side, one in ((above, numerator), (below, found)) if not one]
    cell.missing = list(dict.fromkeys(dataset_of(side["source"]) for side in sides))
    return cell


def dataset_of(fact: str) -> str:
    name = fact.removeprefix("fct_")
    return "road_accidents" if name == "road_accident" else name


def together(
    given: dict[str, Any],
    kind: str,
    start: pandas.Timestamp,
    of_cities: list[Cell],
    amounts: Amounts,
) -> Cell:
    """Return all cities as one: from their whole periods or, where none is whole, from parts."""
    whole = [cell for cell in of_cities if cell.extent == "whole"]
    parts = whole or [cell for cell in of_cities if cell.extent != "none"]
    weights: dict[str, tuple[pandas.Timestamp, tuple[float, float]]] = {}
    pooled = parts
    if given.get("across_cities") == "population_weighted":
        found = {cell.city: amounts.newest("persons", cell.city, start.year, 200) for cell in parts}
        weights = {city: one for city, one in found.items() if one}
        pooled = [cell for cell in parts if cell.city in weights]
    if not pooled:
        return absent(given, of_cities, lacks_weights=bool(parts))
    result = Cell(FEDERATION, cities=len(pooled))
    result.extent = "whole" if whole else "partial"
    if any(cell.extent == "year_to_date" for cell in pooled):
        result.extent = "year_to_date"
    result.coverage = sum(cell.coverage for cell in pooled) / len(of_cities)
    result.is_carried = any(cell.is_carried for cell in pooled)
    if weights:
        weigh(result, pooled, weights, start)
    else:
        add_up(result, pooled, given)
        if of_sums := amounts.get(given["denominator"]["measure"], FEDERATION, kind, start):
            result.denominator = of_sums[0]
    return result


def absent(given: dict[str, Any], of_cities: list[Cell], *, lacks_weights: bool) -> Cell:
    """Return the cell of all cities where none can be counted, with what is missing."""
    result = Cell(FEDERATION, cities=0, coverage=0.0)
    absences = {cell.absence for cell in of_cities if cell.extent == "none"}
    if "not_due" in absences:
        result.absence = "not_due"
    elif len(absences) == 1 and not lacks_weights:
        result.absence = absences.pop()
    missing = {name for cell in of_cities for name in cell.missing}
    order = [dataset_of(given[side]["source"]) for side in ("numerator", "denominator")]
    result.missing = [name for name in dict.fromkeys(order) if name in missing]
    if lacks_weights:
        result.missing = ["population"]
    return result


def weigh(
    result: Cell,
    pooled: list[Cell],
    weights: dict[str, tuple[pandas.Timestamp, tuple[float, float]]],
    start: pandas.Timestamp,
) -> None:
    """Put in the mean of the cities' values by their inhabitants."""
    people = {city: amount for city, (_, (amount, _)) in weights.items()}
    result.numerator = sum(cell.numerator / cell.denominator * people[cell.city] for cell in pooled)
    result.denominator = sum(people[cell.city] for cell in pooled)
    starts = [weights[cell.city][0] for cell in pooled]
    result.is_weight_carried = any(one.year < start.year for one in starts)
    result.denominator_start = min(starts)


def add_up(result: Cell, pooled: list[Cell], given: dict[str, Any]) -> None:
    """Put in the sums of the cities, or the largest of their maxima."""
    numerators = [cell.numerator for cell in pooled]
    result.numerator = max(numerators) if given["value_kind"] == "maximum" else sum(numerators)
    result.denominator = sum(cell.denominator for cell in pooled)
    result.denominator_start = min(cell.denominator_start for cell in pooled)


def judged(cell: Cell, given: dict[str, Any], cities: int) -> dict[str, Any]:
    """Return the cell with value, status, reasons and comparability."""
    status = status_of(cell, given)
    has_value = status in WITH_A_VALUE
    value = None
    if has_value:
        value = cell.numerator
        if given["value_kind"] == "ratio":
            value = given.get("factor", 1) * cell.numerator / cell.denominator
    reasons = sorted(reasons_of(cell, given, status, cities))
    flags = [FLAGS[reason] for reason in reasons] or ["A"]
    comparability = "comparable"
    if reasons:
        limits_only = set(reasons) <= LIMITS_ONLY
        comparability = "with_caveat" if limits_only else "not_comparable"
    return {
        "city_code": cell.city,
        "value": value,
        "value_status": status,
        "observation_status": min(flags, key=SDMX_ORDER.index),
        "numerator": cell.numerator,
        "denominator": cell.denominator,
        "denominator_start": cell.denominator_start,
        "coverage": cell.coverage,
        "cities_covered": cell.cities if has_value else 0,
        "comparability": comparability,
        "reasons": " ".join(reasons),
        "missing_datasets": " ".join(cell.missing),
    }


def status_of(cell: Cell, given: dict[str, Any]) -> str:
    if cell.extent == "none":
        return cell.absence
    if cell.denominator < given["denominator"].get("minimum", 0):
        return "suppressed"
    if cell.denominator == 0:
        return "not_applicable"
    if cell.extent != "whole":
        return cell.extent
    return "provisional" if cell.is_carried else "measured"


def reasons_of(cell: Cell, given: dict[str, Any], status: str, cities: int) -> Iterable[str]:
    if status not in ("measured", "provisional"):
        yield status
    if status not in WITH_A_VALUE:
        return
    if cell.is_carried:
        yield "denominator_carried"
    if cell.is_weight_carried:
        yield "weights_carried"
    if cell.numerator < given["numerator"].get("minimum_reliable", 0):
        yield "few_events"
    if given.get("between_cities") == "not_comparable":
        yield "definition_differs"
    if cell.city == FEDERATION and cell.cities < cities:
        yield "some_cities"
    if "caveat" in given:
        yield "caveat"
