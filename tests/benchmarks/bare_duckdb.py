"""The bare script, DuckDB: six cities' hourly air quality to one table and a daily mart, nothing
else.

What an analyst would write by hand for one run: no contracts, no ledger, no quarantine, no tests of
the data, no lineage. The benchmark compares the hub with it. `measured_at` is a plain TIMESTAMP in
UTC.

    python bare_duckdb.py PLATFORMS_DIR OUT.duckdb [--threads 2]
"""

import argparse
import json
import time
from pathlib import Path

import duckdb

# Thailand is UTC+7 all year: INTERVAL 7 HOUR below.
RESEND = "-resend"

# every text hour is read once (some thousands) and looked up for each row
BANGKOK = """
WITH hours AS (
    SELECT DISTINCT "วันที่ เวลา" AS hour_text, filename
    FROM read_parquet({files}, filename = true)
),
calendar AS (
    SELECT
        hour_text,
        filename,
        make_timestamp(
            substr(hour_text, 7, 4)::BIGINT - 543,
            substr(hour_text, 4, 2)::BIGINT,
            substr(hour_text, 1, 2)::BIGINT,
            substr(hour_text, 12, 2)::BIGINT,
            substr(hour_text, 15, 2)::BIGINT,
            0
        ) - INTERVAL 7 HOUR AS measured_at
    FROM hours
    -- a stale station repeats a reading of another month
    WHERE substr(hour_text, 7, 4) || substr(hour_text, 4, 2)
        = right(parse_filename(filename, true), 6)
)
SELECT '10', "รหัสสถานี", measured_at,
    nullif(nullif("PM2.5 (มคก./ลบ.ม.)", '-'), '-1')::DOUBLE,
    nullif(nullif("PM10 (มคก./ลบ.ม.)", '-'), '-1')::DOUBLE,
    nullif(nullif("O3 (ppb)", '-'), '-1')::DOUBLE,
    nullif(nullif("NO2 (ppb)", '-'), '-1')::DOUBLE,
    nullif(nullif("SO2 (ppb)", '-'), '-1')::DOUBLE,
    nullif(nullif("CO (ppm)", '-'), '-1')::DOUBLE
FROM read_parquet({files}, filename = true) AS readings
JOIN calendar ON hour_text = "วันที่ เวลา" AND calendar.filename = readings.filename
"""

CHIANG_MAI = """
SELECT '50', "station_id", "measured_at" AT TIME ZONE 'UTC',
    max("value") FILTER ("parameter" = 'pm25'),
    max("value") FILTER ("parameter" = 'pm10'),
    max("value") FILTER ("parameter" = 'o3'),
    max("value") FILTER ("parameter" = 'no2'),
    max("value") FILTER ("parameter" = 'so2'),
    max("value") FILTER ("parameter" = 'co')
FROM read_parquet({files}, hive_partitioning = false)
GROUP BY "station_id", "measured_at"
"""

PHUKET = """
SELECT '83', "StationId", "DateTime" - INTERVAL 7 HOUR,
    CASE WHEN "PM25" >= 0 THEN "PM25" END,
    CASE WHEN "PM10" >= 0 THEN "PM10" END,
    CASE WHEN "O3" >= 0 THEN round("O3" * 1000, 6) END,
    CASE WHEN "NO2" >= 0 THEN round("NO2" * 1000, 6) END,
    CASE WHEN "SO2" >= 0 THEN round("SO2" * 1000, 6) END,
    CASE WHEN "CO" >= 0 THEN "CO" END
FROM read_parquet({files})
"""

KHON_KAEN = """
SELECT '40', "station", make_timestamp(
        split_part("date_th", ' ', 3)::BIGINT + 2500 - 543,
        list_position([
            'ม.ค.', 'ก.พ.', 'มี.ค.', 'เม.ย.', 'พ.ค.', 'มิ.ย.',
            'ก.ค.', 'ส.ค.', 'ก.ย.', 'ต.ค.', 'พ.ย.', 'ธ.ค.'
        ], split_part("date_th", ' ', 2)),
        split_part("date_th", ' ', 1)::BIGINT, substr("hour", 1, 2)::BIGINT, 0, 0
    ) - INTERVAL 7 HOUR,
    translate(nullif("pm25", '-'), '๐๑๒๓๔๕๖๗๘๙', '0123456789')::DOUBLE,
    translate(nullif("pm10", '-'), '๐๑๒๓๔๕๖๗๘๙', '0123456789')::DOUBLE,
    "o3", "no2", "so2", "co"
FROM read_parquet({files})
"""

CHONBURI = """
SELECT DISTINCT
    '20', "stationId", make_timestamp("observedAt" * 1000),
    "pm25", "pm10", "o3", "no2", "so2", "co"
FROM read_parquet({files})
"""

RAYONG = """
SELECT '21', split_part("refDevice"[1], ':', -1),
    substr("dateObserved"."value", 1, 19)::TIMESTAMP - INTERVAL 7 HOUR,
    "pm25"."value", "pm10"."value", "o3"."value", "no2"."value", "so2"."value", "co"."value"
FROM read_parquet({files}, filename = true)
WHERE substr("dateObserved"."value", 1, 7) = parse_filename(filename, true)
"""

CITIES = [
    ("bangkok/khunaphap-akat/*.parquet", BANGKOK),
    ("chiang_mai/air_quality/*/*/*.parquet", CHIANG_MAI),
    ("phuket/AirQuality/*.parquet", PHUKET),
    ("khon_kaen/air/*.parquet", KHON_KAEN),
    ("chonburi/air-quality/*.parquet", CHONBURI),
    ("rayong/AirQualityObserved/*.parquet", RAYONG),
]

FACT = """
CREATE OR REPLACE TABLE fct_air_quality (
    city_code VARCHAR, station_id VARCHAR, measured_at TIMESTAMP,
    pm25_ugm3 DOUBLE, pm10_ugm3 DOUBLE, o3_ppb DOUBLE,
    no2_ppb DOUBLE, so2_ppb DOUBLE, co_ppm DOUBLE)
"""

INSERT = "INSERT INTO fct_air_quality "

DAILY = """
CREATE OR REPLACE TABLE air_quality_daily AS
WITH station_days AS (
    SELECT city_code, (measured_at + INTERVAL 7 HOUR)::DATE AS local_date,
        CASE WHEN count(pm25_ugm3) >= 18 THEN avg(pm25_ugm3) END AS pm25_mean
    FROM fct_air_quality
    GROUP BY city_code, station_id, local_date
)
SELECT city_code, local_date, count(pm25_mean) AS station_count, avg(pm25_mean) AS pm25_mean_ugm3
FROM station_days
GROUP BY city_code, local_date
ORDER BY city_code, local_date
"""


def delivered(platforms: Path, pattern: str) -> list[str]:
    """Return the files of a city, without those that were sent a second time."""
    files = sorted(platforms.glob(pattern))
    if not files:
        raise SystemExit(f"no files: {platforms / pattern}")
    replaced = {
        path.with_stem(path.stem.removesuffix(RESEND))
        for path in files
        if path.stem.endswith(RESEND)
    }
    return [str(path) for path in files if path not in replaced]


def build(con: duckdb.DuckDBPyConnection, platforms: Path) -> None:
    """Write both tables."""
    con.execute("SET preserve_insertion_order = false")
    con.begin()
    con.execute(FACT)
    for pattern, select in CITIES:
        files = delivered(platforms, pattern)
        con.execute(INSERT + select.format(files=files))
    con.execute(DAILY)
    con.commit()
    con.execute("CHECKPOINT")


def figures(con: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Return the figures that the benchmark compares."""
    [(rows, total)] = con.execute("SELECT count(*), sum(pm25_ugm3) FROM fct_air_quality").fetchall()
    [(days,)] = con.execute("SELECT count(*) FROM air_quality_daily").fetchall()
    return {"rows": rows, "city_days": days, "sum_pm25": round(total, 1)}


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description="Bare DuckDB script: six cities' air quality to one file."
    )
    parser.add_argument("platforms", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    started = time.perf_counter()
    with duckdb.connect(str(args.out), config={"threads": args.threads}) as con:
        build(con, args.platforms)
        seconds = time.perf_counter() - started
        print(json.dumps({**figures(con), "seconds": round(seconds, 3)}))


if __name__ == "__main__":
    main()
