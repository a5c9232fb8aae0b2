"""Versions of one contract beside each other: which of them reads a period, and what is refused."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from federation.common.paths import CONTRACTS
from federation.contracts.load import load_feeds
from federation.contracts.pattern import Partition


@pytest.fixture
def rayong(tmp_path: Path) -> Path:
    """The contracts of one city, to be changed."""
    return Path(shutil.copytree(CONTRACTS / "rayong", tmp_path / "rayong"))


def release(file: Path, version: str, effective_from: str = "", keep: str = "") -> None:
    """Give the contract a new version; `keep` is the number of the one that stays beside it."""
    text = file.read_text("utf-8")
    if keep:
        file.with_name(f"{file.stem}-{keep}.yml").write_text(text, "utf-8")
    day = (
        f"      - {{property: effective_from, value: {effective_from}}}\n" if effective_from else ""
    )
    text = "\n".join(line for line in text.splitlines() if "effective_from" not in line)
    text = text.replace("    customProperties:\n", f"    customProperties:\n{day}", 1)
    head, _, rest = text.partition("version: ")
    file.write_text(f"{head}version: {version}\n{rest.partition(chr(10))[2]}\n", "utf-8")


def year(number: int) -> Partition:
    return Partition(date(number, 1, 1), date(number, 12, 31))


def test_a_period_is_read_by_the_newest_version_in_force_on_its_first_day(rayong: Path) -> None:
    release(rayong / "tourism.yml", "1.1.0", "2022-01-01", keep="1.0.0")
    release(rayong / "tourism.yml", "2.0.0", "2023-07-01", keep="1.1.0")
    feeds, refused = load_feeds(rayong.parent)
    assert not refused
    tourism = next(feed for feed in feeds if feed.dataset == "tourism")
    assert [feed.version for feed in tourism.versions] == ["2.0.0", "1.1.0", "1.0.0"]
    assert [tourism.at(year(number)).version for number in (2019, 2021, 2022, 2023, 2024)] == [
        "1.0.0",
        "1.0.0",
        "1.1.0",
        "1.1.0",
        "2.0.0",
    ]
    assert tourism.match("TourismStatistics/2019.parquet") == (year(2019), 0)


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ([("2.0.0", "2023-01-01", "")], "nothing says how deliveries before 2023-01-01 are read"),
        ([("2.0.0", "", "1.0.0")], "must say from which day 2.0.0 holds"),
        ([("1.0.1", "2023-01-01", "1.0.0")], "a patch replaces the file"),
        (
            [("1.1.0", "2023-01-01", "1.0.0"), ("1.2.0", "2022-01-01", "1.1.0")],
            "is not after that of 1.1.0",
        ),
        ([("2.0.0", "soon", "1.0.0")], "is no date"),
        ([("2.0.0", "2023-01-01", "0.9.0")], "not what the file's name says"),
    ],
)
def test_an_order_of_versions_that_does_not_hold_is_refused(
    rayong: Path, steps: list[tuple[str, str, str]], reason: str
) -> None:
    for step in steps:
        release(rayong / "tourism.yml", *step)
    feeds, refused = load_feeds(rayong.parent)
    assert [reason in error.reason for error in refused] == [True]
    assert len(feeds) == 6, "the city's other feeds go on"


def test_an_earlier_version_without_the_one_in_force_is_refused(rayong: Path) -> None:
    (rayong / "tourism.yml").rename(rayong / "tourism-1.0.0.yml")
    _, (refused,) = load_feeds(rayong.parent)
    assert "must be tourism.yml" in refused.reason


def test_the_day_from_which_a_city_delivers_is_read(rayong: Path) -> None:
    file = rayong / "tourism.yml"
    sla = "slaProperties:\n"
    file.write_text(
        file.read_text("utf-8").replace(
            sla, f"{sla}  - {{property: generalAvailability, value: 2024-01-01}}\n"
        )
    )
    feeds, refused = load_feeds(rayong.parent)
    assert not refused
    assert [feed.available_from for feed in feeds if feed.available_from] == [date(2024, 1, 1)]
