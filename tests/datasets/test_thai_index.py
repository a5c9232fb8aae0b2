"""The index that the gate computes is the index by the published breakpoints."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import numpy
import pandas
import pytest
from federation.common.sql import Sql
from federation.datasets import thai_index
from federation.datasets.suites import load_suite
from federation.datasets.thai_index import DEFINED_ON, indices
from independent.aqi import index

HIGHEST = {"pm25": 900, "pm10": 900, "o3": 400, "no2": 800, "so2": 900, "co": 60}


@pytest.mark.parametrize("day", [date(2018, 9, 30), date(2023, 5, 31), date(2023, 6, 1)])
@pytest.mark.parametrize("pollutant", DEFINED_ON)
def test_every_value_has_the_index_of_its_day(pollutant: str, day: date) -> None:
    values = pandas.Series(numpy.arange(HIGHEST[pollutant] * 10 + 1) / 10)
    days = pandas.Series([pandas.Timestamp(day)] * len(values))
    measured = pandas.DataFrame({"pollutant": pollutant, "value": values, "day": days.dt.date})
    with duckdb.connect() as con:
        con.register("measured_values", measured)
        query = indices(Sql("SELECT * FROM measured_values"))
        rows = con.execute(f"SELECT value, max(aqi) FROM ({query}) GROUP BY value").fetchall()
    expected = index(values, pollutant, days)
    assert dict(rows) == dict(zip(values, expected, strict=True)) if rows else expected.isna().all()
    assert bool(rows) == (day.year > 2018)


def test_other_breakpoints_ask_for_new_verdicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_suite.cache_clear()
    before = load_suite("air_quality").hash, load_suite("rainfall").hash
    changed = tmp_path / "aqi_breakpoint.csv"
    changed.write_text(thai_index.BREAKPOINTS.read_text("utf-8").replace("37.5", "37.0"), "utf-8")
    monkeypatch.setattr(thai_index, "BREAKPOINTS", changed)
    load_suite.cache_clear()
    assert load_suite("air_quality").hash != before[0]
    assert load_suite("rainfall").hash == before[1]
    load_suite.cache_clear()
