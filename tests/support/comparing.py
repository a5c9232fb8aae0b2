"""A release against the independent computation from the cities' own files, row by row."""

from collections.abc import Collection, Iterable
from pathlib import Path

import duckdb
import pandas as pd
from independent import key_of, national, published

from support.contracts import HOURLY_CITIES
from support.hubrun import FACTS, Site

KEYS = {
    "air_quality_daily": ["city_code", "date"],
    "air_quality_monthly": ["city_code", "month"],
    "city_indicator": ["indicator_code", "city_code", "period_kind", "period_start"],
    "city_scorecard": ["city_code", "year"],
    "health_monthly": ["city_code", "month"],
    "tourism_monthly": ["city_code", "month"],
    "road_safety_monthly": ["city_code", "month"],
    "agriculture_yearly": ["area_code", "crop", "crop_year"],
    "measure": ["measure", "area_code", "period_kind", "period_start"],
}
OF_POPULATION = "WHERE regexp_matches(measure, '^(persons|men$|women$|houses$)')"


def assert_core_equals(
    site: Site,
    platforms: Path,
    datasets: Iterable[str] = tuple(FACTS),
    hourly_cities: Collection[str] = HOURLY_CITIES,
) -> dict[str, pd.DataFrame]:
    """Assert that every fact holds exactly the records of the independent computation, and
    return these by dataset."""
    records = {dataset: national(dataset, platforms, hourly_cities) for dataset in datasets}
    for dataset, expected in records.items():
        _assert_equal(site, f"core.{FACTS[dataset]}", expected, key_of(dataset))
    return records


def assert_core_and_marts_equal(
    site: Site, platforms: Path, hourly_cities: Collection[str] = HOURLY_CITIES
) -> None:
    """Assert the same of core and of the marts (of marts.measure: the population), computed
    values to six decimals."""
    records = assert_core_equals(site, platforms, hourly_cities=hourly_cities)
    for mart, expected in published(records, platforms, hourly_cities).items():
        _assert_equal(
            site,
            f"marts.{mart}",
            expected,
            KEYS[mart],
            where=OF_POPULATION if mart == "measure" else "",
        )


def _assert_equal(
    site: Site, table: str, expected: pd.DataFrame, key: list[str], where: str = ""
) -> None:
    assert len(expected) > 0
    lists = [name for name in expected.columns if name in ("reasons", "missing_datasets")]
    columns = [
        f"array_to_string({name}, ' ') AS {name}" if name in lists else name
        for name in expected.columns
    ]
    with duckdb.connect(str(site.home.current), read_only=True) as con:
        con.execute("SET TimeZone = 'UTC'")
        found = (
            con.sql(f"SELECT {', '.join(columns)} FROM {table} {where}")
            .to_arrow_table()
            .to_pandas()
        )
    pd.testing.assert_frame_equal(
        _plain(found, key),
        _plain(expected, key),
        check_dtype=False,
        rtol=1e-9,
        atol=1.1e-6,
        obj=table,
    )


def _plain(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """The same values in the same few types, sorted by key."""
    columns = {}
    for name in frame.columns:
        column = frame[name]
        if name in ("measured_at", "occurred_at"):
            columns[name] = pd.to_datetime(column, utc=True).astype("datetime64[us, UTC]")
        elif name in ("month", "date", "period_start", "denominator_start"):
            columns[name] = pd.to_datetime(column).dt.date.astype(object)
        elif name.endswith("_over_standard") or pd.api.types.is_numeric_dtype(column):
            columns[name] = column.astype("float64")
        else:
            columns[name] = column.astype(object).where(column.notna(), None)
    return pd.DataFrame(columns).sort_values(key).reset_index(drop=True)
