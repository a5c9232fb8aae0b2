"""The indicators of marts.city_indicator: one YAML file each, in `dbt_project/indicators`."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from federation.common.errors import ContractError
from federation.common.paths import DBT_PROJECT, INDICATORS
from federation.common.yaml_files import Bilingual, Text, YamlModel, load_yaml
from federation.datasets.suites import dataset_names, load_suite
from federation.datasets.tables import descriptions

PeriodKind = Literal["month", "year", "fiscal_year"]
Polarity = Literal["lower_is_better", "higher_is_better", "neutral"]
ValueKind = Literal["ratio", "count", "maximum"]
# The table of core that the inhabitants come from by which a mean of cities is weighted.
_WEIGHT_SOURCE = {"sum": None, "population_weighted": "fct_population"}
Absence = Literal["not_measured", "not_applicable"]
DepaDimension = Literal[
    "environment", "economy", "mobility", "energy", "people", "living", "governance"
]
EsgPillar = Literal["environmental", "social", "governance"]


class Side(YamlModel):
    """One side of an indicator."""

    measure: Text = Field(description="a measure of marts.measure or marts.statistic")
    source: Text = Field(description="the table of core that the measure is computed from")


class Numerator(Side):
    """What is counted."""

    minimum_reliable: float = Field(
        0, ge=0, description="fewer events than this make a rate of low reliability (ONS: 20)"
    )


class Denominator(Side):
    """What it is counted against."""

    period: Literal["same", "year"] = Field(
        "same", description="the indicator's own period, or the whole year that it lies in"
    )
    minimum: float = Field(0, ge=0, description="below this the indicator is suppressed")
    carried_years: int = Field(
        0, ge=0, le=3, description="a missing year is taken from so many years before, at most"
    )


class Kpi(YamlModel):
    """The nearest indicator of U4SSC (ITU-T Y.4903), and whether this one is computed as asked."""

    code: Text
    conforms: Literal["yes", "partly", "no"]


class Indicator(YamlModel):
    """One indicator: what it means, and what it is computed from."""

    indicator_code: Text
    version: int = Field(ge=1, description="raised when the definition or the computation changes")
    name: Bilingual
    definition: Bilingual
    formula: Text
    unit: Bilingual
    decimals: int = Field(ge=0, le=6, description="how many decimals people are shown")
    polarity: Polarity
    value_kind: ValueKind
    factor: float = Field(1, gt=0, description="the value is factor x numerator / denominator")
    across_cities: Literal["sum", "population_weighted"] = Field(
        "sum", description="how the value of all cities together is made"
    )
    numerator: Numerator
    denominator: Denominator
    periods: tuple[PeriodKind, ...] = Field(min_length=1)
    coverage_needed: float = Field(
        ge=0, le=1, description="the share of the period that must be covered for a whole value"
    )
    absence_means: Absence = "not_measured"
    caveat: Bilingual | None = None
    between_cities: Literal["comparable", "not_comparable"] = Field(
        "comparable", description="not_comparable where each city's figures mean another thing"
    )
    depa_dimension: DepaDimension
    esg_pillar: EsgPillar | None = None
    iso37120_name: Text | None = None
    u4ssc: Kpi | None = None
    sdg_target: Text | None = Field(None, pattern=r"^\d{1,2}\.[0-9a-z]{1,2}$")
    is_headline: bool = False

    @property
    def row(self) -> dict[str, Any]:
        """The indicator as columns of core.dim_indicator."""
        nested = {
            *("name", "definition", "unit", "numerator", "denominator"),
            *("periods", "caveat", "u4ssc"),
        }
        return self.model_dump(exclude=nested) | {
            "name_th": self.name.th,
            "name_en": self.name.en,
            "definition_th": self.definition.th,
            "definition_en": self.definition.en,
            "unit_th": self.unit.th,
            "unit_en": self.unit.en,
            "numerator_measure": self.numerator.measure,
            "numerator_source": self.numerator.source,
            "denominator_measure": self.denominator.measure,
            "denominator_source": self.denominator.source,
            "denominator_period": self.denominator.period,
            "minimum_denominator": self.denominator.minimum,
            "minimum_reliable_numerator": self.numerator.minimum_reliable,
            "denominator_carried_years": self.denominator.carried_years,
            "numerator_dataset": _dataset_of(self.numerator),
            "denominator_dataset": _dataset_of(self.denominator),
            "weight_source": _WEIGHT_SOURCE[self.across_cities],
            "is_monthly": "month" in self.periods,
            "is_yearly": "year" in self.periods,
            "is_fiscal_yearly": "fiscal_year" in self.periods,
            "caveat_th": self.caveat.th if self.caveat else None,
            "caveat_en": self.caveat.en if self.caveat else None,
            "u4ssc_code": self.u4ssc.code if self.u4ssc else None,
            "u4ssc_conforms": self.u4ssc.conforms if self.u4ssc else None,
        }


def _dataset_of(side: Side) -> str:
    (dataset,) = [name for name in dataset_names() if load_suite(name).fact == side.source]
    return dataset


@cache
def measures() -> frozenset[str]:
    """Return the names of all measures: those that marts.measure and marts.statistic accept."""
    models = descriptions(DBT_PROJECT, "marts")
    return _accepted(models["measure"]) | _accepted(models["statistic"])


def _accepted(model: dict[str, Any]) -> frozenset[str]:
    (column,) = [column for column in model["columns"] if column["name"] == "measure"]
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
