"""Write the city platforms, or return the true records that they carry."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa

from federation_demo.generate.accidents import accident_truth
from federation_demo.generate.air import air_truth
from federation_demo.generate.delivery import Change, Shape, write
from federation_demo.generate.dengue import dengue_truth
from federation_demo.generate.history import sent_at
from federation_demo.generate.population import population_truth
from federation_demo.generate.rain import rain_truth
from federation_demo.generate.rice import rice_truth
from federation_demo.generate.shapes import bangkok, chiang_mai, chonburi, khon_kaen, phuket, rayong
from federation_demo.generate.tourism import tourism_truth
from federation_demo.generate.world import CITIES, City, Request

SHAPES: dict[str, Shape] = {
    "bangkok": bangkok.SHAPE,
    "chiang_mai": chiang_mai.SHAPE,
    "phuket": phuket.SHAPE,
    "khon_kaen": khon_kaen.SHAPE,
    "chonburi": chonburi.SHAPE,
    "rayong": rayong.SHAPE,
}
# how each city's platform is reached (platform_servers.serve.SERVERS)
SERVED_BY = {
    "bangkok": "ckan",
    "chiang_mai": "s3",
    "phuket": "https_login",
    "khon_kaen": "sftp",
    "chonburi": "https_token",
    "rayong": "directory",
}
# a further dataset is a truth here and a feed in every shape
TRUTHS: dict[str, Callable[[City, Request], pa.Table]] = {
    "air_quality": air_truth,
    "road_accidents": accident_truth,
    "population": population_truth,
    "tourism": tourism_truth,
    "dengue_cases": dengue_truth,
    "crop_production": rice_truth,
    "rainfall": rain_truth,
}
DATASETS = tuple(TRUTHS)


USUAL = Request()


def _chosen(asked: Sequence[str] | None, names: Sequence[str]) -> list[str]:
    """Return the names that are asked for, None asks for all; raises ValueError for others."""
    unknown = set(asked or ()) - set(names)
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(names)}")
    return [name for name in names if asked is None or name in asked]


def _files(
    directory: Path,
    request: Request,
    cities: list[str],
    datasets: list[str],
    changes: Mapping[tuple[str, str], Change],
) -> Iterator[Path]:
    for name in cities:
        for dataset in datasets:
            deliveries = SHAPES[name].feeds[dataset](CITIES[name], request)
            if change := changes.get((name, dataset)):
                deliveries = change(deliveries, request)
            for delivery in deliveries:
                path = write(directory / name, SHAPES[name], delivery)
                if request.until:
                    sent = sent_at(dataset, delivery.last_day, request.until).timestamp()
                    os.utime(path, (sent, sent))
                yield path


def make_platforms(  # noqa: PLR0913  each says one thing of the platforms
    directory: Path,
    request: Request = USUAL,
    *,
    cities: Sequence[str] | None = None,
    datasets: Sequence[str] | None = None,
    changes: Mapping[tuple[str, str], Change] = MappingProxyType({}),
    progress: Callable[[str], None] | None = None,
) -> list[Path]:
    """Write `<directory>/<city>/<native path>` and return the files, sorted.

    The same arguments give the same bytes; neither more months nor a choice of cities and datasets
    changes a file. `changes` are made to the deliveries of a city's dataset; `progress` is called
    with the path of each written file.
    """
    chosen_cities = _chosen(cities, tuple(CITIES))
    chosen_datasets = _chosen(datasets, DATASETS)
    written = []
    for path in _files(directory, request, chosen_cities, chosen_datasets, changes):
        written.append(path)
        if progress is not None:
            progress(str(path.relative_to(directory)))
    return sorted(written)


def truth(dataset: str, city: str, request: Request = USUAL) -> pa.Table:
    """Return the national records that a correct reading of the city's files yields.

    National columns and units, times in UTC, no repeats, stale rows or subtotals. The whole table
    is held in memory.
    """
    _chosen([dataset], DATASETS)
    _chosen([city], tuple(CITIES))
    return TRUTHS[dataset](CITIES[city], request)
