"""Daily and monthly air quality of each city, from published records.

What a published value covers decides how a day is made of it. The Pollution Control Department
publishes particles as running means of 24 hours, ozone and carbon monoxide as running means of 8
hours, and the other gases hour by hour (www.pcd.go.th/?p=34396, and its index, which is defined on
24 hours of particles and 8 hours of ozone, equals the published one row by row).
"""

from __future__ import annotations

from collections.abc import Collection

import numpy
import pandas
from numpy.typing import NDArray
from pandas import DataFrame, Series

from .aqi import CATEGORIES, half_up, index, worst
from .reading import to_local

Grid = NDArray[numpy.float64]  # a row of 24 hours per station and day
POLLUTANTS = {"pm25": "ugm3", "pm10": "ugm3", "o3": "ppb", "no2": "ppb", "so2": "ppb", "co": "ppm"}
COVERED_HOURS = {"pm25": 24, "pm10": 24, "o3": 8, "co": 8, "no2": 1, "so2": 1}
MEANS = {pollutant: f"{pollutant}_mean_{unit}" for pollutant, unit in POLLUTANTS.items()}
OF_THE_INDEX = {
    "pm25": MEANS["pm25"],
    "pm10": MEANS["pm10"],
    "o3": "o3_max8h_ppb",
    "no2": "no2_max1h_ppb",
    "so2": "so2_max1h_ppb",
    "co": "co_max8h_ppm",
}
# Thailand's standards: (first day, limit, decimals of a published value), newest last.
STANDARDS = {
    "pm25": [("2011-01-01", 50, 0), ("2023-06-01", 37.5, 1)],
    "pm10": [("2005-01-01", 120, 0)],
    "o3": [("2008-01-01", 70, 0)],
    "no2": [("2010-01-01", 170, 0)],
    "so2": [("2002-01-01", 300, 0)],
    "co": [("1996-01-01", 9, 1)],
}
LEAST_SHARE_OF_USUAL_STATIONS = 1 / 3


def air_quality_daily(air: DataFrame, hourly_cities: Collection[str] = ()) -> DataFrame:
    """Return each city-day that has a record: means over stations of their days, and the index.

    Codes of `hourly_cities` are those that publish every pollutant hour by hour.
    """
    stations = station_days(air, hourly_cities)
    days = stations.groupby(["city_code", "date"])
    statistics = list(dict.fromkeys([*MEANS.values(), *OF_THE_INDEX.values()]))
    means, counts = days[statistics].mean(), days[statistics].count()
    daily = DataFrame(index=means.index)
    for name in POLLUTANTS:
        measured = counts[OF_THE_INDEX[name]]
        usual = usual_stations(measured)
        for column in dict.fromkeys([MEANS[name], OF_THE_INDEX[name]]):
            enough = counts[column] >= usual * LEAST_SHARE_OF_USUAL_STATIONS
            # Halves go up: the mean of two stations of six decimals may end in one.
            daily[column] = half_up(means[column].where(enough).to_numpy(float), 6)
        daily[f"{name}_stations"] = measured
        daily[f"{name}_hours"] = days[f"{name}_hours"].sum()
    daily = daily.reset_index()
    over_at = {
        name: over_standard(stations[OF_THE_INDEX[name]], name, stations["date"])
        for name in POLLUTANTS
    }
    over_days = stations[["city_code", "date"]].assign(**over_at).groupby(["city_code", "date"])
    for name in POLLUTANTS:
        daily[f"{name}_over_standard"] = over_standard(
            daily[OF_THE_INDEX[name]], name, daily["date"]
        )
        daily[f"{name}_stations_over_standard"] = over_days[name].sum(min_count=1).to_numpy()
    indices = {
        name: index(daily[column], name, daily["date"]) for name, column in OF_THE_INDEX.items()
    }
    return daily.join(worst(DataFrame(indices)))


def usual_stations(measured: Series) -> Series:
    """Return for each city-day the median of its year's days with at least one station."""
    cities = measured.index.get_level_values("city_code")
    years = pandas.DatetimeIndex(measured.index.get_level_values("date")).year
    return measured.where(measured > 0).groupby([cities, years]).transform("median")


def over_standard(values: Series, pollutant: str, dates: Series) -> Series:
    """Return 1.0 where a value, rounded as published, is over the day's standard, 0.0 where not,
    NaN without a value or a standard."""
    found = Series(numpy.nan, index=values.index)
    for first, limit, decimals in STANDARDS[pollutant]:
        in_force = dates >= first
        rounded = half_up(values.to_numpy(float), decimals)
        over = Series((rounded > limit).astype(float), index=values.index).where(values.notna())
        found = found.mask(in_force, over)
    return found


def station_days(air: DataFrame, hourly_cities: Collection[str] = ()) -> DataFrame:
    """Return the values of each station's day, NaN where its records do not make one."""
    local = to_local(air["measured_at"])
    keys = air[["city_code", "station_id"]].assign(date=local.dt.normalize())
    days = keys.groupby(list(keys)).ngroup().to_numpy()
    found = keys.drop_duplicates().sort_values(list(keys)).reset_index(drop=True)
    is_hourly = found["city_code"].isin(list(hourly_cities)).to_numpy()
    for pollutant, unit in POLLUTANTS.items():
        grid = numpy.full((len(found), 24), numpy.nan)
        grid[days, local.dt.hour] = air[f"{pollutant}_{unit}"]
        found[f"{pollutant}_hours"] = (~numpy.isnan(grid)).sum(axis=1)
        of_hours = from_single_hours(grid)
        of_running = FROM_RUNNING_MEANS[COVERED_HOURS[pollutant]](grid)
        for name, statistic in of_hours.items():
            chosen = numpy.where(is_hourly, statistic, of_running[name])
            found[f"{pollutant}_{name}_{unit}"] = chosen.round(6)
    return found


def from_single_hours(grid: Grid) -> dict[str, Grid]:
    """Return mean, highest hour and highest 8-hour mean of days with at least 18 hours, NaN for
    others."""
    valid = (~numpy.isnan(grid)).sum(axis=1) >= 18
    known = numpy.where(valid[:, None], grid, 0)
    windows = [eight_hours(known, last) for last in range(24)]
    parts = {"mean": numpy.nanmean(known, axis=1), "max1h": numpy.nanmax(known, axis=1),
             "max8h": numpy.nanmax(numpy.stack(windows), axis=0)}  # fmt: skip
    return {name: numpy.where(valid, part, numpy.nan) for name, part in parts.items()}


def eight_hours(hours: Grid, last: int) -> Grid:
    """Return the mean of the eight hours up to `last` that lie in the day, -inf where less than
    six are known."""
    window = hours[:, max(0, last - 7) : last + 1]
    known = (~numpy.isnan(window)).sum(axis=1)
    return numpy.where(
        known >= 6,
        numpy.nansum(window, axis=1) / numpy.maximum(known, 1),
        -numpy.inf,
    )


def from_24_hour_means(grid: Grid) -> dict[str, Grid]:
    """Return the day's last value, where it is of 21:00 or later: it covers 22 hours of the day or
    more."""
    mean = numpy.full(len(grid), numpy.nan)
    for hour in (21, 22, 23):
        mean = numpy.where(numpy.isnan(grid[:, hour]), mean, grid[:, hour])
    nothing = numpy.full(len(grid), numpy.nan)
    return {"mean": mean, "max1h": nothing, "max8h": nothing}


def from_8_hour_means(grid: Grid) -> dict[str, Grid]:
    """Return the highest of the means that lie in the day, where 5 of 14:00 to 22:00 are there, and
    the mean of the three that cover the day once."""
    afternoon = (~numpy.isnan(grid[:, 14:23])).sum(axis=1)
    inside = numpy.where(numpy.isnan(grid[:, 7:]), -numpy.inf, grid[:, 7:]).max(axis=1)
    return {
        "mean": grid[:, [7, 15, 23]].mean(axis=1),
        "max1h": numpy.full(len(grid), numpy.nan),
        "max8h": numpy.where(afternoon >= 5, inside, numpy.nan),
    }


FROM_RUNNING_MEANS = {1: from_single_hours, 8: from_8_hour_means, 24: from_24_hour_means}


def air_quality_monthly(daily: DataFrame) -> DataFrame:
    """Return each city-month that has a record: means over its days, and how many days were how."""
    days = daily.assign(
        month=daily["date"].dt.to_period("M").dt.start_time,
        any_over=daily["pm25_stations_over_standard"] > 0,
    )
    flags = {f"days_{name}": days["aqi_category"] == name for name in CATEGORIES.values()}
    months = days.assign(**flags).groupby(["city_code", "month"])
    found = months.agg(
        days_measured=(MEANS["pm25"], "count"),
        pm25_station_days=("pm25_stations", "sum"),
        pm25_hours=("pm25_hours", "sum"),
        pm25_max_daily_ugm3=(MEANS["pm25"], "max"),
        pm25_days_over_standard=("pm25_over_standard", "sum"),
        pm25_days_any_station_over=("any_over", "sum"),
        aqi_mean=("aqi", "mean"),
        aqi_max=("aqi", "max"),
    )
    parts = [found, months[list(MEANS.values())].mean(), months[list(flags)].sum()]
    return pandas.concat(parts, axis=1).round(6).reset_index()
