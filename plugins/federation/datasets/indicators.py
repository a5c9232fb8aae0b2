"""The indicators of marts.city_indicator: one YAML file each, in `dbt_project/indicators`."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from federation.common.errors import ContractError
from federation.common.paths import DBT_PROJECT, INDICATORS
from federation.common.yaml_files import Bilingual, Day, Text, YamlModel, load_yaml
from federation.datasets.tables import descriptions

Polarity = Literal["lower_is_better", "higher_is_better", "neutral"]
ValueKind = Literal["ratio", "count", "maximum"]
Absence = Literal["not_measured", "not_applicable"]
DepaDimension = Literal[
    "environment", "economy", "mobility", "energy", "people", "living", "governance"
]
EsgPillar = Literal["environmental", "social", "governance"]


class Numerator(YamlModel):
    """What is counted."""

    measure: Text = Field(description="a measure of marts.measure")
    source: Text = Field(description="the table of core that the measure is computed from")


class Denominator(Numerator):
    """What it is counted against."""

    period: Literal["same", "year"] = Field(
        "same", description="the indicator's own period, or the whole year that it lies in"
    )
    minimum: float = Field(0, ge=0, description="below this the indicator is suppressed")


class Indicator(YamlModel):
    """One indicator: what it means, and what it is computed from."""

    indicator_code: Text
    name: Bilingual
    definition: Text
    formula: Text
    unit: Text
    polarity: Polarity
    value_kind: ValueKind
    factor: float = Field(1, gt=0, description="the value is factor x numerator / denominator")
    numerator: Numerator
    denominator: Denominator
    periods: tuple[Literal["month", "year"], ...] = Field(min_length=1)
    coverage_needed: float = Field(
        0, ge=0, le=1, description="the share of the period that must be covered"
    )
    absence_means: Absence = "not_measured"
    caveat: Bilingual | None = None
    depa_dimension: DepaDimension
    esg_pillar: EsgPillar
    iso37120_name: Text | None = None
    sdg_target: Text | None = None
    is_headline: bool = False
    valid_from: Day

    @property
    def row(self) -> dict[str, Any]:
        """The indicator as columns of core.dim_indicator."""
        nested = {"name", "numerator", "denominator", "periods", "caveat"}
        return self.model_dump(exclude=nested) | {
            "name_th": self.name.th,
            "name_en": self.name.en,
            "numerator_measure": self.numerator.measure,
            "numerator_source": self.numerator.source,
            "denominator_measure": self.denominator.measure,
            "denominator_source": self.denominator.source,
            "denominator_period": self.denominator.period,
            "minimum_denominator": self.denominator.minimum,
            "is_monthly": "month" in self.periods,
            "is_yearly": "year" in self.periods,
            "caveat_th": self.caveat.th if self.caveat else None,
            "caveat_en": self.caveat.en if self.caveat else None,
        }


@cache
def measures() -> frozenset[str]:
    """Return the names of all measures: those that marts.measure accepts."""
    columns = descriptions(DBT_PROJECT, "marts")["measure"]["columns"]
    (column,) = [column for column in columns if column["name"] == "measure"]
    (accepted,) = [test["accepted_values"] for test in column["data_tests"]]
    return frozenset(accepted["arguments"]["values"])


@cache
def load_indicators(folder: Path = INDICATORS) -> tuple[Indicator, ...]:
    """Return every indicator, in order of file name.

    Raises ContractError with file, key and reason.
    """
    files = sorted(folder.glob("*.yml"))
    indicators = tuple(load_yaml(file, Indicator) for file in files)
    times = Counter(indicator.indicator_code for indicator in indicators)
    for file, indicator in zip(files, indicators, strict=True):
        if times[indicator.indicator_code] > 1:
            raise ContractError(file, "indicator_code", "another file has the same code")
        for side in ("numerator", "denominator"):
            measure = getattr(indicator, side).measure
            if measure not in measures():
                known = ", ".join(sorted(measures()))
                reason = f"no measure is called {measure!r}; known: {known}"
                raise ContractError(file, f"{side}.measure", reason)
    return indicators
