"""National records computed straight from the cities' files, by the dictionaries alone.

Nothing here shares code with the hub: what the hub's core tables hold is compared with this.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas

from . import (
    air,
    air_quality,
    crop_production,
    dengue_cases,
    marts,
    measures,
    population,
    rainfall,
    road_accidents,
    tourism,
)
from .aqi import index
from .delivered import delivered
from .indicators import indicators
from .reading import Dataset, in_period, native

__all__ = ["CITIES", "DATASETS", "index", "key_of", "national", "published"]

CITIES = {
    "bangkok": "10",
    "chiang_mai": "50",
    "phuket": "83",
    "khon_kaen": "40",
    "chonburi": "20",
    "rayong": "21",
}
DATASETS: dict[str, Dataset] = {
    "air_quality": air_quality.DATASET,
    "road_accidents": road_accidents.DATASET,
    "population": population.DATASET,
    "tourism": tourism.DATASET,
    "dengue_cases": dengue_cases.DATASET,
    "crop_production": crop_production.DATASET,
    "rainfall": rainfall.DATASET,
}
FACTS = {
    dataset: f"fct_{dataset.removesuffix('s') if dataset == 'road_accidents' else dataset}"
    for dataset in DATASETS
}


def national(
    dataset: str, platforms: Path, hourly_cities: Collection[str] = ()
) -> pandas.DataFrame:
    """Return the national records of every city found below `platforms`, sorted by their key.

    Air of `hourly_cities` is published as means of single hours.
    """
    shape = DATASETS[dataset]
    empty = pandas.DataFrame(columns=list(shape.columns)).astype(shape.columns)
    found = [
        city_records(shape, city, platforms / city / folder, city in hourly_cities)
        for city, (folder, _) in shape.cities.items()
        if any((platforms / city / folder).rglob("*.parquet"))
    ]
    records = pandas.concat(found or [empty]).drop_duplicates()
    return records.sort_values(shape.key).reset_index(drop=True)


def key_of(dataset: str) -> list[str]:
    """Return the columns that tell two records of a dataset apart."""
    return DATASETS[dataset].key


def city_records(
    shape: Dataset, city: str, folder: Path, is_hourly: bool = False
) -> pandas.DataFrame:
    """Return one city's national records, without what is not of its file's period or cannot be."""
    _, read = shape.cities[city]
    records = read(native(folder))
    records = records[in_period(records["local"], records["period"])]
    records[shape.time] = shape.from_local(records["local"])
    records["city_code"] = CITIES[city]
    if shape.impossible and not is_hourly:
        records = records[~shape.impossible(records)]
    return records.reindex(columns=list(shape.columns)).astype(shape.columns)


def published(
    records: dict[str, pandas.DataFrame], platforms: Path, hourly_cities: Collection[str] = ()
) -> dict[str, pandas.DataFrame]:
    """Return the marts by name, from the national records of all datasets and the files'
    periods.

    Air of `hourly_cities` is published as means of single hours.
    """
    files = {dataset: delivered(shape, platforms, CITIES) for dataset, shape in DATASETS.items()}
    daily = air.air_quality_daily(records["air_quality"], {CITIES[city] for city in hourly_cities})
    cells = indicators(
        city_measures(records, files["road_accidents"], daily),
        last_days(files),
        sorted(CITIES.values()),
    )
    return {
        "air_quality_daily": daily,
        "air_quality_monthly": air.air_quality_monthly(daily),
        "city_indicator": cells,
        "city_scorecard": marts.city_scorecard(cells, len(CITIES)),
        "health_monthly": marts.health_monthly(records["dengue_cases"], cells),
        "tourism_monthly": marts.tourism_monthly(records["tourism"], cells),
        "road_safety_monthly": marts.road_safety_monthly(
            measures.road_months(records["road_accidents"], files["road_accidents"]), cells
        ),
        "agriculture_yearly": marts.agriculture_yearly(records["crop_production"]),
        "measure": marts.population_measure(records["population"]),
    }


def city_measures(
    records: dict[str, pandas.DataFrame], roads: pandas.DataFrame, daily: pandas.DataFrame
) -> pandas.DataFrame:
    """Return all measures of the cities."""
    return pandas.concat([
        measures.air_quality(daily),
        measures.road_accidents(records["road_accidents"], roads),
        measures.dengue_cases(records["dengue_cases"]),
        measures.population(records["population"]),
        measures.tourism(records["tourism"]),
        measures.crop_production(records["crop_production"]),
        measures.rainfall(records["rainfall"]),
    ])  # fmt: skip


def last_days(files: dict[str, pandas.DataFrame]) -> pandas.DataFrame:
    """Return the last day that a feed's files cover, by fact and city."""
    last = {
        FACTS[dataset]: found.groupby("city_code")["last"].max() for dataset, found in files.items()
    }
    return pandas.DataFrame(last, dtype="datetime64[ns]").T
