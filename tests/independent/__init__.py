"""National records computed straight from the cities' files, by the dictionaries alone.

Nothing here shares code with the hub: what the hub's core tables hold is compared with this.
"""

from __future__ import annotations

from pathlib import Path

import pandas

from . import air_quality, crop_production, dengue_cases, population, rainfall, road_accidents, tourism
from .indicators import air_quality_daily, indicators
from .reading import Dataset, in_period, native

__all__ = ["CITIES", "DATASETS", "air_quality_daily", "indicators", "key_of", "national"]

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


def national(dataset: str, platforms: Path) -> pandas.DataFrame:
    """Return the national records of every city found below `platforms`, sorted by their key."""
    shape = DATASETS[dataset]
    empty = pandas.DataFrame(columns=list(shape.columns)).astype(shape.columns)
    found = [
        city_records(shape, city, platforms / city / folder)
        for city, (folder, _) in shape.cities.items()
        if any((platforms / city / folder).rglob("*.parquet"))
    ]
    records = pandas.concat(found or [empty]).drop_duplicates()
    return records.sort_values(shape.key).reset_index(drop=True)


def key_of(dataset: str) -> list[str]:
    """Return the columns that tell two records of a dataset apart."""
    return DATASETS[dataset].key


def city_records(shape: Dataset, city: str, folder: Path) -> pandas.DataFrame:
    """Return one city's national records, without what is not of its file's period."""
    _, read = shape.cities[city]
    records = read(native(folder))
    records = records[in_period(records["local"], records["period"])]
    records[shape.time] = shape.from_local(records["local"])
    records["city_code"] = CITIES[city]
    return records.reindex(columns=list(shape.columns)).astype(shape.columns)
