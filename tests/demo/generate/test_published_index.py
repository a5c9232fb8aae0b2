"""The generated cities publish the index by its definition, whatever their values cover."""

from __future__ import annotations

import pandas
import pytest
from federation_demo.generate import CITIES, truth
from federation_demo.generate.world import Request
from independent.aqi import index, worst
from independent.reading import to_local

PUBLISHED = ("bangkok", "phuket", "chonburi")
COLUMNS = {
    "pm25": "pm25_ugm3",
    "pm10": "pm10_ugm3",
    "o3": "o3_ppb",
    "no2": "no2_ppb",
    "so2": "so2_ppb",
    "co": "co_ppm",
}


def air(city: str, request: Request) -> pandas.DataFrame:
    return truth("air_quality", city, request).to_pandas()


def by_definition(records: pandas.DataFrame) -> pandas.Series:
    """Return the highest index of a row's values."""
    days = to_local(records["measured_at"]).dt.normalize()
    indices = {name: index(records[column], name, days) for name, column in COLUMNS.items()}
    return worst(pandas.DataFrame(indices))["aqi"]


@pytest.mark.parametrize("city", PUBLISHED)
def test_the_index_of_running_means_is_that_of_the_row(city: str) -> None:
    records = air(city, Request(months=1))
    assert records["published_aqi"].notna().mean() > 0.9
    pandas.testing.assert_series_equal(
        records["published_aqi"].astype(float), by_definition(records), check_names=False
    )


def test_the_index_of_spring_2023_has_the_breakpoints_of_its_day() -> None:
    records = air("phuket", Request(months=38))
    months = to_local(records["measured_at"]).dt.strftime("%Y-%m")
    assert {"2023-05", "2023-06"} < set(months)
    pandas.testing.assert_series_equal(
        records["published_aqi"].astype(float), by_definition(records), check_names=False
    )


@pytest.mark.parametrize("city", PUBLISHED)
def test_the_index_beside_single_hours_is_that_of_the_running_means(city: str) -> None:
    means = air(city, Request(months=1))
    hours = air(city, Request(months=1, hourly_cities=frozenset({city})))
    pandas.testing.assert_series_equal(hours["published_aqi"], means["published_aqi"])
    assert (hours["pm25_ugm3"] != means["pm25_ugm3"]).mean() > 0.9
    assert (by_definition(hours) - hours["published_aqi"]).abs().le(1).mean() < 0.2


@pytest.mark.parametrize("city", sorted(set(CITIES) - set(PUBLISHED)))
def test_other_cities_publish_none(city: str) -> None:
    assert air(city, Request(months=1))["published_aqi"].isna().all()
