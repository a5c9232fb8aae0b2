"""Which local days the delivered files cover, by their paths."""

from __future__ import annotations

import re
from pathlib import Path

from pandas import DataFrame, DateOffset, Period, Timestamp

from .reading import Dataset, period

FISCAL_YEARS = ("kan-thongthiao", "dengue/kk_dengue_fy")  # October of the year before to September
PART_OF_MONTH = re.compile(
    r"rain.*[-_pP]([1-4])\.parquet$|namfon_\d+_([1-4])\.parquet$", re.IGNORECASE
)
DAYS_OF_PART = {"1": (1, 8), "2": (9, 16), "3": (17, 24), "4": (25, 31)}


def delivered(dataset: Dataset, platforms: Path, codes: dict[str, str]) -> DataFrame:
    """Return `city_code`, `first` and `last` day of each delivered file of a dataset."""
    rows = [
        (codes[city], *interval(file.relative_to(platforms / city)))
        for city, (folder, _) in dataset.cities.items()
        for file in sorted((platforms / city / folder).rglob("*.parquet"))
    ]
    return DataFrame(rows, columns=["city_code", "first", "last"])


def interval(file: Path) -> tuple[Timestamp, Timestamp]:
    """Return the first and the last day that a file covers."""
    path, ends = file.as_posix(), period(Path(*file.parts[1:])).split("..")
    first, last = Period(ends[0]).start_time, Period(ends[-1]).end_time.normalize()
    if path.startswith(FISCAL_YEARS):
        return first - DateOffset(months=3), last - DateOffset(
            months=3
        )  # 31 December, 30 September
    if part := PART_OF_MONTH.search(path):
        days = DAYS_OF_PART[part[1] or part[2]]
        return first.replace(day=days[0]), min(first + DateOffset(days=days[1] - 1), last)
    return first, last
