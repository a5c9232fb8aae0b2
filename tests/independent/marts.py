"""What people read: the scorecard and the tables by subject, from national records and
indicators."""

from __future__ import annotations

import pandas
from pandas import DataFrame, Series

from .indicators import registry
from .measures import medians, population

SCORECARD = {
    "TH:PM25_MEAN": "pm25_mean_ugm3",
    "TH:PM10_MEAN": "pm10_mean_ugm3",
    "TH:PM25_EXCEEDANCE_DAYS": "pm25_exceedance_days",
    "U4SSC:SC:SH:SA:9C": "road_deaths_per_100k",
    "TH:DENGUE_PER_100K": "dengue_per_100k",
    "TH:TOURISTS_PER_RESIDENT": "tourists_per_resident",
    "TH:REVENUE_PER_VISITOR": "revenue_per_visitor_thb",
    "TH:ROOM_OCCUPANCY": "room_occupancy_pct",
    "TH:MAJOR_RICE_YIELD": "major_rice_yield_kg_per_ha",
}


def city_scorecard(indicators: DataFrame) -> DataFrame:
    """Return each city's year with the headline indicators, their ranks and their distances to
    the best."""
    polarities = registry().set_index("indicator_code")["polarity"]
    cells = indicators[(indicators["period_kind"] == "year") & (indicators["city_code"] != "TH")]
    wide = cells.pivot(
        index=["city_code", "period_start"], columns="indicator_code", values="value"
    )
    wide = wide.reindex(columns=list(SCORECARD)).dropna(how="all")
    parts = [beside(wide[code], polarities[code], name) for code, name in SCORECARD.items()]
    card = pandas.concat(parts, axis=1)
    ranks = card.filter(regex="_rank$")
    card = card.assign(
        indicators_ranked=ranks.notna().sum(axis=1), mean_rank=ranks.mean(axis=1)
    ).reset_index()
    return card.assign(year=card["period_start"].dt.year).drop(columns="period_start")


def beside(values: Series, polarity: str, name: str) -> DataFrame:
    """Return the values with rank and distance to the best of the year.

    Neither where nothing is better or worse.
    """
    years = values.groupby("period_start")
    rising = polarity == "lower_is_better"
    ranks = years.rank(method="min", ascending=rising)
    distance = (values - years.transform("min" if rising else "max")).abs()
    columns = DataFrame({name: values, f"{name}_rank": ranks, f"{name}_to_best": distance})
    return (
        columns.assign(**dict.fromkeys(columns.columns[1:])).astype(float)
        if polarity == "neutral"
        else columns
    )


def health_monthly(dengue: DataFrame, register: DataFrame) -> DataFrame:
    """Return cases of each month of the register, by inhabitants and against the five-year
    median."""
    months = dengue.assign(
        month=pandas.to_datetime(dengue["month"]), dengue_cases=dengue["cases"].astype(float)
    )
    months["year"] = months["month"].dt.year
    persons = (
        register.groupby(["city_code", "year"])["total"]
        .sum(min_count=1)
        .astype(float)
        .rename("persons")
        .reset_index()
    )
    median = medians(dengue).rename(
        columns={"period_start": "month", "amount": "dengue_median_cases"}
    )
    found = months.merge(persons, how="left").merge(
        median[["city_code", "month", "dengue_median_cases"]], how="left"
    )
    found["dengue_per_100k"] = 100_000 * found["dengue_cases"] / found["persons"]
    found["dengue_to_median"] = quotient(found["dengue_cases"], found["dengue_median_cases"])
    return found[
        [
            "city_code",
            "month",
            "dengue_cases",
            "dengue_per_100k",
            "dengue_median_cases",
            "dengue_to_median",
        ]
    ]


def tourism_monthly(tourism: DataFrame) -> DataFrame:
    """Return each month of the statistics with shares, and visitors against the same month of
    the year before."""
    months = tourism.drop(columns=["revenue_thai_thb", "revenue_foreign_thb"])
    months["month"] = pandas.to_datetime(months["month"])
    counts = months.filter(like="visitors").astype(float)
    months["foreign_share_pct"] = 100 * quotient(
        counts["visitors_foreign"], counts["visitors_total"]
    )
    months["revenue_per_visitor_thb"] = quotient(
        months["revenue_total_thb"], counts["visitors_total"]
    )
    later = months.assign(
        month=months["month"] + pandas.DateOffset(years=1), before=counts["visitors_total"]
    )
    found = months.merge(later[["city_code", "month", "before"]], how="left")
    return found.assign(
        visitors_change=found["visitors_total"].astype(float) - found["before"]
    ).drop(columns="before")


def road_safety_monthly(months: DataFrame) -> DataFrame:
    """Return each covered month with its deaths by crashes."""
    return months.assign(
        deaths_per_1000_crashes=1000 * quotient(months["deaths"], months["crashes"])
    )


def agriculture_yearly(crops: DataFrame) -> DataFrame:
    """Return each area's crop year with its yield and the share harvested."""
    levels = crops["area_code"].str.len().map({2: "province", 4: "district"})
    produced = 1000 * quotient(crops["production_t"], crops["harvested_area_ha"])
    harvested = 100 * quotient(crops["harvested_area_ha"], crops["planted_area_ha"])
    return crops.assign(area_level=levels, yield_kg_per_ha=produced, harvested_share_pct=harvested)


def population_measure(register: DataFrame) -> DataFrame:
    """Return the register's measures by subdistrict, district and province."""
    levels = {6: "subdistrict", 4: "district", 2: "province"}
    return pandas.concat(
        [population(register, digits).assign(area_level=level) for digits, level in levels.items()]
    )


def quotient(above: Series, below: Series) -> Series:
    """Return the ratio, NaN where there is nothing to divide by."""
    below = below.astype(float)
    return above.astype(float) / below.where(below != 0)
