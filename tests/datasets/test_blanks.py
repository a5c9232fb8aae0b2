"""Which values an expectation may leave empty: never one of a key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from federation.common.errors import ContractError
from federation.datasets.suites import dataset_names, load_suite

SUITE = {
    "title": {"th": "ก", "en": "a"},
    "depa_dimension": "environment",
    "columns": {
        "station_id": {"type": "VARCHAR", "key": True},
        "date": {"type": "DATE", "period": True},
        "rain_mm": {"type": "DOUBLE"},
        "lat": {"type": "DOUBLE"},
        "lon": {"type": "DOUBLE"},
    },
}
ENTRY = {
    "id": "x",
    "type": "unexpected_rows_expectation",
    "where": "lat > 90",
    "consequence": "blank",
    "dimension": "accuracy",
    "reason": "a test",
    "message": {"th": "ก", "en": "a"},
    "todo": {"th": "ก", "en": "a"},
}


def load(folder: Path, **entry: Any) -> Any:
    given = {name: value for name, value in (ENTRY | entry).items() if value is not None}
    (folder / "x.yml").write_text(yaml.safe_dump(SUITE | {"expectations": [given]}), "utf-8")
    (folder / "_shared.yml").write_text("blocks: {}\n", "utf-8")
    return load_suite("x", folder)


def test_it_names_its_columns(tmp_path: Path) -> None:
    suite = load(tmp_path, blanks=["lat", "lon"])
    assert suite.expectations[0].blanks == ("lat", "lon")
    assert suite.blankable == {"lat", "lon"}


def test_it_is_the_judged_column_where_none_is_named(tmp_path: Path) -> None:
    kwargs = {"column": "rain_mm", "max_value": 500}
    entry = {"type": "expect_column_values_to_be_between", "kwargs": kwargs, "where": None}
    assert load(tmp_path, **entry).expectations[0].blanks == ("rain_mm",)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"blanks": ["station_id"]}, "belongs to the key"),
        ({"blanks": ["date"]}, "belongs to the key"),
        ({"blanks": ["elevation"]}, "there is no column"),
        ({}, "must say which columns"),
        ({"blanks": ["lat"], "consequence": "warn"}, "consequence blank only"),
        ({"blanks": ["lat"], "where": None, "having": "count(*) > 1"}, "single records"),
        ({"blanks": ["lat"], "where": "lat IN (SELECT lat FROM {batch})"}, "one by one"),
        ({"blanks": ["lat"], "where": "partition_days > 3 AND lat > 90"}, "extract's period"),
        ({"blanks": ["lat"], "table": "core.x"}, "single records"),
    ],
)
def test_what_cannot_be_left_empty_is_refused(
    tmp_path: Path, entry: dict[str, Any], why: str
) -> None:
    with pytest.raises(ContractError, match=why):
        load(tmp_path, **entry)


@pytest.mark.parametrize("dataset", dataset_names())
def test_no_suite_leaves_a_key_empty(dataset: str) -> None:
    suite = load_suite(dataset)
    assert not suite.blankable & {*suite.key, suite.period.name}
