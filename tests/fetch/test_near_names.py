"""Which names are nearly those of a contract, and which have nothing to do with it."""

from __future__ import annotations

import pytest
from federation.contracts.pattern import PathPattern
from federation.fetch.near_names import is_near

MONTHS = "air/kk_air_{be_year}_{month}.parquet"
HIVE = "air/year={year}/month={month}/part-0.parquet"
RESENT = "air/air-{year}{month}{version?:-resend}.parquet"


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("air/kk_air_2569_01.PARQUET", MONTHS),
        ("air/KK_Air_2569_01.parquet", MONTHS),
        ("air/kk_air_2569_1.parquet", MONTHS),
        ("air/kk_air_2569_13.parquet", MONTHS),
        ("air/kk_air_256901.parquet", MONTHS),
        ("air/kk-air-2569-01.parquet", MONTHS),
        ("air/kk_air_2026_01.parquet", MONTHS),
        ("air/kk_air_๒๕๖๙_๐๑.parquet", MONTHS),
        ("air/kk_air_2569_01 (1).parquet", MONTHS),
        ("air/kk_air_2569_01 - Copy.parquet", MONTHS),
        ("air/kk_air_2569_01_final_v2.parquet", MONTHS),
        ("air/kk_air_2569_01_แก้ไข.parquet", MONTHS),
        ("air/kk_air_2569_01_สำเนา.parquet", MONTHS),
        ("air/kk_air_2569_01.snappy.parquet", MONTHS),
        ("air/kk_air_2569_01.parquet.gz", MONTHS),
        ("air/year=2026/month=1/part-0.parquet", HIVE),
        ("air/year=2026/month=02/part-1.parquet", HIVE),
        ("air/year=2026/month=__HIVE_DEFAULT_PARTITION__/part-0.parquet", HIVE),
        (
            "air/year=2026/month=02/part-00000-5d34f0a2-1b2c-4d3e-8f90-a1b2c3d4e5f6-c000"
            ".snappy.parquet",
            HIVE,
        ),
        ("air/air-202601-resend2.parquet", RESENT),
        ("air/air-2026-01.parquet", RESENT),
    ],
)
def test_what_a_changed_habit_or_a_hand_makes_of_a_name_is_near(path: str, pattern: str) -> None:
    assert is_near(path, [PathPattern(pattern)])


@pytest.mark.parametrize(
    "path",
    [
        "air/_SUCCESS",
        "air/.kk_air_2569_01.parquet.crc",
        "air/._kk_air_2569_01.parquet",
        "air/~$kk_air_2569_01.parquet",
        "air/kk_air_2569_01.parquet.part",
        "air/kk_air_2569_01.csv",
        "air/kk_stations.parquet",
        "air/kk_air_daily_2569_01.parquet",
        "air/README.txt",
    ],
)
def test_what_has_nothing_to_do_with_the_contract_is_not(path: str) -> None:
    assert not is_near(path, [PathPattern(MONTHS)])
