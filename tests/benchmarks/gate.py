"""The gate's checks on five million records of one extract: by Great Expectations, and as SQL
written for the purpose."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

import duckdb
from federation.common import sql
from federation.common.engine import connect
from federation.common.sql import Sql
from federation.contracts.load import load_feeds
from federation.contracts.pattern import Partition
from federation.datasets.suites import Expectation, load_suite
from federation.gate.conformed_file import ConformedFile, relation
from federation.gate.extracts import applies, expectations_of, judge_extracts
from federation.gate.predicates import count_of_failing, failing_records

JUNE = Partition(date(2026, 6, 1), date(2026, 6, 30))
# 7,000 stations for 720 hours, a wave over the day and one over the stations.
RECORDS = """
SELECT
    '10' AS city_code,
    's' || s AS station_id,
    TIMESTAMPTZ '2026-06-01 00:00:00+07' + INTERVAL (h) HOURS AS measured_at,
    20.0 + s % 7 + h % 24 + (h * 7919 + s * 104729) % 11 AS pm25_ugm3,
    40.0 + s % 9 + h % 24 + (h * 6007 + s) % 13 AS pm10_ugm3,
    25.0 + h % 24 + (s + h) % 7 AS o3_ppb,
    10.0 + (s * 3 + h) % 17 AS no2_ppb,
    1.0 + (s + h) % 3 AS so2_ppb,
    0.5 + (s + h) % 5 / 10 AS co_ppm,
    CAST(50 + s % 7 + h % 24 AS INTEGER) AS published_aqi
FROM range(7000) AS stations(s), range(720) AS hours(h)
"""
COLUMNS = (
    "city_code",
    "station_id",
    "measured_at",
    "pm25_ugm3",
    "pm10_ugm3",
    "o3_ppb",
    "no2_ppb",
    "so2_ppb",
    "co_ppm",
    "published_aqi",
)
EXTRACT = """
COPY (
    SELECT
        *,
        {others},
        'bench' AS extract_id,
        row_number() OVER () AS row_number,
        false AS is_duplicate,
        CAST(NULL AS VARCHAR) AS unplaced,
        CAST(NULL AS VARCHAR) AS unread,
        CAST([] AS VARCHAR[]) AS reasons
    FROM ({records})
) TO {file} (FORMAT parquet, COMPRESSION zstd)
"""


def gate(folder: Path, rounds: int) -> None:
    """Print what the gate takes against the same checks as one query, and the ratio."""
    folder.mkdir(parents=True, exist_ok=True)
    feed = next(feed for feed in load_feeds()[0] if feed.key == ("bangkok", "air_quality"))
    file = ConformedFile(folder / "conformed.parquet", "bench", JUNE, feed)
    with connect(memory_mb=2000) as con:
        records = _write(con, file)
    from federation.gate.gx_duckdb import Validator

    by_gx, by_hand = [], []
    with Validator() as validator, connect() as con:
        judge_extracts([file], validator, con)  # once for what is set up once
        for _ in range(rounds):
            by_gx.append(_seconds(lambda: judge_extracts([file], validator, con)))
            by_hand.append(_seconds(lambda: _written_by_hand(con, file)))
    checks = sum(applies(entry, feed) for entry in expectations_of(feed))
    print(
        f"\ngate: {checks} checks on {records:,} records: {median(by_gx):.2f} s, as one query "
        f"{median(by_hand):.2f} s, "
        f"ratio {median(by_gx) / median(by_hand):.2f} (aim 3)"
    )


def _write(con: duckdb.DuckDBPyConnection, file: ConformedFile) -> int:
    """Write the extract and return how many records it has."""
    others = [
        sql.compose("CAST(NULL AS {type}) AS {name}", type=Sql(column.type), name=Sql(column.name))
        for column in load_suite("air_quality").columns
        if column.name not in COLUMNS
    ]
    con.execute(
        sql.compose(
            EXTRACT,
            others=sql.listed(others),
            records=Sql(RECORDS),
            file=sql.literal(file.path),
        )
    ).fetchall()
    count = sql.compose("SELECT count(*) FROM {file}", file=sql.parquet(Path(file.path)))
    return int(con.execute(count).fetchall()[0][0])


def _written_by_hand(con: duckdb.DuckDBPyConnection, file: ConformedFile) -> None:
    """One query with a count for each check."""
    asked = [entry for entry in expectations_of(file.feed) if applies(entry, file.feed)]
    counts = [count_of_failing(entry) or _of_records(entry) for entry in asked]
    query = sql.compose(
        "WITH batch AS ({records}) SELECT count(*), {counts} FROM batch",
        records=Sql(relation([file], "records")),
        counts=sql.listed(Sql(f"({count})") for count in counts if count),
    )
    con.execute(query).fetchall()


def _of_records(expectation: Expectation) -> str:
    test = failing_records(expectation)
    return f"count(*) FILTER ({test})" if test else ""


def _seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began
