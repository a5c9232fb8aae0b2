"""The independent computation of national records agrees with the generated platforms' truth."""

from __future__ import annotations

from pathlib import Path

import pandas
import pytest
from federation_demo.generate import CITIES
from federation_demo.generate import DATASETS as GENERATED
from independent import DATASETS, key_of, national
from support.contracts import HOURLY_CITIES
from support.platforms import Request, make_platforms, truth

MONTHS = 3


@pytest.fixture(scope="module")
def three_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of six generated cities with three months of air quality."""
    directory = tmp_path_factory.mktemp("three_months")
    make_platforms(directory, Request(months=MONTHS))
    return directory


@pytest.mark.parametrize("dataset", DATASETS)
def test_national_records_are_the_truth(dataset: str, three_months: Path) -> None:
    computed = national(dataset, three_months, HOURLY_CITIES)
    expected = pandas.concat(
        truth(dataset, city, Request(months=MONTHS)).to_pandas() for city in CITIES
    )
    expected = expected[list(computed.columns)].astype(computed.dtypes.to_dict())
    expected = expected.sort_values(key_of(dataset)).reset_index(drop=True)
    assert set(computed["city_code"]) == {"10", "20", "21", "40", "50", "83"}
    pandas.testing.assert_frame_equal(computed, expected, check_exact=True)


def test_every_generated_dataset_is_computed() -> None:
    assert set(DATASETS) == set(GENERATED)


def test_missing_cities_are_skipped(tmp_path: Path) -> None:
    make_platforms(tmp_path, Request(months=1), cities=["phuket"], datasets=["population"])
    assert set(national("population", tmp_path)["city_code"]) == {"83"}
    assert national("tourism", tmp_path).empty
