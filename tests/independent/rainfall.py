"""Rain: one record per station and local day."""

from __future__ import annotations

import pandas
from pandas import DataFrame

from .reading import Dataset, buddhist_date, number, thai_date, to_local, without_sentinels


def bangkok(rows: DataFrame) -> DataFrame:
    rain = number(rows["ปริมาณฝน (มม.)"])
    return rows.assign(station_id=rows["รหัสสถานี"], rain_mm=rain, local=buddhist_date(rows["วันที่"]))


def chiang_mai(rows: DataFrame) -> DataFrame:
    rows = rows[rows["parameter"] == "rain"]
    return rows.assign(rain_mm=rows["value"], local=pandas.to_datetime(rows["observed_on"]))


def phuket(rows: DataFrame) -> DataFrame:
    records = without_sentinels(rows[["StationCode", "RainMm", "period"]])
    return records.rename(columns={"StationCode": "station_id", "RainMm": "rain_mm"}).assign(
        local=rows["Date"]
    )


def khon_kaen(rows: DataFrame) -> DataFrame:
    return rows.assign(
        station_id=rows["station"],
        rain_mm=number(rows["rain_mm"]),
        local=thai_date(rows["date_th"]),
    )


def chonburi(rows: DataFrame) -> DataFrame:
    return rows.assign(
        station_id=rows["stationCode"], rain_mm=rows["rainMm"], local=to_local(rows["dayStart"])
    )


def rayong(rows: DataFrame) -> DataFrame:
    """Return the records; where no rain was measured only the id names the day."""
    days = pandas.to_datetime(rows["id"].str[-10:])
    stated = pandas.to_datetime(rows["rain.observedAt"])
    assert (stated.isna() | (stated == days)).all()
    devices = rows["refDevice"].str[0].str.removeprefix("urn:ngsi-ld:Device:hii:")
    return rows.assign(station_id=devices, rain_mm=rows["rain.value"], local=days)


DATASET = Dataset(
    key=["city_code", "station_id", "date"],
    columns={"city_code": "str", "station_id": "str", "date": "object", "rain_mm": "float"},
    time="date",
    from_local=lambda local: local.dt.date,
    cities={
        "bangkok": ("namfon", bangkok),
        "chiang_mai": ("rainfall", chiang_mai),
        "phuket": ("Rainfall", phuket),
        "khon_kaen": ("rain", khon_kaen),
        "chonburi": ("rainfall", chonburi),
        "rayong": ("RainObserved", rayong),
    },
)
