"""What the readers of the datasets share: files, periods, clocks, numbers, Thai dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas
import pyarrow.parquet as pq
from pandas import DataFrame, Series

AHEAD_OF_UTC = pandas.Timedelta(hours=7)
YEARS = re.compile(r"(\d{4})[-_](\d{4})(?!\d)")
PERIOD = re.compile(r"(\d{4})(?:[-_]|/month=)?(\d{2})?")
THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
THAI_MONTHS = {
    name: place
    for place, name in enumerate(
        [
            "ม.ค.",
            "ก.พ.",
            "มี.ค.",
            "เม.ย.",
            "พ.ค.",
            "มิ.ย.",
            "ก.ค.",
            "ส.ค.",
            "ก.ย.",
            "ต.ค.",
            "พ.ย.",
            "ธ.ค.",
        ],
        start=1,
    )
}


@dataclass(frozen=True)
class Dataset:
    """How a dataset's national records look and who reads each city's files.

    A reader gets the city's native rows and gives the national columns along with `period` and
    `local`, the record's time on the city's clock; `from_local` makes the column `time` of it.
    """

    key: list[str]
    columns: dict[str, str]
    time: str
    from_local: Callable[[Series], Series]
    cities: dict[str, tuple[str, Callable[[DataFrame], DataFrame]]]
    impossible: Callable[[DataFrame], Series] | None = None  # which records of a city cannot be


def native(folder: Path, *, replaced: bool = False) -> DataFrame:
    """Return all rows below `folder`, structs as `name.field`, with the `period` of their file.

    A file that was sent again gives way to its `-resend`; `replaced` asks for such files alone.
    """
    sent = sorted(folder.rglob("*.parquet"))
    files = [file for file in sent if (file.with_stem(f"{file.stem}-resend") in sent) == replaced]
    if not files:
        return DataFrame()
    frames = [
        pq.ParquetFile(file)
        .read()
        .flatten()
        .to_pandas()
        .assign(period=period(file.relative_to(folder)))
        for file in files
    ]
    return pandas.concat(frames, ignore_index=True)


def period(file: Path) -> str:
    """Return the years, the year, or the year and month that a file's path names, such as
    `1993..2002` (CE)."""
    if years := YEARS.search(file.as_posix()):
        return "..".join(
            str(int(year) - (543 if int(year) > 2400 else 0)) for year in years.groups()
        )
    match = PERIOD.search(file.as_posix())
    if match is None:
        raise ValueError(f"{file} names no period")
    year, month = int(match[1]), match[2]
    year -= 543 if year > 2400 else 0
    return f"{year}-{month}" if month else f"{year}"


def in_period(local: Series, periods: Series) -> Series:
    """Return which of the local times lie in the period of their file."""
    by_month = local.dt.strftime("%Y-%m")
    year, ends = by_month.str[:4], periods.str.split("..", regex=False)
    by_year = (year >= ends.str[0]) & (year <= ends.str[-1]) & (ends.str[0].str.len() == 4)
    return (by_month == periods) | by_year


def to_local(utc: Series) -> Series:
    """Return the city's clock, without zone, of UTC times or of milliseconds since 1970."""
    if pandas.api.types.is_integer_dtype(utc):
        utc = pandas.to_datetime(utc, unit="ms")
    return pandas.to_datetime(utc, utc=True).dt.tz_localize(None) + AHEAD_OF_UTC


def to_utc(local: Series) -> Series:
    """Return the UTC times of readings of the city's clock."""
    return (local - AHEAD_OF_UTC).dt.tz_localize("UTC")


def buddhist_date(text: Series) -> Series:
    """Return the days of dd/mm/BBBB."""
    parts = text.str.split("/", expand=True).astype(int)
    return pandas.to_datetime({"year": parts[2] - 543, "month": parts[1], "day": parts[0]})


def thai_date(text: Series) -> Series:
    """Return the days of Thai short dates such as `1 ม.ค. 69` (2026), or first days of `ม.ค.

    69`.
    """
    parts = text.str.extract(r"^(\d+)? ?(\D+) (\d{2})$")
    months = parts[1].map(THAI_MONTHS).astype(int)
    days = parts[0].astype(float).fillna(1).astype(int)
    return pandas.to_datetime(
        {"year": 2500 - 543 + parts[2].astype(int), "month": months, "day": days}
    )


def clock(text: Series) -> Series:
    """Return the time since midnight of HH:MM at the start of each text."""
    return pandas.to_timedelta(text.str[:5] + ":00")


def number(text: Series, missing: Sequence[str] = ("-",)) -> Series:
    """Return the numbers written with Thai or Arabic digits and commas; NaN for a missing mark."""
    plain = text.str.translate(THAI_DIGITS).str.replace(",", "")
    return pandas.to_numeric(plain.mask(plain.isin(missing)))


def without_sentinels(frame: DataFrame) -> DataFrame:
    """Return Phuket's rows with nothing where -999 or -9999 stood."""
    return frame.mask(frame.isin([-999, -9999]))


def wide(frame: DataFrame, key: list[str], names: str, fields: dict[str, str]) -> DataFrame:
    """Return Chiang Mai's long rows as one row per key, each of `fields` under its national
    name."""
    table = frame.drop_duplicates().pivot(index=key, columns=names, values="value")
    return table.reindex(columns=list(fields)).rename(columns=fields).reset_index()


def listed(frame: DataFrame, column: str, label: str) -> DataFrame:
    """Return Rayong's lists of labelled values as one column per label, scaled by their
    multiplier."""
    items = frame[column].explode()
    items = pandas.DataFrame(items.tolist(), index=items.index)
    items["value"] *= 10.0 ** items.get("unitMultiplier", 0)
    return items.set_index(label, append=True)["value"].unstack()
