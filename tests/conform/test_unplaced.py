"""Values without a place: kept with the record, counted, and answered with suggestions, never
guessed."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from federation.common.paths import Home
from federation.conform.unplaced import queue
from federation.contracts.model import Feed


def quarantined(folder: Path, texts: list[str | None]) -> Path:
    conformed = folder / "conformed.parquet"
    pq.write_table(pa.table({"unplaced": pa.array(texts, pa.string())}), Home.quarantine(conformed))
    return conformed


def test_the_most_frequent_comes_first_with_what_may_be_meant(
    feeds: dict[tuple[str, str], Feed], tmp_path: Path
) -> None:
    file = quarantined(tmp_path, ["บางละมุงง", "บางละมุงง", None, "Bang Lamun", "xyz"])
    found = queue(feeds["chonburi", "air_quality"], [file, tmp_path / "without-quarantine.parquet"])
    assert [(entry.text, entry.records) for entry in found] == [
        ("บางละมุงง", 2),
        ("Bang Lamun", 1),
        ("xyz", 1),
    ]
    assert "2004" in [suggestion.value for suggestion in found[0].suggestions]
    assert "2004" in [suggestion.value for suggestion in found[1].suggestions]
    assert found[2].suggestions == ()
    likeness = [suggestion.likeness for suggestion in found[0].suggestions]
    assert likeness == sorted(likeness, reverse=True)


def test_of_several_parts_the_smallest_area_is_compared(
    feeds: dict[tuple[str, str], Feed], tmp_path: Path
) -> None:
    found = queue(feeds["phuket", "population"], [quarantined(tmp_path, ["เมืองภูเก็ต / รัษดา"])])
    assert found[0].suggestions[0].name == "รัษฎา"


def test_suggestions_stay_in_the_citys_own_province(
    feeds: dict[tuple[str, str], Feed], tmp_path: Path
) -> None:
    found = queue(feeds["phuket", "population"], [quarantined(tmp_path, ["บางละมุง"])])
    assert all(suggestion.value.startswith("83") for suggestion in found[0].suggestions)
