"""Single hours and running means are told apart from the values alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import duckdb
import numpy
import pandas
import pyarrow as pa
import pytest
from federation.datasets.suites import load_suite
from federation.gate.predicates import failing_records
from independent.aqi import index
from numpy.typing import NDArray

HOURS = 30 * 24
Series = NDArray[numpy.float64]
Judge = Callable[[str, str, Series, str], bool]


def dust(seed: int = 1) -> Series:
    """Return single hours of PM2.5 with weather, a daily cycle and what an hour has of its own."""
    chance = numpy.random.default_rng(seed)
    weather = numpy.zeros(HOURS + 24)
    for hour in range(1, len(weather)):
        weather[hour] = 0.97 * weather[hour - 1] + chance.normal(0, 0.08)
    clock = 0.2 * numpy.cos((numpy.arange(HOURS + 24) - 8) * numpy.pi / 12)
    return numpy.asarray(30 * numpy.exp(weather + clock + chance.normal(0, 0.2, HOURS + 24)))


def ozone() -> Series:
    """Return single hours of ozone, which peaks at 14:00."""
    chance = numpy.random.default_rng(1)
    clock = numpy.clip(numpy.cos((numpy.arange(HOURS + 24) - 14) * numpy.pi / 12), 0, 1)
    return numpy.asarray(10 + 50 * clock + chance.normal(0, 5, HOURS + 24))


def running(values: Series, hours: int) -> Series:
    """Return the mean of the last `hours` values at each of them."""
    return numpy.convolve(values, numpy.full(hours, 1 / hours), "valid")[-HOURS:]


def steps(values: Series, hours: NDArray[numpy.float64] | None = None) -> list[int]:
    """Return the places of the readings that move too far for a running mean."""
    begin = datetime.fromisoformat("2026-04-01T00:00:00+07:00")
    read_at = numpy.arange(len(values)) if hours is None else hours
    batch = pa.table(
        {
            "extract_id": ["e"] * len(values),
            "station_id": ["s"] * len(values),
            "row_number": range(len(values)),
            "measured_at": [begin + timedelta(hours=float(hour)) for hour in read_at],
            "pm25_ugm3": values,
        }
    )
    suite = load_suite("air_quality")
    (expectation,) = [entry for entry in suite.expectations if entry.id == "pm25_step"]
    predicate = failing_records(expectation)
    with duckdb.connect() as con:
        con.register("batch", batch)
        rows = con.execute(f"SELECT row_number FROM batch WHERE {predicate} ORDER BY 1").fetchall()
    return [row[0] for row in rows]


@pytest.fixture
def is_told() -> Judge:
    """Return whether an expectation finds that a column behaves unlike its contract."""

    def judge(expectation: str, column: str, values: Series, claimed: str) -> bool:
        begin = datetime.fromisoformat("2026-04-01T00:00:00+07:00")
        shown = values[-HOURS:].round(1)
        records = pa.table(
            {
                "extract_id": ["e"] * HOURS,
                "station_id": ["s"] * HOURS,
                "measured_at": [begin + timedelta(hours=hour) for hour in range(HOURS)],
                column: shown,
                f"{column}_averaging": [claimed] * HOURS,
            }
        )
        suite = load_suite("air_quality")
        where = next(entry.where for entry in suite.expectations if entry.id == expectation)
        with duckdb.connect() as con:
            con.execute("SET TimeZone = 'Asia/Bangkok'")
            con.register("records", records)
            query = f"SELECT count(*) FROM records WHERE {where.format(batch='records')}"
            failing = con.execute(query).fetchall()[0][0]
        assert failing in (0, HOURS)  # an extract fails as a whole
        return bool(failing)

    return judge


@pytest.mark.parametrize("column", ["pm25_ugm3", "pm10_ugm3"])
@pytest.mark.parametrize("seed", range(5))
def test_dust_says_by_its_changes_what_it_averages(is_told: Judge, column: str, seed: int) -> None:
    name = f"other_averaging_{column.split('_')[0]}"
    hours = dust(seed)
    assert not is_told(name, column, hours, "PT1H")
    assert is_told(name, column, hours, "running PT24H")
    means = running(hours, 24)
    assert is_told(name, column, means, "PT1H")
    assert is_told(name, column, means, "running PT8H")
    assert not is_told(name, column, means, "running PT24H")


def test_a_faulty_reading_is_no_evidence(is_told: Judge) -> None:
    means = running(dust(), 24)
    means[200], means[400] = 790.0, 0.0
    assert not is_told("other_averaging_pm25", "pm25_ugm3", means, "running PT24H")


def test_a_few_hours_are_no_evidence(is_told: Judge) -> None:
    hours = dust()
    hours[:-150] = numpy.nan
    assert not is_told("other_averaging_pm25", "pm25_ugm3", hours, "running PT24H")


def test_ozone_says_by_its_peak_what_it_averages(is_told: Judge) -> None:
    name, column, hours = "other_averaging_o3", "o3_ppb", ozone()
    assert not is_told(name, column, hours, "PT1H")
    assert is_told(name, column, hours, "running PT8H")
    means = running(hours, 8)
    assert is_told(name, column, means, "PT1H")
    assert not is_told(name, column, means, "running PT8H")


INDEX_OF = {"pm25_ugm3": "pm25", "pm10_ugm3": "pm10", "o3_ppb": "o3", "co_ppm": "co"}


def contradicted(
    column: str, shown: Series, averaged: Series, claimed: str, **beside: Series
) -> bool:
    """Return whether the index of `averaged` contradicts what is claimed of the values shown."""
    begin = datetime.fromisoformat("2026-04-01T00:00:00+07:00")
    days = pandas.Series([pandas.Timestamp("2026-04-01")] * len(shown))
    values = {column: averaged.round(1)} | beside
    published = pandas.DataFrame(
        {
            name: index(pandas.Series(series), INDEX_OF[name], days)
            for name, series in values.items()
        }
    ).max(axis="columns")
    nothing = numpy.full(len(shown), numpy.nan)
    columns = [*INDEX_OF, "no2_ppb", "so2_ppb"]
    records = pa.table(
        {name: pa.array(beside.get(name, nothing), from_pandas=True) for name in columns}
        | {
            "extract_id": ["e"] * len(shown),
            "measured_at": [begin + timedelta(hours=hour) for hour in range(len(shown))],
            column: pa.array(shown.round(1), from_pandas=True),
            f"{column}_averaging": [claimed] * len(shown),
            "published_aqi": pa.array(published, pa.int32(), from_pandas=True),
        }
    )
    name = f"other_averaging_{INDEX_OF[column]}_index"
    suite = load_suite("air_quality")
    where = next(entry.where for entry in suite.expectations if entry.id == name)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'Asia/Bangkok'")
        con.register("records", records)
        query = f"SELECT count(*) FROM records WHERE {where.format(batch='records')}"
        failing = con.execute(query).fetchall()[0][0]
    assert failing in (0, len(shown))
    return bool(failing)


@pytest.mark.parametrize(
    ("column", "covered", "other"),
    [
        ("pm25_ugm3", "running PT24H", "running PT8H"),
        ("pm10_ugm3", "running PT24H", "running PT8H"),
        ("o3_ppb", "running PT8H", "running PT24H"),
        ("co_ppm", "running PT8H", "running PT24H"),
    ],
)
def test_the_published_index_says_what_a_value_averages(
    column: str, covered: str, other: str
) -> None:
    hours = dust()[-HOURS:]
    means = running(dust(), 24)
    assert not contradicted(column, means, means, covered)
    assert contradicted(column, means, means, "PT1H")
    assert contradicted(column, means, means, other)
    assert contradicted(column, hours, means, covered)
    assert not contradicted(column, hours, means, "PT1H")
    assert not contradicted(column, hours, means, other)


def test_fewer_than_a_hundred_indices_are_no_evidence() -> None:
    means = running(dust(), 24)
    assert contradicted("pm25_ugm3", means[:100], means[:100], "PT1H")
    assert not contradicted("pm25_ugm3", means[:99], means[:99], "PT1H")


def test_an_index_that_another_pollutant_sets_is_no_evidence() -> None:
    means = running(dust(), 24)
    ozone_leads = means.round(0) + 500
    assert not contradicted("pm25_ugm3", means, means, "PT1H", o3_ppb=ozone_leads)
    assert not contradicted(
        "pm25_ugm3", dust()[-HOURS:], means, "running PT24H", o3_ppb=ozone_leads
    )


def test_a_few_faulty_values_are_no_evidence() -> None:
    shown = running(dust(), 24)
    averaged = shown.copy()
    shown[100:120] = 469.5
    assert not contradicted("pm25_ugm3", shown, averaged, "running PT24H")
    assert contradicted("pm25_ugm3", shown, averaged, "PT1H")


def test_a_running_mean_of_real_hours_makes_no_step() -> None:
    hours = dust()
    hours[100:110] = 990.0  # ten hours at the end of a meter's range
    assert steps(running(hours, 24)) == []


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ([17.0, 17.2, 790.0, 14.5, 14.4, 14.0, 15.0], [2]),  # one reading
        ([16.0] * 9 + [469.5, 468.7, 468.5] + [13.8] * 9, [9, 10, 11]),  # a run
        ([16.0] * 9 + [450.8] + [16.4] * 3 + [469.5, 468.7] + [13.8] * 9, [9, 13, 14]),  # two runs
        ([30.0] * 9 + [60.0, 0.0, 0.0, 0.0] + [30.0] * 9, [10]),  # the second zero is possible
        ([16.0] * 9 + [57.7] + [16.0] * 9, []),  # just what the window allows
        ([16.0] * 9 + [57.8] + [16.0] * 9, [9]),
        ([900.0] + [16.0] * 9, [0]),
        ([16.0] * 9 + [900.0], [9]),
        ([16.0], []),
    ],
)
def test_a_reading_that_moves_a_running_mean_too_far_is_picked(
    values: list[float], wrong: list[int]
) -> None:
    assert steps(numpy.array(values)) == wrong


def test_hours_between_two_readings_let_a_mean_move_further() -> None:
    values, hours = numpy.array([16.0] * 4 + [95.0]), numpy.array([0.0, 1.0, 2.0, 3.0, 5.0])
    assert steps(values, hours) == []
    assert steps(values) == [4]
