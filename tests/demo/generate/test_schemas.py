from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

HERE = Path(__file__).parent
SAMPLES = HERE.parents[3] / "shared" / "platforms"
EXPECTED: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(
    (HERE / "schemas.yml").read_text("utf-8")
)
FEEDS = [(city, dataset) for city, datasets in EXPECTED.items() for dataset in datasets]
# one real file of Chonburi departs from its city's compression
RESENT = "-resend.parquet"


def spelled(kind: pa.DataType) -> str:
    """The type as the dictionaries of the cities spell it."""
    if pa.types.is_struct(kind):
        return "struct<" + ", ".join(f"{part.name}: {spelled(part.type)}" for part in kind) + ">"
    if pa.types.is_list(kind):
        return f"list<{spelled(kind.value_type)}>"
    named = {
        "timestamp[us, tz=UTC]": "timestamp[us, UTC]",
        "timestamp[ns]": "timestamp (INT96, no zone)",
    }
    return named.get(str(kind), str(kind))


def feed_files(folder: Path, city: str, dataset: str) -> list[Path]:
    pattern = re.compile(EXPECTED[city][dataset]["files"])
    found = sorted((folder / city).rglob("*.parquet"))
    return [file for file in found if pattern.fullmatch(file.relative_to(folder / city).as_posix())]


def physical(file: pq.ParquetFile) -> list[tuple[str, str, str]]:
    leaves = [file.schema.column(index) for index in range(len(file.schema))]
    return [(leaf.path, leaf.physical_type, str(leaf.logical_type)) for leaf in leaves]


def test_every_generated_file_belongs_to_one_feed(platforms: Path) -> None:
    files = [file for feed in FEEDS for file in feed_files(platforms, *feed)]
    assert sorted(files) == sorted(platforms.rglob("*.parquet"))


@pytest.mark.parametrize(("city", "dataset"), FEEDS)
def test_feed_has_the_frozen_shape(platforms: Path, city: str, dataset: str) -> None:
    expected = EXPECTED[city][dataset]
    files = feed_files(platforms, city, dataset)
    assert len(files) == expected["count"]
    for path in files:
        file = pq.ParquetFile(path)
        columns = {field.name: spelled(field.type) for field in file.schema_arrow}
        assert list(columns.items()) == list(expected["columns"].items())
        assert file.schema_arrow.metadata is None
        if "timestamp (INT96, no zone)" in columns.values():
            assert "INT96" in {kind for _, kind, _ in physical(file)}
        used = file.metadata.row_group(0).column(0).compression
        assert used == ("ZSTD" if path.name.endswith(RESENT) else expected["compression"])


@pytest.mark.parametrize(("city", "dataset"), FEEDS)
def test_feed_has_the_shape_of_the_samples(platforms: Path, city: str, dataset: str) -> None:
    if not SAMPLES.is_dir():
        pytest.skip(f"no sample extracts in {SAMPLES.name}/ beside the repository")
    ours = [file.relative_to(platforms) for file in feed_files(platforms, city, dataset)]
    assert ours == [file.relative_to(SAMPLES) for file in feed_files(SAMPLES, city, dataset)]
    for path in ours:
        made, real = pq.ParquetFile(platforms / path), pq.ParquetFile(SAMPLES / path)
        assert made.schema_arrow.equals(real.schema_arrow, check_metadata=True)
        assert physical(made) == physical(real)
        first, second = (file.metadata.row_group(0).column(0) for file in (made, real))
        assert first.compression == second.compression
