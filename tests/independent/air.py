"""Daily and monthly air quality of each city, from hourly records."""

from __future__ import annotations

import numpy
import pandas
from numpy.typing import NDArray
from pandas import DataFrame

from .aqi import CATEGORIES, index, worst
from .reading import to_local

HOURS_OF_A_VALID_DAY, HOURS_OF_A_VALID_WINDOW = 18, 6
PM25_DAILY_STANDARD = 37.5
POLLUTANTS = {"pm25": "ugm3", "pm10": "ugm3", "o3": "ppb", "no2": "ppb", "so2": "ppb", "co": "ppm"}
MEANS = {pollutant: f"{pollutant}_mean_{unit}" for pollutant, unit in POLLUTANTS.items()}
OF_THE_INDEX = {
    "pm25": MEANS["pm25"],
    "pm10": MEANS["pm10"],
    "o3": "o3_max8h_ppb",
    "no2": "no2_max1h_ppb",
    "so2": "so2_max1h_ppb",
    "co": "co_max8h_ppm",
}


def air_quality_daily(air: DataFrame) -> DataFrame:
    """Return each city-day that has a record: means over stations of their valid days, and the
    index."""
    stations = station_days(air).groupby(["city_code", "date"])
    daily = (
        stations.mean().round(6).assign(station_count=stations[MEANS["pm25"]].count()).reset_index()
    )
    indices = {
        name: index(daily[column], name, daily["date"]) for name, column in OF_THE_INDEX.items()
    }
    return daily.join(worst(DataFrame(indices)))


def station_days(air: DataFrame) -> DataFrame:
    """Return the statistics of each station's day, NaN where less than 18 hours of the pollutant
    are there."""
    local = to_local(air["measured_at"])
    keys = air[["city_code", "station_id"]].assign(date=local.dt.normalize())
    days = keys.groupby(list(keys)).ngroup().to_numpy()
    found = keys.drop_duplicates().sort_values(list(keys)).reset_index(drop=True)
    for pollutant, unit in POLLUTANTS.items():
        hours = numpy.full((len(found), 24), numpy.nan)
        hours[days, local.dt.hour] = air[f"{pollutant}_{unit}"]
        for name, statistic in statistics(hours).items():
            found[f"{pollutant}_{name}_{unit}"] = statistic
    needed = ["city_code", "date", *MEANS.values(), *OF_THE_INDEX.values()]
    return found[list(dict.fromkeys(needed))]


def statistics(hours: NDArray[numpy.float64]) -> dict[str, NDArray[numpy.float64]]:
    """Return mean, highest hour and highest 8-hour mean of days (rows) of 24 hours, NaN for
    invalid days."""
    valid = (~numpy.isnan(hours)).sum(axis=1) >= HOURS_OF_A_VALID_DAY
    known = numpy.where(valid[:, None], hours, 0)
    windows = [eight_hours(known, last) for last in range(24)]
    parts = {"mean": numpy.nanmean(known, axis=1), "max1h": numpy.nanmax(known, axis=1),
             "max8h": numpy.nanmax(numpy.stack(windows), axis=0)}  # fmt: skip
    return {name: numpy.where(valid, part, numpy.nan) for name, part in parts.items()}


def eight_hours(hours: NDArray[numpy.float64], last: int) -> NDArray[numpy.float64]:
    """Return the mean of the eight hours up to `last` that lie in the day, -inf where less than
    six are known."""
    window = hours[:, max(0, last - 7) : last + 1]
    known = (~numpy.isnan(window)).sum(axis=1)
    return numpy.where(
        known >= HOURS_OF_A_VALID_WINDOW,
        numpy.nansum(window, axis=1) / numpy.maximum(known, 1),
        -numpy.inf,
    )


def air_quality_monthly(daily: DataFrame) -> DataFrame:
    """Return each city-month that has a record: means over its days, and how many days were how."""
    pm25 = daily[MEANS["pm25"]]
    days = daily.assign(
        month=daily["date"].dt.to_period("M").dt.start_time, over=pm25 > PM25_DAILY_STANDARD
    )
    flags = {f"days_{name}": days["aqi_category"] == name for name in CATEGORIES.values()}
    months = days.assign(**flags).groupby(["city_code", "month"])
    found = months.agg(
        days_measured=(MEANS["pm25"], "count"),
        pm25_max_daily_ugm3=(MEANS["pm25"], "max"),
        pm25_days_over_standard=("over", "sum"),
        aqi_mean=("aqi", "mean"),
        aqi_max=("aqi", "max"),
    )
    parts = [found, months[list(MEANS.values())].mean(), months[list(flags)].sum()]
    return pandas.concat(parts, axis=1).round(6).reset_index()
