"""What an owner is asked to do names the files that the contract's pattern promises, and the city's
own columns."""

from __future__ import annotations

from datetime import date

import pytest
from federation.contracts.model import Feed
from federation.quality.todo import city_columns, file_names

Feeds = dict[tuple[str, str], Feed]


@pytest.mark.parametrize(
    ("feed", "last", "files"),
    [
        (("bangkok", "air_quality"), date(2026, 5, 31), "khunaphap-akat_256905.parquet"),
        (("bangkok", "tourism"), date(2026, 5, 31), "kan-thongthiao_pingop2569.parquet"),
        (("phuket", "crop_production"), date(2026, 5, 31), "CropProduction_2026.parquet"),
        (("chonburi", "air_quality"), date(2026, 5, 31), "airQuality-202605.parquet"),
        # A name that does not tell the year is told with its folders.
        (("rayong", "population"), date(2026, 5, 31), "Population/2026.parquet"),
        (("khon_kaen", "rainfall"), date(2026, 5, 8), "kk_rain_2569_05_1.parquet"),
        (
            ("khon_kaen", "rainfall"),
            date(2026, 5, 31),
            "kk_rain_2569_05_1.parquet to kk_rain_2569_05_4.parquet (4 files)",
        ),
    ],
)
def test_files_are_named_as_the_contract_promises_them(
    feeds: Feeds, feed: tuple[str, str], last: date, files: str
) -> None:
    paths = feeds[feed].pattern.paths(date(2026, 5, 1), last)
    assert all(feeds[feed].pattern.match(path) for path in paths)
    assert file_names(feeds[feed], paths).en == files


def test_a_column_is_called_as_its_city_calls_it(feeds: Feeds) -> None:
    feed = feeds["bangkok", "air_quality"]
    assert city_columns(feed, "pm25_ugm3") == "PM2.5 (มคก./ลบ.ม.)"
    assert city_columns(feed, "RevenueTotal") == "RevenueTotal"
