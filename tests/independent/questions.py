"""The answers to the questions on the pages, computed from the cities' files by what the questions
say, not by their SQL."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import geothai
import pandas
from pandas import DataFrame, Series

from . import CITIES, DATASETS, city_measures, national, published
from .delivered import delivered
from .indicators import both_sides, registry
from .marts import quotient
from .measures import road_months
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
    daily = known.marts["air_quality_daily"]
    years = daily.assign(year=daily["date"].dt.year, over=daily["aqi"] > UNHEALTHY)
    found = years.groupby(["city_code", "year"]).agg(
        days_over_100=("over", "sum"), worst=("aqi", "max")
    )
    return found.reset_index()


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
    (code,) = registry().query(
        "numerator_measure == 'road_deaths' and denominator_measure == 'persons'"
    )["indicator_code"]
    found = cells[(cells["indicator_code"] == code) & cells["value"].notna()]
    return found[["city_code", "period_start", "value", "comparability"]]


def what_is_missing(known: Known) -> DataFrame:
    cells = known.marts["city_indicator"]
    missing = cells[cells["value"].isna()]
    found = missing.groupby(["indicator_code", "city_code", "value_status"])["period_start"]
    return found.agg(cells="size", first="min", last="max").reset_index()


def eastern_pillars(known: Known) -> DataFrame:
    """Return each ratio of the two cities' sums by year."""
    measures = city_measures(known.records, known.road_files, known.marts["air_quality_daily"])
    east = [code for code, region in REGIONS.items() if region == "east"]
    ratios = registry().query("value_kind == 'ratio' and is_yearly")
    return pandas.concat([_of_cities(row, measures, east) for _, row in ratios.iterrows()])


def _of_cities(definition: Series, measures: DataFrame, cities: list[str]) -> DataFrame:
    cells = both_sides(definition, measures, cities, "year").dropna(
        subset=["numerator", "denominator"]
    )
    cells = cells[cells["coverage"] >= definition["coverage_needed"]]
    sums = cells.groupby(cells["period_start"].dt.year.rename("year"))[
        ["numerator", "denominator"]
    ].sum()
    values = definition["factor"] * quotient(sums["numerator"], sums["denominator"])
    return (
        values.rename("value")
        .reset_index()
        .assign(
            esg_pillar=definition.get("esg_pillar"),
            indicator_name_en=definition["name"]["en"],
            unit=definition["unit"],
        )
    )


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
    per_ha = 1000 * quotient(latest["production_t"], latest["harvested_area_ha"])
    found = latest.assign(yield_kg_per_ha=per_ha, yield_kg_per_rai=per_ha * HA_OF_A_RAI)
    return found[["crop", "crop_year", "yield_kg_per_ha", "yield_kg_per_rai"]]


def crashes_at_songkran(known: Known) -> DataFrame:
    """Return the mean of all days of the register, also of those without a crash."""
    crashes = known.records["road_accidents"]
    days = to_local(crashes["occurred_at"]).dt.normalize()
    counts = crashes.groupby(["city_code", days.rename("date")]).size()
    months = road_months(crashes, known.road_files)
    reach = [
        (row.city_code, day)
        for row in months.itertuples()
        for day in pandas.date_range(row.month, row.month + pandas.offsets.MonthEnd())
    ]
    index = pandas.MultiIndex.from_tuples(reach, names=["city_code", "date"])
    daily = counts.reindex(index, fill_value=0).rename("crashes").reset_index()
    held = daily[daily["date"].dt.year != 2020]
    songkran = held["date"].dt.strftime("%m-%d").between("04-10", "04-17")
    means = held.groupby(["city_code", songkran.rename("is_songkran")])["crashes"].mean()
    return means.rename("crashes_a_day").reset_index()


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
