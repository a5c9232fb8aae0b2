"""From an extract's path to the dates that it covers, for every real pattern."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from federation.contracts.model import Feed
from federation.contracts.pattern import Partition, PathPattern
from hypothesis import given
from hypothesis import strategies as st

Feeds = dict[tuple[str, str], Feed]


def interval(first: str, last: str) -> Partition:
    return Partition(date.fromisoformat(first), date.fromisoformat(last))


# One path of every real feed, as its dictionary shows it.
REAL = {
    ("bangkok", "air_quality"): ("khunaphap-akat/khunaphap-akat_256812.parquet", "2025-12"),
    ("bangkok", "population"): ("prachakon/prachakon_2563.parquet", "2020"),
    ("bangkok", "road_accidents"): ("ubattihet-thanon/ubattihet-thanon_2562.parquet", "2019"),
    ("bangkok", "tourism"): (
        "kan-thongthiao/kan-thongthiao_pingop2563.parquet",
        "2019-10..2020-09",
    ),
    ("chiang_mai", "air_quality"): ("air_quality/year=2026/month=01/part-0.parquet", "2026-01"),
    ("chiang_mai", "population"): ("population/year=2020/part-0.parquet", "2020"),
    ("chiang_mai", "road_accidents"): ("road_accidents/year=2019/part-0.parquet", "2019"),
    ("chiang_mai", "tourism"): ("tourism/year=2023/part-0.parquet", "2023"),
    ("chonburi", "air_quality"): ("air-quality/airQuality-202603-resend.parquet", "2026-03"),
    ("chonburi", "population"): ("population/population-2020.parquet", "2020"),
    ("chonburi", "road_accidents"): ("road-accidents/roadAccidents-2019.parquet", "2019"),
    ("chonburi", "tourism"): ("tourism/tourism-2023.parquet", "2023"),
    ("khon_kaen", "air_quality"): ("air/kk_air_2569_02.parquet", "2026-02"),
    ("khon_kaen", "population"): ("population/kk_pop_2563.parquet", "2020"),
    ("khon_kaen", "road_accidents"): ("accident/kk_accident_2562.parquet", "2019"),
    ("khon_kaen", "tourism"): ("tourism/kk_tourism_2566.parquet", "2023"),
    ("phuket", "air_quality"): ("AirQuality/AirQuality_2026_05.parquet", "2026-05"),
    ("phuket", "population"): ("Population/Population_2020.parquet", "2020"),
    ("phuket", "road_accidents"): ("RoadAccidents/RoadAccidents_2019.parquet", "2019"),
    ("phuket", "tourism"): ("Tourism/Tourism_2023.parquet", "2023"),
    ("rayong", "air_quality"): ("AirQualityObserved/2026-01.parquet", "2026-01"),
    ("rayong", "population"): ("Population/2020.parquet", "2020"),
    ("rayong", "road_accidents"): ("RoadAccident/2019.parquet", "2019"),
    ("rayong", "tourism"): ("TourismStatistics/2023.parquet", "2023"),
    ("bangkok", "crop_production"): ("kaset-khao/kaset-khao_2524-2553.parquet", "1981..2010"),
    ("bangkok", "dengue_cases"): ("khai-lueat-ok/khai-lueat-ok_2536-2545.parquet", "1993..2002"),
    ("bangkok", "rainfall"): ("namfon/namfon_256008_1.parquet", "2017-08-01..2017-08-08"),
    ("chiang_mai", "crop_production"): ("crop_production/crop_year=1981/part-0.parquet", "1981"),
    ("chiang_mai", "dengue_cases"): ("dengue_cases/period=1993-2002/part-0.parquet", "1993..2002"),
    ("chiang_mai", "rainfall"): (
        "rainfall/year=2017/month=08/part-3.parquet",
        "2017-08-17..2017-08-24",
    ),
    ("chonburi", "crop_production"): (
        "crop-production/cropProduction-1981-1999.parquet",
        "1981..1999",
    ),
    ("chonburi", "dengue_cases"): ("dengue/dengueCases-1993-2000.parquet", "1993..2000"),
    ("chonburi", "rainfall"): ("rainfall/rainfall-201708-4.parquet", "2017-08-25..2017-08-31"),
    ("khon_kaen", "crop_production"): ("crop/kk_rice_2556.parquet", "2013"),
    ("khon_kaen", "dengue_cases"): ("dengue/kk_dengue_fy2563.parquet", "2019-10..2020-09"),
    ("khon_kaen", "rainfall"): ("rain/kk_rain_2560_08_2.parquet", "2017-08-09..2017-08-16"),
    ("phuket", "crop_production"): (
        "CropProduction/CropProduction_1981_2010.parquet",
        "1981..2010",
    ),
    ("phuket", "dengue_cases"): ("DengueCases/DengueCases_1993_1999.parquet", "1993..1999"),
    ("phuket", "rainfall"): ("Rainfall/Rainfall_2017_08_P1.parquet", "2017-08-01..2017-08-08"),
    ("rayong", "crop_production"): ("CropProduction/2013.parquet", "2013"),
    ("rayong", "dengue_cases"): ("DiseaseStatistics/dengue-2013-2019.parquet", "2013..2019"),
    ("rayong", "rainfall"): ("RainObserved/2017-08-p2.parquet", "2017-08-09..2017-08-16"),
}


def test_every_real_feed_has_its_example(feeds: Feeds) -> None:
    assert set(REAL) == set(feeds)


@pytest.mark.parametrize("key", REAL, ids="/".join)
def test_a_real_path_names_its_partition(feeds: Feeds, key: tuple[str, str]) -> None:
    path, name = REAL[key]
    match = feeds[key].pattern.match(path)
    assert match is not None
    assert str(match[0]) == name
    assert path.startswith(feeds[key].pattern.folder + "/")


@pytest.mark.parametrize("key", REAL, ids="/".join)
def test_a_path_beside_the_pattern_is_no_extract(feeds: Feeds, key: tuple[str, str]) -> None:
    path, _ = REAL[key]
    pattern = feeds[key].pattern
    for other in (
        path + ".tmp",
        "x" + path,
        path.replace(".parquet", ".csv"),
        path.replace("20", "99").replace("25", "99").replace("19", "99"),
    ):
        assert pattern.match(other) is None


def test_generated_platforms_and_patterns_know_each_other(feeds: Feeds, platforms: object) -> None:
    from pathlib import Path

    root = Path(str(platforms))
    for (city, dataset), feed in feeds.items():
        files = [
            file.relative_to(root / city).as_posix()
            for file in (root / city / feed.pattern.folder).rglob("*.parquet")
        ]
        assert files, f"no file of {city}/{dataset}"
        assert [path for path in files if feed.pattern.match(path) is None] == []


@pytest.mark.parametrize(
    ("pattern", "path", "expected", "version"),
    [
        ("a/{year}.parquet", "a/2019.parquet", interval("2019-01-01", "2019-12-31"), 0),
        ("a/{be_year}{month}.parquet", "a/256302.parquet", interval("2020-02-01", "2020-02-29"), 0),
        (
            "a/fy{be_fiscal_year}.parquet",
            "a/fy2562.parquet",
            interval("2018-10-01", "2019-09-30"),
            0,
        ),
        (
            "a/year={year}/month={month}/p.parquet",
            "a/year=2026/month=02/p.parquet",
            interval("2026-02-01", "2026-02-28"),
            0,
        ),
        (
            "a/{be_year}-{be_year_to}.parquet",
            "a/2536-2545.parquet",
            interval("1993-01-01", "2002-12-31"),
            0,
        ),
        (
            "a/{year}-{year_to}.parquet",
            "a/1993-2002.parquet",
            interval("1993-01-01", "2002-12-31"),
            0,
        ),
        (
            "a/{be_year}{be_year_to?:-}.parquet",
            "a/2524-2553.parquet",
            interval("1981-01-01", "2010-12-31"),
            0,
        ),
        (
            "a/{be_year}{be_year_to?:-}.parquet",
            "a/2554.parquet",
            interval("2011-01-01", "2011-12-31"),
            0,
        ),
        (
            "a/{year}{year_to?:_}.parquet",
            "a/1981_2010.parquet",
            interval("1981-01-01", "2010-12-31"),
            0,
        ),
        (
            "a/{year}{month}_{part}.parquet",
            "a/201708_1.parquet",
            interval("2017-08-01", "2017-08-08"),
            0,
        ),
        (
            "a/{year}{month}_{part}.parquet",
            "a/201708_3.parquet",
            interval("2017-08-17", "2017-08-24"),
            0,
        ),
        (
            "a/{year}{month}_{part}.parquet",
            "a/201702_4.parquet",
            interval("2017-02-25", "2017-02-28"),
            0,
        ),
        (
            "a/{year}{month}{version?:-resend}.parquet",
            "a/202603.parquet",
            interval("2026-03-01", "2026-03-31"),
            0,
        ),
        (
            "a/{year}{month}{version?:-resend}.parquet",
            "a/202603-resend.parquet",
            interval("2026-03-01", "2026-03-31"),
            1,
        ),
        (
            "a/{year}_v{version}.parquet",
            "a/2020_v12.parquet",
            interval("2020-01-01", "2020-12-31"),
            12,
        ),
    ],
)
def test_a_placeholder_means_its_dates(
    pattern: str, path: str, expected: Partition, version: int
) -> None:
    assert PathPattern(pattern).match(path) == (expected, version)


@pytest.mark.parametrize(
    "path",
    [
        "a/202613.parquet",
        "a/202600.parquet",
        "a/20261.parquet",
        "a/256301.parquet",
        "a/2026๐1.parquet",
    ],
)
def test_months_and_years_that_do_not_exist_do_not_match(path: str) -> None:
    assert PathPattern("a/{year}{month}.parquet").match(path) is None


def test_signs_in_a_pattern_stand_for_themselves() -> None:
    assert PathPattern("a+b/(x).{year}.parquet").match("a+b/(x).2020.parquet") is not None
    assert PathPattern("a/x.{year}").match("a/xx2020") is None


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("air/kk_{be_year}.parquet", "air"),
        ("air_quality/year={year}/month={month}/part-0.parquet", "air_quality"),
        ("{year}.parquet", ""),
        ("a/b/{year}.parquet", "a/b"),
    ],
)
def test_a_listing_starts_above_the_first_placeholder(text: str, folder: str) -> None:
    assert PathPattern(text).folder == folder


@pytest.mark.parametrize(
    ("partition", "name"),
    [
        (interval("2026-01-01", "2026-01-31"), "2026-01"),
        (interval("2019-01-01", "2019-12-31"), "2019"),
        (interval("1993-01-01", "2002-12-31"), "1993..2002"),
        (interval("2018-10-01", "2019-09-30"), "2018-10..2019-09"),
        (interval("2017-08-01", "2017-08-08"), "2017-08-01..2017-08-08"),
        (interval("2020-02-01", "2020-02-29"), "2020-02"),
        (interval("2021-02-01", "2021-02-27"), "2021-02-01..2021-02-27"),
    ],
)
def test_a_partition_is_named_after_what_it_is(partition: Partition, name: str) -> None:
    assert str(partition) == name


INTERVALS = st.tuples(st.dates(date(2015, 1, 1), date(2027, 1, 1)), st.integers(0, 900)).map(
    lambda pair: Partition(pair[0], pair[0] + timedelta(days=pair[1]))
)


def days_of(partition: Partition) -> set[int]:
    return set(range(partition.start.toordinal(), partition.end.toordinal() + 1))


@given(INTERVALS, INTERVALS)
def test_covering_and_overlapping_are_those_of_the_sets_of_days(
    one: Partition, other: Partition
) -> None:
    assert one.covers(other) == (days_of(one) >= days_of(other))
    assert one.overlaps(other) == bool(days_of(one) & days_of(other))


@given(INTERVALS, INTERVALS)
def test_two_partitions_never_share_a_name(one: Partition, other: Partition) -> None:
    assert (str(one) == str(other)) == (one == other)


@given(st.integers(1943, 2056), st.integers(1, 12))
def test_a_buddhist_and_a_common_path_name_the_same_month(year: int, month: int) -> None:
    buddhist = PathPattern("{be_year}_{month}").match(f"{year + 543}_{month:02}")
    common = PathPattern("{year}_{month}").match(f"{year}_{month:02}")
    assert buddhist == common
    assert buddhist is not None
    following = date(year + month // 12, month % 12 + 1, 1)
    assert (buddhist[0].start, buddhist[0].end) == (
        date(year, month, 1),
        following - timedelta(days=1),
    )


def test_a_placeholder_that_stands_twice_means_the_same_both_times() -> None:
    pattern = PathPattern("year={year}/report_{year}.parquet")
    assert pattern.match("year=2026/report_2026.parquet") == (
        Partition(date(2026, 1, 1), date(2026, 12, 31)),
        0,
    )
    assert pattern.match("year=2026/report_2025.parquet") is None


@pytest.mark.parametrize(
    "path", ["a/2524-.parquet", "a/2524_2553.parquet", "a/-2553.parquet", "a/25242553.parquet"]
)
def test_a_last_year_stands_behind_its_text_or_not_at_all(path: str) -> None:
    assert PathPattern("a/{be_year}{be_year_to?:-}.parquet").match(path) is None


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("{year}.parquet", "year"),
        ("{be_year}{be_year_to?:-}.parquet", "years"),
        ("{year}-{year_to}.parquet", "years"),
        ("fy{be_fiscal_year}.parquet", "fiscal_year"),
        ("{year}-{month}.parquet", "month"),
        ("{year}{month}_{part}.parquet", "part"),
    ],
)
def test_a_pattern_says_what_one_path_is_about(text: str, period: str) -> None:
    assert PathPattern(text).period == period


@pytest.mark.parametrize(
    "text", ["{year}{month?:-}", "{year?:-}", "{year}{yeer_to?:-}", "{year}{day}"]
)
def test_only_a_version_and_a_last_year_may_be_left_out(text: str) -> None:
    with pytest.raises(ValueError, match="unknown placeholder"):
        PathPattern(text).match("2020")
