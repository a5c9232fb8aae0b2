"""The answers to the questions on the pages, computed from the cities' files by what the questions
say, not by their SQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geothai
import pandas
from pandas import DataFrame

from . import CITIES, DATASETS, city_measures, national, published
from .delivered import delivered
from .indicators import Amounts, registry
from .marts import quotient
from .reading import in_period, native, to_local

NAMES = {
    "10": "Bangkok",
    "20": "Chonburi",
    "21": "Rayong",
    "40": "Khon Kaen",
    "50": "Chiang Mai",
    "83": "Phuket",
}
REGIONS = {
    "10": "central",
    "20": "east",
    "21": "east",
    "40": "northeast",
    "50": "north",
    "83": "south",
}
HA_OF_A_RAI = 0.16
YEARS_OF_SONGKRAN = (2018, 2025)  # those whose days the centre's reports tell
UNHEALTHY = 100  # an index above it affects health


@dataclass(frozen=True)
class Known:
    """What the cities' files say."""

    platforms: Path
    hourly_cities: Collection[str]
    records: dict[str, DataFrame]
    marts: dict[str, DataFrame]

    @property
    def road_files(self) -> DataFrame:
        """Which days the files of road accidents cover."""
        return delivered(DATASETS["road_accidents"], self.platforms, CITIES)


def known(platforms: Path, hourly_cities: Collection[str]) -> Known:
    """Return what all files below `platforms` say."""
    records = {dataset: national(dataset, platforms, hourly_cities) for dataset in DATASETS}
    return Known(platforms, hourly_cities, records, published(records, platforms, hourly_cities))


def worst_air(known: Known) -> DataFrame:
    daily = known.marts["air_quality_daily"].dropna(subset="aqi")
    years = daily.assign(year=daily["date"].dt.year, over=daily["aqi"] > UNHEALTHY)
    found = years.groupby(["city_code", "year"]).agg(
        days_with_index=("aqi", "count"), days_over_100=("over", "sum"), worst=("aqi", "max")
    )
    share = 100 * found["days_over_100"] / found["days_with_index"]
    return found.assign(percent=(10 * share + 0.5).floordiv(1) / 10).reset_index()


def air_by_season(known: Known) -> DataFrame:
    daily = known.marts["air_quality_daily"]
    daily = daily.assign(
        region=daily["city_code"].map(REGIONS),
        season=daily["date"].dt.strftime("%m-%d").map(season),
    )
    means = daily.groupby(["region", "season"])["pm25_mean_ugm3"].mean()
    return means.rename("pm25_ugm3").reset_index()


def season(day: str) -> str:
    """Return the season of a month and day, by the Meteorological Department's usual dates."""
    if "02-16" <= day <= "05-15":
        return "hot"
    return "rainy" if "05-16" <= day <= "10-15" else "cool"


def road_deaths(known: Known) -> DataFrame:
    cells = known.marts["city_indicator"]
    is_asked = cells["indicator_code"] == "TH:ROAD_DEATHS_MOT_ROADS_PER_100K"
    found = cells[is_asked & cells["value"].notna()]
    return found[["city_code", "period_start", "value", "comparability"]]


def what_is_missing(known: Known) -> DataFrame:
    cells = known.marts["city_indicator"]
    missing = cells[cells["value"].isna()]
    found = missing.groupby(["indicator_code", "city_code", "value_status"])["period_start"]
    return found.agg(cells="size", first="min", last="max").reset_index()


def eastern_pillars(known: Known) -> DataFrame:
    """Return each ratio of the two cities' sums by year."""
    amounts = Amounts(
        city_measures(known.records, known.road_files, known.marts["air_quality_daily"])
    )
    rows = [
        row
        for given in registry()
        if given["value_kind"] == "ratio" and "year" in given["periods"]
        for start in amounts.starts(given["numerator"]["measure"], "year")
        for row in _of_the_east(given, start, amounts)
    ]
    return DataFrame(rows)


def _of_the_east(
    given: dict[str, Any], start: pandas.Timestamp, amounts: Amounts
) -> Iterator[dict[str, Any]]:
    sums = [0.0, 0.0]
    is_any = False
    for city in (code for code, region in REGIONS.items() if region == "east"):
        sides = [
            amounts.get(given[side]["measure"], city, "year", start)
            for side in ("numerator", "denominator")
        ]
        if all(sides) and min(side[1] for side in sides) >= given["coverage_needed"]:
            is_any = True
            sums = [total + side[0] for total, side in zip(sums, sides, strict=True)]
    if is_any:
        yield {
            "year": start.year,
            "value": given.get("factor", 1) * sums[0] / sums[1] if sums[1] else None,
            "esg_pillar": given.get("esg_pillar"),
            "indicator_name_en": given["name"]["en"],
            "unit": given["unit"]["en"],
        }


def persons_per_house(known: Known) -> DataFrame:
    register = known.records["population"]
    last = register.loc[register["total"].notna(), "year"].max()
    of_year = register[register["year"] == last]
    districts = of_year.groupby(of_year["area_code"].str[:4])[["total", "houses"]].sum(min_count=1)
    found = quotient(districts["total"], districts["houses"]).dropna().nlargest(10)
    names = {district.code: district for code in NAMES for district in geothai.districts(code)}
    return DataFrame(
        {
            "name_th": [names[code].name_th for code in found.index],
            "persons_per_house": found.to_numpy(),
        }
    )


def much_dengue(known: Known) -> DataFrame:
    months = known.marts["health_monthly"]
    found = months[months["dengue_to_median"] > 2].assign(name_en=months["city_code"].map(NAMES))
    ordered = found.assign(rounded=found["dengue_to_median"].round(6)).sort_values(
        ["rounded", "name_en", "month"], ascending=[False, True, True]
    )
    return ordered[["name_en", "month", "dengue_cases", "dengue_median_cases"]].head(20)


def rice_of_a_rai(known: Known) -> DataFrame:
    crops = known.records["crop_production"]
    districts = crops[crops["area_code"].str.len() == 4]
    newest = districts.groupby(["city_code", "crop"])["crop_year"].transform("max")
    latest = districts[districts["crop_year"] == newest]
    kilograms = 1000 * latest["production_t"]
    yields = {
        f"yield_{base}_kg_per_rai": quotient(kilograms, latest[f"{base}_area_ha"]) * HA_OF_A_RAI
        for base in ("harvested", "planted")
    }
    return latest.assign(**yields)[["crop", "crop_year", *yields]]


def crashes_at_songkran(known: Known) -> DataFrame:
    """Return the mean of all days of the register up to the city's last crash, also of those
    without one."""
    crashes = known.records["road_accidents"]
    days = to_local(crashes["occurred_at"]).dt.normalize()
    counts = crashes.groupby(["city_code", days.rename("date")]).size()
    last = days.groupby(crashes["city_code"]).max()
    reach = {
        (row.city_code, day)
        for row in known.road_files.itertuples()
        if row.city_code in last.index
        for day in pandas.date_range(row.first, min(row.last, last[row.city_code]))
    }
    index = pandas.MultiIndex.from_tuples(sorted(reach), names=["city_code", "date"])
    daily = counts.reindex(index, fill_value=0).rename("crashes").reset_index()
    daily = daily[daily["date"].dt.year.between(*YEARS_OF_SONGKRAN)]
    daily["is_songkran_period"] = daily["date"].map(is_songkran)
    grouped = daily.groupby(["city_code", "is_songkran_period"])["crashes"]
    return grouped.agg(crashes_a_day="mean", days_counted="size").reset_index()


def is_songkran(day: pandas.Timestamp) -> bool:
    """Return whether a day is one of the seven that the Road Safety Directing Centre watched.

    They were 11 to 17 April, 10 to 16 April in 2021, and none in 2020, when Songkran was put off.
    """
    first = {2020: None, 2021: 10}.get(day.year, 11)
    return first is not None and day.month == 4 and first <= day.day < first + 7


def where_records_went(known: Known) -> DataFrame:
    return DataFrame(
        [
            {"city": city, "dataset": dataset} | _accounted(known, dataset, city)
            for dataset, shape in DATASETS.items()
            for city in shape.cities
        ]
    )


def _accounted(known: Known, dataset: str, city: str) -> dict[str, int]:
    """Return what became of each record of a city's files."""
    current, replaced = (_records(known, dataset, city, replaced) for replaced in (False, True))
    distinct, of_replaced = current.drop_duplicates(), replaced.drop_duplicates()
    kept = known.records[dataset]
    in_core = int((kept["city_code"] == CITIES[city]).sum())
    return {
        "received": len(current) + len(replaced),
        "in_core": in_core,
        "quarantined": len(distinct) - in_core,
        "duplicate": len(current) - len(distinct) + len(replaced) - len(of_replaced),
        "superseded": len(of_replaced),
    }


def _records(known: Known, dataset: str, city: str, replaced: bool) -> DataFrame:
    """Return every record of a city's files, also those that are not of their file's period."""
    shape = DATASETS[dataset]
    folder, read = shape.cities[city]
    rows = native(known.platforms / city / folder, replaced=replaced)
    if rows.empty:
        return DataFrame()
    records = read(rows)
    assert in_period(records["local"], records["period"]).any()
    columns = [name for name in shape.columns if name in records and name != shape.time]
    return records[[*columns, "local"]]


ANSWERS: dict[str, Callable[[Known], DataFrame]] = {
    "Which cities had the worst air, and on how many days?": worst_air,
    "How does the air differ between seasons and regions?": air_by_season,
    "Where do most people die on the road for each inhabitant, and can the cities be compared?": (
        road_deaths
    ),
    "What is missing, and why?": what_is_missing,
    "How does each ESG pillar stand in the two eastern cities together, year by year?": (
        eastern_pillars
    ),
    "Which districts have most persons per house?": persons_per_house,
    "In which months was dengue over twice its five-year median?": much_dengue,
    "What does a rai bring: rice yield by district in the latest crop year?": rice_of_a_rai,
    "Do more crashes happen at Songkran?": crashes_at_songkran,
    "Where did every record go?": where_records_went,
}
