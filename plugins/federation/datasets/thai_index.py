"""Thailand's air quality index as SQL, by the breakpoints and the macro of the warehouse.

Both are read where dbt reads them, so that the gate and the marts know one index.
"""

import csv
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import cast

from federation.common.hashing import sha256_of_file, short_hash
from federation.common.paths import DBT_PROJECT
from federation.common.sql import Sql, compose, identifiers, listed, literal
from federation.common.vocabulary import Averaging

BREAKPOINTS = DBT_PROJECT / "seeds" / "aqi_breakpoint.csv"
MACRO = DBT_PROJECT / "macros" / "thai_aqi.sql"
# What the index is defined on (Pollution Control Department, http://air4thai.pcd.go.th).
DEFINED_ON = MappingProxyType(
    {
        "pm25": Averaging.RUNNING_24H,
        "pm10": Averaging.RUNNING_24H,
        "o3": Averaging.RUNNING_8H,
        "co": Averaging.RUNNING_8H,
        "no2": Averaging.HOURLY,
        "so2": Averaging.HOURLY,
    }
)
_STILL = "9999-12-31"


def indices(values: Sql) -> Sql:
    """Return the SELECT of the index `aqi` beside `values`, which have the columns `pollutant`,
    `value` (in the national unit) and `day` (local).

    There is a row per value and band that is in force on the day; `aqi` is NULL in all of them but
    one. A value before there was an index has no row.
    """
    return compose(
        "SELECT measured.*, {aqi} AS aqi FROM ({values}) AS measured "
        "JOIN (VALUES {bands}) AS band({names}) ON band.pollutant = measured.pollutant "
        "AND measured.day BETWEEN band.valid_from AND band.valid_to",
        aqi=Sql(" ".join(_macro()("measured.value", "band").split())),
        values=values,
        bands=listed(map(_band, _bands())),
        names=identifiers(_bands()[0]),
    )


def in_force(at: str) -> Sql:
    """Return the first day of the breakpoints that were in force at an instant (SQL of a
    TIMESTAMPTZ); NULL before there were any."""
    days = sorted({band["valid_from"] for band in _bands()}, reverse=True)
    cases = " ".join(
        f"WHEN {at} >= TIMESTAMPTZ '{day} 00:00:00+07' THEN DATE '{day}'" for day in days
    )
    return Sql(f"CASE {cases} END")


def definition() -> str:
    """Return a short hash of all that decides what the index of a value is."""
    return short_hash(sha256_of_file(BREAKPOINTS), sha256_of_file(MACRO))


@cache
def _bands() -> list[dict[str, str]]:
    with BREAKPOINTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _band(row: Mapping[str, str]) -> Sql:
    return compose("({values})", values=listed(_value(name, text) for name, text in row.items()))


def _value(name: str, text: str) -> Sql:
    if name == "pollutant":
        return literal(text)
    if name.startswith("valid_"):
        return Sql(f"DATE {literal(text or _STILL)}")
    return literal(int(text) if text.isdigit() else float(text))


@cache
def _macro() -> Callable[[str, str], str]:
    from jinja2 import Environment

    template = Environment(autoescape=False).from_string(MACRO.read_text("utf-8"))
    return cast("Callable[[str, str], str]", template.module.thai_aqi)  # type: ignore[attr-defined]
