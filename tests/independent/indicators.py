"""Daily air quality and the national indicators, from national records."""

from __future__ import annotations

import datetime

import pandas
from pandas import DataFrame, Series

from .reading import to_local

HOURS_OF_A_VALID_DAY = 18
PM25_DAILY_STANDARD = 37.5
COLUMNS = ["indicator_code", "city_code", "period_kind", "period_start", "value", "numerator", "denominator"]


def air_quality_daily(air: DataFrame) -> DataFrame:
    """Return each city-day that has a record: its valid stations and the mean of their means."""
    days = air.assign(date=to_local(air["measured_at"]).dt.date)
    stations = days.groupby(["city_code", "date", "station_id"])["pm25_ugm3"].agg(["count", "mean"])
    valid = stations["mean"].where(stations["count"] >= HOURS_OF_A_VALID_DAY)
    daily = valid.groupby(["city_code", "date"]).agg(station_count="count", pm25_mean_ugm3="mean")
    return daily.round({"pm25_mean_ugm3": 6}).reset_index()


def indicators(air_daily: DataFrame, accidents: DataFrame, population: DataFrame, tourism: DataFrame) -> DataFrame:
    """Return all indicators of each city and, from the cities' sums, of the country (`TH`)."""
    residents = population.groupby(["city_code", "year"])["total"].sum(min_count=1).dropna()
    parts = [
        *(part for kind in ("month", "year") for part in particles(air_daily, kind)),
        per_resident("U4SSC:SC:SH:SA:9C", deaths(accidents), residents, scale=100_000),
        per_resident("TH:TOURISTS_PER_RESIDENT", visitors(tourism), residents, scale=1),
    ]
    found = pandas.concat(parts)[COLUMNS].round({"value": 6, "numerator": 6, "denominator": 6})
    return found.sort_values(COLUMNS[:4]).reset_index(drop=True)


def particles(air_daily: DataFrame, kind: str) -> list[DataFrame]:
    """Return mean PM2.5 and days over the standard, of the city-days that were measured."""
    measured = air_daily.dropna(subset=["pm25_mean_ugm3"])
    starts = [day.replace(day=1, **({"month": 1} if kind == "year" else {})) for day in measured["date"]]
    mean = measured["pm25_mean_ugm3"]
    days = measured.assign(period_start=starts, over=mean > PM25_DAILY_STANDARD)
    periods = days.groupby(["city_code", "period_start"]).agg(
        total=("pm25_mean_ugm3", "sum"), over=("over", "sum"), denominator=("over", "size")
    )
    means = with_country(periods.rename(columns={"total": "numerator"}))
    exceedances = with_country(periods.rename(columns={"over": "numerator"}))
    return [
        means.assign(
            indicator_code="TH:PM25_MEAN", period_kind=kind, value=means["numerator"] / means["denominator"]
        ),
        exceedances.assign(
            indicator_code="TH:PM25_EXCEEDANCE_DAYS", period_kind=kind, value=exceedances["numerator"]
        ),
    ]


def deaths(accidents: DataFrame) -> Series:
    """Return the deaths by city and local year."""
    years = to_local(accidents["occurred_at"]).dt.year.rename("year")
    return accidents.groupby(["city_code", years])["deaths"].sum()


def visitors(tourism: DataFrame) -> Series:
    """Return the visitors by city and year, of years with all twelve months."""
    years = pandas.to_datetime(tourism["month"]).dt.year.rename("year")
    return tourism.groupby(["city_code", years])["visitors_total"].sum(min_count=12).dropna()


def per_resident(code: str, events: Series, residents: Series, scale: int) -> DataFrame:
    """Return yearly events by resident times `scale`, where both are known."""
    both = pandas.concat({"numerator": events, "denominator": residents}, axis=1, join="inner")
    starts = [datetime.date(year, 1, 1) for year in both.index.get_level_values("year")]
    both = both.assign(period_start=starts).set_index("period_start", append=True).droplevel("year")
    rows = with_country(both)
    value = rows["numerator"] / rows["denominator"] * scale
    return rows.assign(indicator_code=code, period_kind="year", value=value)


def with_country(cities: DataFrame) -> DataFrame:
    """Return numerator and denominator by city and period, and their sums by period as city `TH`."""
    rows = cities[["numerator", "denominator"]].astype(float).reset_index()
    country = rows.drop(columns="city_code").groupby("period_start", as_index=False).sum()
    return pandas.concat([rows, country.assign(city_code="TH")], ignore_index=True)
