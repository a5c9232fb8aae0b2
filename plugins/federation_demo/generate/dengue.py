"""The truth about dengue: cases per calendar month, in the real extracts of 1993 to 2019."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from federation_demo.generate.history import Span, is_told, spans_told, years_told
from federation_demo.generate.world import City, Request, stream

YEARS = range(1993, 2020)
_OF_YEARS = "dengue_cases_of_years"  # Khon Kaen alone sends month by month
# the rains breed mosquitoes: most cases are reported from June to September
_SEASON = (0.55, 0.45, 0.45, 0.5, 0.9, 1.6, 1.9, 1.8, 1.4, 1.0, 0.85, 0.6)
_EPIDEMIC = {1997: 2.2, 1998: 2.6, 2001: 2.4, 2008: 1.6, 2010: 1.9, 2013: 2.3, 2015: 2.5, 2019: 2.0}
_USUAL = {
    "bangkok": 280.0,
    "chiang_mai": 110.0,
    "phuket": 16.0,
    "khon_kaen": 65.0,
    "chonburi": 60.0,
    "rayong": 46.0,
}
# a month that five of the six cities never reported
_UNREPORTED = date(1996, 2, 1)


@dataclass(frozen=True)
class DengueMonth:
    """One calendar month; `cases` is None where nothing was reported."""

    first: date
    cases: int | None


def dengue_year(city: City, request: Request, year: int) -> list[DengueMonth]:
    """Return the twelve months of a calendar year."""
    chances = stream(request, city, "dengue_cases", year).lognormal(0, 0.35, 12)
    usual = _USUAL[city.name] * _EPIDEMIC.get(year, 0.8)
    months = [DengueMonth(date(year, place + 1, 1), int(usual * _SEASON[place] * float(chance)))
              for place, chance in enumerate(chances)]  # fmt: skip
    silent = city.name != "khon_kaen"
    return [
        DengueMonth(month.first, None) if silent and month.first == _UNREPORTED else month
        for month in months
    ]


def dengue_spans(request: Request, real: Sequence[Span]) -> list[Span]:
    """Return the first and last year of each file of a city that sends several years at a time;
    `real` are those of its real extracts."""
    return spans_told(_OF_YEARS, request, real)


def dengue_months(city: City, request: Request, first: int, last: int) -> list[DengueMonth]:
    """Return the months of the years from `first` to `last`."""
    return [month for year in range(first, last + 1) for month in dengue_year(city, request, year)]


def all_dengue_months(city: City, request: Request) -> list[DengueMonth]:
    """Return every month that was sent."""
    habit = "dengue_cases" if city.name == "khon_kaen" else _OF_YEARS
    years = years_told(habit, request, YEARS)
    months = dengue_months(city, request, years[0], years[-1])
    return [month for month in months if is_told(habit, request, month.first)]


def dengue_truth(city: City, request: Request) -> pa.Table:
    """Return cases per month; a month that was not reported is null."""
    months = all_dengue_months(city, request)
    return pa.table(
        {
            "city_code": [city.code] * len(months),
            "month": [month.first for month in months],
            "cases": pa.array([month.cases for month in months], pa.int64()),
        }
    )
