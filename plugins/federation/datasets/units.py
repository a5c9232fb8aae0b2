"""The units of the federation, from `expectations/units.yml`: how cities write them, what they are
multiples of, and which columns carry them in their names."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from federation.common.hashing import short_hash
from federation.common.paths import UNITS
from federation.common.yaml_files import Bilingual, Text, YamlModel, load_yaml, wrong

# UN/CEFACT Recommendation 20 code for "one": a plain count, whatever is counted.
COUNT_CODE = "C62"


@dataclass(frozen=True)
class Unit:
    """A unit as cities write it, as a multiple of the base unit of its quantity."""

    quantity: str
    factor: float


class UnitEntry(YamlModel):
    """One unit of `units.yml`."""

    name: Bilingual
    quantity: Text | None = Field(
        default=None, description="what it measures; none for units of computed columns only"
    )
    factor: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="how many base units of the quantity it is"
    )
    codes: tuple[Text, ...] = Field(
        default=(), description="other spellings that contracts may use"
    )
    counted: bool = Field(
        default=False, description="whether it counts things, so that C62 fits too"
    )
    suffixes: tuple[Text, ...] = Field(default=(), description="ends of column names that carry it")
    prefixes: tuple[Text, ...] = Field(
        default=(), description="beginnings that carry it, where no end does"
    )

    @model_validator(mode="after")
    def _quantity_and_factor(self) -> "UnitEntry":
        if (self.quantity is None) != (self.factor is None):
            raise wrong("quantity and factor belong together", "quantity")
        return self


class UnitsFile(YamlModel):
    """`expectations/units.yml`."""

    units: dict[str, UnitEntry] = Field(min_length=1)


@cache
def load_units(file: Path = UNITS) -> dict[str, UnitEntry]:
    """Return code -> unit, as written; raises ContractError."""
    return load_yaml(file, UnitsFile).units


@cache
def known_units() -> dict[str, Unit]:
    """Return every spelling that a contract may use -> unit, each code before its other
    spellings."""
    return {
        spelling: Unit(entry.quantity, entry.factor)
        for code, entry in load_units().items()
        if entry.quantity is not None and entry.factor is not None
        for spelling in (code, *entry.codes)
    }


def units_hash() -> str:
    """Return a short hash of what units decide in a conformed record; names do not enter."""
    facts = [(spelling, unit.quantity, unit.factor) for spelling, unit in known_units().items()]
    return short_hash(facts, sorted(counted_quantities()))


@cache
def counted_quantities() -> set[str]:
    """Return the quantities whose values are plain counts."""
    return {str(entry.quantity) for entry in load_units().values() if entry.counted}


def unit_of_name(column: str) -> str | None:
    """Return the unit that a column's name carries: by its longest known end, else by its
    beginning."""
    ends = [(len(end), code) for end, code in _suffixes() if column.endswith(end)]
    if ends:
        return max(ends)[1]
    return next((code for begin, code in _prefixes() if column.startswith(begin)), None)


def _suffixes() -> Iterator[tuple[str, str]]:
    return ((end, code) for code, entry in load_units().items() for end in entry.suffixes)


def _prefixes() -> Iterator[tuple[str, str]]:
    return ((begin, code) for code, entry in load_units().items() for begin in entry.prefixes)
