"""Hourly air quality: one record per station and hour."""

from __future__ import annotations

from collections.abc import Hashable

import numpy
import pandas
from pandas import DataFrame, Series

from .reading import (
    Dataset,
    buddhist_date,
    clock,
    number,
    thai_date,
    to_local,
    to_utc,
    wide,
    without_sentinels,
)

PPB = ["o3_ppb", "no2_ppb", "so2_ppb"]
MEASURES = {
    "pm25": "pm25_ugm3",
    "pm10": "pm10_ugm3",
    "o3": "o3_ppb",
    "no2": "no2_ppb",
    "so2": "so2_ppb",
    "co": "co_ppm",
}


def bangkok(rows: DataFrame) -> DataFrame:
    headers = {
        "PM2.5 (มคก./ลบ.ม.)": "pm25_ugm3",
        "PM10 (มคก./ลบ.ม.)": "pm10_ugm3",
        "O3 (ppb)": "o3_ppb",
        "NO2 (ppb)": "no2_ppb",
        "SO2 (ppb)": "so2_ppb",
        "CO (ppm)": "co_ppm",
    }
    moment = rows["วันที่ เวลา"].str.split(" ", expand=True)
    records = rows.rename(columns={"รหัสสถานี": "station_id"})[["period", "station_id"]]
    records["local"] = buddhist_date(moment[0]) + clock(moment[1])
    for header, name in headers.items():
        records[name] = number(rows[header], missing=("-", "-1"))
    records["published_aqi"] = number(rows["AQI (ดัชนี)"], missing=("-1", "-999", "-9999"))
    return records


def chiang_mai(rows: DataFrame) -> DataFrame:
    records = wide(rows, ["period", "station_id", "measured_at"], "parameter", MEASURES)
    return records.assign(local=to_local(records["measured_at"]))


def phuket(rows: DataFrame) -> DataFrame:
    names = {"StationId": "station_id", "DateTime": "local", "AQI": "published_aqi"}
    names |= {name.upper(): national for name, national in MEASURES.items()}
    records = without_sentinels(rows).rename(columns=names)
    records[PPB] = (records[PPB] * 1000).round(6)
    return records


def khon_kaen(rows: DataFrame) -> DataFrame:
    records = rows.rename(columns={"station": "station_id"} | MEASURES)
    for name in ("pm25", "pm10"):
        records[MEASURES[name]] = number(rows[name])
    return records.assign(local=thai_date(rows["date_th"]) + clock(rows["hour"]))


def chonburi(rows: DataFrame) -> DataFrame:
    records = rows.rename(columns={"stationId": "station_id", "aqi": "published_aqi"} | MEASURES)
    return records.assign(local=to_local(rows["observedAt"]))


def rayong(rows: DataFrame) -> DataFrame:
    records = rows[["period"]].assign(
        station_id=rows["refDevice"].str[0].str.rsplit(":", n=1).str[-1]
    )
    for name, national in MEASURES.items():
        records[national] = rows[f"{name}.value"]
    return records.assign(local=to_local(pandas.to_datetime(rows["dateObserved.value"], utc=True)))


# An hour of 1,000 µg/m³, the range of the meters, moves a mean of 24 hours by 41.7; of PM10 twice.
LARGEST_MOVE_AN_HOUR = {"pm25_ugm3": 41.7, "pm10_ugm3": 83.4}


def impossible(records: DataFrame) -> Series:
    """Return which records hold a running mean that moves by more than its window allows."""
    found = Series(False, index=records.index)
    hours = records["local"].to_numpy("datetime64[s]").astype("int64") / 3600
    for column, limit in LARGEST_MOVE_AN_HOUR.items():
        known = records.assign(hour=hours).dropna(subset=[column])
        for _, meter in known.groupby(["period", "station_id"]):
            meter = meter.drop_duplicates("hour").sort_values("hour")
            found[contradicted(meter["hour"], meter[column], limit)] = True
    return found


def contradicted(hours: Series, values: Series, limit: float) -> list[Hashable]:
    """Return the index of a meter's readings that are on the wrong side of an impossible step.

    The wrong side is the one farther, as a ratio, from the meter's middle value; wrong are those of
    its readings, up to the next step, that the reading on the other side contradicts.
    """
    hour, value = hours.to_numpy(float), values.to_numpy(float)
    distance = numpy.abs(numpy.log((value + 1) / (numpy.median(value) + 1)))
    steps = [
        place
        for place in range(1, len(value))
        if abs(value[place] - value[place - 1]) > limit * (hour[place] - hour[place - 1])
    ]
    ends = [0, *steps, len(value)]
    wrong: set[int] = set()
    for part, place in enumerate(steps, 1):
        after = range(place, ends[part + 1])
        before = range(ends[part - 1], place)
        side, other = (
            (after, place - 1) if distance[place] > distance[place - 1] else (before, place)
        )
        if distance[place] == distance[place - 1]:
            continue
        wrong.update(
            reading
            for reading in side
            if abs(value[reading] - value[other]) > limit * abs(hour[reading] - hour[other])
        )
    return [values.index[reading] for reading in sorted(wrong)]


DATASET = Dataset(
    key=["city_code", "station_id", "measured_at"],
    columns={"city_code": "str", "station_id": "str", "measured_at": "datetime64[us, UTC]"}
    | dict.fromkeys([*MEASURES.values(), "published_aqi"], "float"),
    time="measured_at",
    from_local=to_utc,
    cities={
        "bangkok": ("khunaphap-akat", bangkok),
        "chiang_mai": ("air_quality", chiang_mai),
        "phuket": ("AirQuality", phuket),
        "khon_kaen": ("air", khon_kaen),
        "chonburi": ("air-quality", chonburi),
        "rayong": ("AirQualityObserved", rayong),
    },
    impossible=impossible,
)
