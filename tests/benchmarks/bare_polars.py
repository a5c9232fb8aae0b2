"""The bare script, Polars: six cities' hourly air quality to one file and a daily mart, nothing
else.

What an analyst would write by hand for one run: no contracts, no ledger, no quarantine, no tests of
the data, no lineage. The benchmark compares the hub with it. `measured_at` is a plain timestamp in
UTC.

    python bare_polars.py PLATFORMS_DIR OUT_DIR
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
from polars import col

LOCAL = pl.duration(hours=7)  # Thailand is UTC+7 all year
RESEND = "-resend"
THAI_MONTHS = [
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
]
THAI_DIGITS = dict(zip("๐๑๒๓๔๕๖๗๘๙", "0123456789", strict=True))


def number(text: pl.Expr) -> pl.Expr:
    """Return the slice of a text as a whole number."""
    return text.cast(pl.Int32)


def fact(
    code: str, rows: pl.LazyFrame, station: pl.Expr, at: pl.Expr, values: dict[str, pl.Expr]
) -> pl.LazyFrame:
    """Return rows in the shape of the fact table; `values` by pollutant in national units."""
    names = {
        "pm25": "pm25_ugm3",
        "pm10": "pm10_ugm3",
        "o3": "o3_ppb",
        "no2": "no2_ppb",
        "so2": "so2_ppb",
        "co": "co_ppm",
    }
    return rows.select(
        pl.lit(code).alias("city_code"),
        station.alias("station_id"),
        at.cast(pl.Datetime("us")).alias("measured_at"),
        *(values[name].cast(pl.Float64).alias(column) for name, column in names.items()),
    )


def bangkok_month(path: Path) -> pl.LazyFrame:
    """Return the rows of one file that are of its month, with the time as `at`."""
    rows, text = pl.scan_parquet(path), col("วันที่ เวลา")
    year, month, day = text.str.slice(6, 4), text.str.slice(3, 2), text.str.slice(0, 2)
    hour, minute = text.str.slice(11, 2), text.str.slice(14, 2)
    at = (
        pl.datetime(number(year) - 543, number(month), number(day), number(hour), number(minute))
        - LOCAL
    )
    # a stale station repeats a reading of another month
    of_the_month = text.str.slice(3, 7) == f"{path.stem[-2:]}/{path.stem[-6:-2]}"
    # every text hour is read once (some hundreds) and looked up for each row
    calendar = rows.select(text).unique().filter(of_the_month).with_columns(at.alias("at"))
    return rows.join(calendar, on="วันที่ เวลา")


def bangkok(files: list[Path]) -> pl.LazyFrame:
    """All text; `-` is no instrument, `-1` not measured."""
    names = {"pm25": "PM2.5 (มคก./ลบ.ม.)", "pm10": "PM10 (มคก./ลบ.ม.)", "o3": "O3 (ppb)", "no2": (
        "NO2 "
        "(ppb)"
    ),
             "so2": "SO2 (ppb)", "co": "CO (ppm)"}  # fmt: skip
    values = {
        name: pl.when(~col(column).is_in(["-", "-1"])).then(col(column)).cast(pl.Float64)
        for name, column in names.items()
    }
    rows = pl.concat([bangkok_month(path) for path in files])
    return fact("10", rows, col("รหัสสถานี"), col("at"), values)


def chiang_mai(files: list[Path]) -> pl.LazyFrame:
    """Long layout in UTC: one row for each pollutant."""
    pollutants = ["pm25", "pm10", "o3", "no2", "so2", "co"]
    wide = (
        pl.scan_parquet(files, hive_partitioning=False)
        .group_by("station_id", "measured_at")
        .agg(
            pl.when(col("parameter") == name).then(col("value")).max().alias(name)
            for name in pollutants
        )
    )
    at = col("measured_at").dt.replace_time_zone(None)
    return fact("50", wide, col("station_id"), at, {name: col(name) for name in pollutants})


def phuket(files: list[Path]) -> pl.LazyFrame:
    """Local times without a zone, gases in ppm, -999 and -9999 for no value."""
    names = {"pm25": "PM25", "pm10": "PM10", "o3": "O3", "no2": "NO2", "so2": "SO2", "co": "CO"}
    values: dict[str, pl.Expr] = {
        name: pl.when(col(column) >= 0).then(col(column)) for name, column in names.items()
    }
    for gas in ["o3", "no2", "so2"]:
        values[gas] = (values[gas] * 1000).round(6)
    return fact("83", pl.scan_parquet(files), col("StationId"), col("DateTime") - LOCAL, values)


def khon_kaen(files: list[Path]) -> pl.LazyFrame:
    """Thai short dates, hour ranges, Thai digits."""
    day = col("date_th").str.split(" ").list
    at = (
        pl.datetime(
            number(day.get(2)) + 2500 - 543,
            day.get(1).replace_strict(THAI_MONTHS, range(1, 13), return_dtype=pl.Int32),
            number(day.get(0)),
            number(col("hour").str.slice(0, 2)),
        )
        - LOCAL
    )
    values = {name: col(name) for name in ["o3", "no2", "so2", "co"]}
    for dust in ["pm25", "pm10"]:
        values[dust] = pl.when(col(dust) != "-").then(col(dust)).str.replace_many(THAI_DIGITS)
    return fact("40", pl.scan_parquet(files), col("station"), at, values)


def chonburi(files: list[Path]) -> pl.LazyFrame:
    """Epoch milliseconds; some rows are sent twice."""
    values = {name: col(name) for name in ["pm25", "pm10", "o3", "no2", "so2", "co"]}
    at = pl.from_epoch("observedAt", time_unit="ms")
    return fact("20", pl.scan_parquet(files), col("stationId"), at, values).unique()


def rayong(files: list[Path]) -> pl.LazyFrame:
    """NGSI-LD structs; stale rows of another month."""
    text = col("dateObserved").struct.field("value")
    at = text.str.slice(0, 19).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="us") - LOCAL
    station = col("refDevice").list.first().str.strip_prefix("urn:ngsi-ld:Device:pcd:")
    values = {
        name: col(name).struct.field("value") for name in ["pm25", "pm10", "o3", "no2", "so2", "co"]
    }
    months = [pl.scan_parquet(path).filter(text.str.starts_with(path.stem)) for path in files]
    return fact("21", pl.concat(months), station, at, values)


CITIES: list[tuple[str, Callable[[list[Path]], pl.LazyFrame]]] = [
    ("bangkok/khunaphap-akat/*.parquet", bangkok),
    ("chiang_mai/air_quality/*/*/*.parquet", chiang_mai),
    ("phuket/AirQuality/*.parquet", phuket),
    ("khon_kaen/air/*.parquet", khon_kaen),
    ("chonburi/air-quality/*.parquet", chonburi),
    ("rayong/AirQualityObserved/*.parquet", rayong),
]


def delivered(platforms: Path, pattern: str) -> list[Path]:
    """Return the files of a city, without those that were sent a second time."""
    files = sorted(platforms.glob(pattern))
    if not files:
        raise SystemExit(f"no files: {platforms / pattern}")
    replaced = {
        path.with_stem(path.stem.removesuffix(RESEND))
        for path in files
        if path.stem.endswith(RESEND)
    }
    return [path for path in files if path not in replaced]


def daily(facts: pl.LazyFrame) -> pl.LazyFrame:
    """Return the daily mart of the fact table."""
    value = col("pm25_ugm3")
    return (
        facts.group_by(
            "city_code", "station_id", (col("measured_at") + LOCAL).dt.date().alias("local_date")
        )
        .agg(pl.when(value.count() >= 18).then(value.mean()).alias("pm25_mean"))
        .group_by("city_code", "local_date")
        .agg(
            col("pm25_mean").count().cast(pl.Int64).alias("station_count"),
            col("pm25_mean").mean().alias("pm25_mean_ugm3"),
        )
        .sort("city_code", "local_date")
    )


def build(platforms: Path, out: Path) -> tuple[Path, Path]:
    """Write both files."""
    out.mkdir(parents=True, exist_ok=True)
    fact_path, daily_path = out / "fct_air_quality.parquet", out / "air_quality_daily.parquet"
    cities = [shape(delivered(platforms, pattern)) for pattern, shape in CITIES]
    pl.concat(cities).sink_parquet(fact_path, maintain_order=False)
    daily(pl.scan_parquet(fact_path)).sink_parquet(daily_path)
    return fact_path, daily_path


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description="Bare Polars script: six cities' air quality to Parquet."
    )
    parser.add_argument("platforms", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    started = time.perf_counter()
    fact_path, daily_path = build(args.platforms, args.out)
    seconds = time.perf_counter() - started
    rows, total = (
        pl.scan_parquet(fact_path).select(pl.len(), col("pm25_ugm3").sum()).collect().row(0)
    )
    days = pl.scan_parquet(daily_path).select(pl.len()).collect().item()
    print(
        json.dumps(
            {
                "rows": rows,
                "city_days": days,
                "sum_pm25": round(total, 1),
                "seconds": round(seconds, 3),
            }
        )
    )


if __name__ == "__main__":
    main()
