"""Write the city platforms, or tell the truth that they carry."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from federation_demo.generate.accidents import accident_truth
from federation_demo.generate.air import air_truth
from federation_demo.generate.delivery import Shape, write
from federation_demo.generate.dengue import dengue_truth
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


def _known(asked: Sequence[str] | None, known: Sequence[str]) -> list[str]:
    unknown = set(asked or ()) - set(known)
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    return [name for name in known if asked is None or name in asked]


def _checked(seed: int, months: int, scale: int, hourly_cities: Sequence[str]) -> Request:
    if seed < 0 or months < 1 or scale < 1:
        raise ValueError("seed must not be negative, months and scale must be 1 or more")
    return Request(seed, months, scale, frozenset(_known(hourly_cities, tuple(CITIES))))


def _files(
    directory: Path, request: Request, cities: list[str], datasets: list[str]
) -> Iterator[Path]:
    for name in cities:
        for dataset in datasets:
            for delivery in SHAPES[name].feeds[dataset](CITIES[name], request):
                yield write(directory / name, SHAPES[name], delivery)


def make_platforms(
    directory: Path,
    *,
    seed: int = 1,
    months: int = 6,
    scale: int = 1,
    cities: Sequence[str] | None = None,
    datasets: Sequence[str] | None = None,
    hourly_cities: Sequence[str] = (),
    progress: Callable[[str], None] | None = None,
) -> list[Path]:
    """Write `<directory>/<city>/<native path>` and return the files, sorted.

    `months` is the number of months of air quality, ending with May 2026; `scale` multiplies the
    number of stations. `hourly_cities` publish means of single hours of air quality, the others
    running means: their contracts must say so. The same arguments give the same bytes; neither more
    months nor a choice of cities and datasets changes a file. `progress` is called with the path of
    each written file.
    """
    request = _checked(seed, months, scale, hourly_cities)
    written = []
    for path in _files(
        directory, request, _known(cities, tuple(CITIES)), _known(datasets, DATASETS)
    ):
        written.append(path)
        if progress is not None:
            progress(str(path.relative_to(directory)))
    return sorted(written)


def truth(
    dataset: str,
    city: str,
    *,
    seed: int = 1,
    months: int = 6,
    scale: int = 1,
    hourly_cities: Sequence[str] = (),
) -> pa.Table:
    """Return the national records that a correct reading of the city's files yields.

    National columns and units, times in UTC, no repeats, stale rows or subtotals. The whole table
    is held in memory.
    """
    _known([dataset], DATASETS)
    _known([city], tuple(CITIES))
    return TRUTHS[dataset](CITIES[city], _checked(seed, months, scale, hourly_cities))
