"""What the indicators are made from: amounts of each city by month, year and fiscal year, with the
share of the period that was told.

Each function returns `measure`, `city_code`, `period_kind`, `period_start`, `amount` and
`coverage`.
"""

from __future__ import annotations

import statistics

import pandas
from pandas import DataFrame, Series

from .air import MEANS, POLLUTANTS
from .reading import to_local

WET_DAY_MM = 1
YEARS_OF_THE_MEDIAN = 5
CELL = ["city_code", "period_kind", "period_start"]
# Thailand's fiscal year ends in September.
FREQUENCIES = {"month": "M", "year": "Y", "fiscal_year": "Y-SEP"}
PERSONS = {"persons": "total", "men": "male", "women": "female", "houses": "houses"}


def totals(frame: DataFrame, column: str, unit: str = "D") -> DataFrame:
    """Return sum, count and maximum of the known values by kind of period, and the share of days or
    months known."""
    known = frame.dropna(subset=[column])
    dates, values = pandas.to_datetime(known["date"]), known[column].astype(float)
    return pandas.concat([by(known, dates, values, kind, unit) for kind in FREQUENCIES])


def by(known: DataFrame, dates: Series, values: Series, kind: str, unit: str) -> DataFrame:
    """Return the same for one kind of period."""
    periods = dates.dt.to_period(FREQUENCIES[kind])
    rows = DataFrame(
        {
            "city_code": known["city_code"],
            "period": periods,
            "value": values,
            "told": dates.dt.to_period(unit),
        }
    )
    found = rows.groupby(["city_code", "period"]).agg(
        sum=("value", "sum"),
        count=("value", "size"),
        max=("value", "max"),
        told=("told", "nunique"),
    )
    found = found.reset_index().assign(period_kind=kind)
    starts, ends = found["period"].dt.start_time, found["period"].dt.end_time
    units = (
        ends.dt.to_period(unit).astype("int64") - starts.dt.to_period(unit).astype("int64")
    ) + 1
    return found.assign(period_start=starts, coverage=found["told"] / units)


def measure(name: str, cells: DataFrame, amount: str) -> DataFrame:
    """Return one column of `totals` as a measure."""
    return cells[[*CELL, "coverage"]].assign(measure=name, amount=cells[amount].astype(float))


def air_quality(daily: DataFrame) -> DataFrame:
    """Return days measured, sums of daily means, days held against the standard, and days over
    it."""
    parts = []
    for name, unit in POLLUTANTS.items():
        means, days = totals(daily, MEANS[name]), totals(daily, f"{name}_over_standard")
        parts += [
            measure(f"{name}_sum_{unit}", means, "sum"),
            measure(f"{name}_days", means, "count"),
        ]
        parts += [
            measure(f"{name}_days_over_standard", days, "sum"),
            measure(f"{name}_standard_days", days, "count"),
        ]
    return pandas.concat(parts)


def road_accidents(accidents: DataFrame, delivered: DataFrame) -> DataFrame:
    """Return crashes, deaths and injured of each covered month up to the city's last crash, and
    of years."""
    months = road_months(accidents, delivered).rename(columns={"month": "date"})
    names = ("crashes", "deaths", "injured")
    return pandas.concat(
        [measure(f"road_{name}", totals(months, name, "M"), "sum") for name in names]
    )


def road_months(accidents: DataFrame, delivered: DataFrame) -> DataFrame:
    """Return `crashes`, `deaths` and `injured` of each month that a file covers, up to the month
    of the city's last crash."""
    local = to_local(accidents["occurred_at"]).dt.to_period("M").dt.start_time
    found = (
        accidents.assign(month=local, crashes=1)
        .groupby(["city_code", "month"])[["crashes", "deaths", "injured"]]
        .sum()
    )
    last = found.reset_index().groupby("city_code")["month"].max()
    covered = [
        (row.city_code, month)
        for row in delivered.itertuples()
        for month in pandas.date_range(
            row.first, min(row.last, last.get(row.city_code, row.first)), freq="MS"
        )
        if row.city_code in last.index
    ]
    cells = pandas.MultiIndex.from_tuples(sorted(set(covered)), names=["city_code", "month"])
    return found.reindex(cells, fill_value=0).astype("int64").reset_index()


def dengue_cases(dengue: DataFrame) -> DataFrame:
    """Return cases by kind of period, and the median of each month's five years before."""
    cases = totals(dengue.rename(columns={"month": "date"}), "cases", "M")
    return pandas.concat([measure("dengue_cases", cases, "sum"), medians(dengue)])


def medians(dengue: DataFrame) -> DataFrame:
    """Return the median cases of the same month of the five years before, where all five are known:
    of each city, and as `TH` of the sums over the cities that have one."""
    known = {
        (row.city_code, pandas.Timestamp(row.month)): float(row.cases)
        for row in dengue.dropna(subset=["cases"]).itertuples()
    }
    cells = []
    years_before: dict[pandas.Timestamp, list[list[float]]] = {}
    for city, month in sorted(known):
        before = [
            known.get((city, month - pandas.DateOffset(years=years)))
            for years in range(1, YEARS_OF_THE_MEDIAN + 1)
        ]
        if None not in before:
            cells.append((city, month, statistics.median(before)))
            years_before.setdefault(month, []).append(before)
    for month, of_cities in years_before.items():
        cells.append(("TH", month, statistics.median(map(sum, zip(*of_cities, strict=True)))))
    found = DataFrame(cells, columns=["city_code", "period_start", "amount"])
    return found.astype({"period_start": "datetime64[ns]", "amount": "float64"}).assign(
        measure="dengue_median_cases", period_kind="month", coverage=1.0
    )


def tourism(months: DataFrame) -> DataFrame:
    """Return visitors, revenue, and occupancy with its months."""
    months = months.rename(columns={"month": "date"})
    columns = {
        "visits": "visitors_total",
        "visits_foreign": "visitors_foreign",
        "tourism_revenue_thb": "revenue_total_thb",
    }
    occupancy = totals(months, "occupancy_pct", "M")
    parts = [measure(name, totals(months, column, "M"), "sum") for name, column in columns.items()]
    parts += [
        measure("occupancy_sum_pct", occupancy, "sum"),
        measure("occupancy_months", occupancy, "count"),
    ]
    return pandas.concat(parts)


def rainfall(days: DataFrame) -> DataFrame:
    """Return rain, days and wet days by the city's daily mean over stations, and the wettest
    station-day."""
    city = days.groupby(["city_code", "date"])["rain_mm"].mean().reset_index()
    wet = totals(
        city.assign(wet=(city["rain_mm"] >= WET_DAY_MM).where(city["rain_mm"].notna())), "wet"
    )
    rain, stations = totals(city, "rain_mm"), totals(days, "rain_mm")
    return pandas.concat([
        measure("rain_sum_mm", rain, "sum"),
        measure("rain_cities", rain.assign(one=1), "one"),
        measure("rain_wet_days", wet, "sum"),
        measure("rain_days", rain, "count"),
        measure("rain_max_mm", stations, "max"),
        measure("rain_station_days", stations, "count"),
    ])  # fmt: skip


def population(register: DataFrame, digits: int = 2) -> DataFrame:
    """Return the register and its change against the year before, by areas whose codes have so
    many digits."""
    areas = register.assign(area_code=register["area_code"].str[:digits])
    sums = (
        areas.groupby(["city_code", "area_code", "year"])[list(PERSONS.values())]
        .sum(min_count=1)
        .astype(float)
    )
    sums = sums.rename(columns={column: name for name, column in PERSONS.items()})
    before = (
        sums["persons"]
        .rename("persons_before")
        .reset_index()
        .assign(year=lambda rows: rows["year"] + 1)
    )
    found = sums.reset_index().merge(before, how="left", on=["city_code", "area_code", "year"])
    found["persons_change"] = found["persons"] - found["persons_before"]
    found["persons_before"] = found["persons_before"].where(found["persons"].notna())
    return yearly(found, ["city_code", "area_code"])


def crop_production(crops: DataFrame) -> DataFrame:
    """Return hectares and tonnes of each province, of both crops together and by crop."""
    names = {
        "production_t": "production_t",
        "harvested_area_ha": "harvested_ha",
        "planted_area_ha": "planted_ha",
    }
    provinces = crops[crops["area_code"].str.len() == 2].rename(
        columns=names | {"crop_year": "year"}
    )
    both = provinces.assign(crop="rice")
    found = (
        pandas.concat([provinces, both])
        .groupby(["city_code", "crop", "year"])[list(names.values())]
        .sum(min_count=1)
    )
    wide = found.unstack("crop")
    wide.columns = [f"{crop}_{name}" for name, crop in wide.columns]
    return yearly(wide.reset_index(), ["city_code"])


def yearly(wide: DataFrame, key: list[str]) -> DataFrame:
    """Return columns of a year as measures."""
    starts = pandas.to_datetime({"year": wide["year"], "month": 1, "day": 1})
    rows = wide.assign(period_start=starts).drop(columns="year")
    long = rows.melt(
        id_vars=[*key, "period_start"], var_name="measure", value_name="amount"
    ).dropna(subset=["amount"])
    return long.assign(period_kind="year", coverage=1.0)
