from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from federation_demo.generate import CITIES, DATASETS
from support.platforms import Request, make_platforms, truth

Contents = Callable[..., dict[str, bytes]]


def test_same_arguments_give_same_bytes(contents: Contents) -> None:
    assert contents(Request(seed=7, months=1)) == contents(Request(seed=7, months=1))


def test_another_seed_gives_other_values(contents: Contents) -> None:
    first, second = contents(Request(seed=7, months=1)), contents(Request(seed=8, months=1))
    assert first.keys() == second.keys()
    assert all(first[path] != second[path] for path in first)


def test_more_months_leave_the_others_alone(contents: Contents) -> None:
    few, many = contents(Request(months=1)), contents(Request(months=7))
    assert len(many) == len(few) + 6 * len(CITIES) + 1
    assert {path: many[path] for path in few} == few


def test_filters_do_not_change_content(contents: Contents) -> None:
    everything = contents(Request(months=1))
    some = contents(
        Request(months=1), cities=["rayong", "bangkok"], datasets=["tourism", "air_quality"]
    )
    assert len(some) == 2 * 1 + 6 + 5
    assert {path: everything[path] for path in some} == some


def test_scale_changes_air_quality_only(contents: Contents) -> None:
    still = [name for name in DATASETS if name != "air_quality"]
    assert contents(Request(scale=3), datasets=still) == contents(datasets=still)


@pytest.mark.parametrize("city", CITIES)
def test_scale_multiplies_stations(city: str) -> None:
    one, three = (truth("air_quality", city, Request(months=1, scale=scale)) for scale in (1, 3))
    names = [set(table["station_id"].to_pylist()) for table in (one, three)]
    assert len(names[1]) == 3 * len(names[0]) == 3 * CITIES[city].stations
    assert names[0] < names[1]


def test_station_ids_and_register_numbers_are_unique_in_the_country() -> None:
    stations, numbers = [], []
    for city in CITIES:
        stations += set(
            truth("air_quality", city, Request(months=1, scale=20))["station_id"].to_pylist()
        )
        numbers += truth("road_accidents", city)["accident_id"].to_pylist()
    assert (
        len(set(stations)) == len(stations) == 20 * sum(city.stations for city in CITIES.values())
    )
    assert len(set(numbers)) == len(numbers)


def test_files_are_written_in_bounded_row_groups(tmp_path: Path) -> None:
    files = make_platforms(
        tmp_path, Request(months=1, scale=60), cities=["bangkok"], datasets=["air_quality"]
    )
    metadata = pq.read_metadata(files[0])
    sizes = [metadata.row_group(index).num_rows for index in range(metadata.num_row_groups)]
    assert sum(sizes) > 3_000_000
    assert max(sizes) <= 200_000


def test_returns_sorted_files_and_reports_progress(tmp_path: Path) -> None:
    told: list[str] = []
    files = make_platforms(tmp_path, datasets=["tourism"], progress=told.append)
    assert files == sorted(files)
    assert sorted(told) == [file.relative_to(tmp_path).as_posix() for file in files]


@pytest.mark.parametrize("arguments", [{"months": 0}, {"scale": 0}, {"seed": -1}])
def test_refuses_a_request_for_nonsense(arguments: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must"):
        Request(**arguments)


@pytest.mark.parametrize("arguments", [{"cities": ["trang"]}, {"datasets": ["rice"]}])
def test_refuses_unknown_names(tmp_path: Path, arguments: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match="unknown: "):
        make_platforms(tmp_path, **arguments)  # type: ignore[arg-type]
