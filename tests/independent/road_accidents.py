"""Road accidents: one record per number of the register."""

from __future__ import annotations

import pandas
from pandas import DataFrame

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

COUNTS = ["deaths", "injured", "vehicles"]
TEXTS = ["cause", "accident_type", "weather"]


def bangkok(rows: DataFrame) -> DataFrame:
    headers = {
        "ผู้เสียชีวิต (คน)": "deaths",
        "รวมจำนวนผู้บาดเจ็บ (คน)": "injured",
        "จำนวนรถที่เกิดเหตุ (คัน)": "vehicles",
        "LATITUDE": "lat",
        "LONGITUDE": "lon",
    }
    texts = {
        "ACC_CODE": "accident_id",
        "มูลเหตุสันนิษฐาน": "cause",
        "ลักษณะการเกิดเหตุ": "accident_type",
        "สภาพอากาศ": "weather",
    }
    records = tidy(rows.rename(columns=texts))
    for header, name in headers.items():
        records[name] = number(rows[header])
    return records.assign(local=buddhist_date(rows["วันที่เกิดเหตุ"]) + clock(rows["เวลา"]))


def chiang_mai(rows: DataFrame) -> DataFrame:
    counts = wide(rows, ["period", "accident_id"], "measure", {name: name for name in COUNTS})
    names = {"presumed_cause": "cause", "latitude": "lat", "longitude": "lon"}
    accidents = (
        rows.drop(columns=["measure", "value", "unit"]).drop_duplicates().rename(columns=names)
    )
    records = accidents.merge(counts, on=["period", "accident_id"], validate="one_to_one")
    return tidy(records).assign(local=to_local(records["occurred_at"]))


def phuket(rows: DataFrame) -> DataFrame:
    names = {
        "AccidentId": "accident_id",
        "IncidentDateTime": "local",
        "Fatalities": "deaths",
        "Injuries": "injured",
        "Vehicles": "vehicles",
        "PresumedCause": "cause",
        "AccidentType": "accident_type",
        "Weather": "weather",
        "Latitude": "lat",
        "Longitude": "lon",
    }
    return tidy(without_sentinels(rows).rename(columns=names))


def khon_kaen(rows: DataFrame) -> DataFrame:
    names = {"acc_code": "accident_id", "presumed_cause": "cause", "dead": "deaths", "long": "lon"}
    records = tidy(rows.rename(columns=names))
    for name in COUNTS:
        records[name] = number(records[name])
    return records.assign(local=thai_date(rows["date_th"]) + clock(rows["time_th"]))


def chonburi(rows: DataFrame) -> DataFrame:
    names = {
        "accCode": "accident_id",
        "presumedCause": "cause",
        "accidentType": "accident_type",
        "lng": "lon",
    }
    return tidy(rows.rename(columns=names)).assign(local=to_local(rows["occurredAt"]))


def rayong(rows: DataFrame) -> DataFrame:
    names = {
        "fatalities.value": "deaths",
        "injured.value": "injured",
        "vehicles.value": "vehicles",
        "accidentType": "accident_type",
    }
    place = rows["location.coordinates"]
    records = rows.rename(columns=names).assign(
        accident_id=rows["id"].str.rsplit(":", n=1).str[-1],
        cause=rows["presumedCauses"].map(", ".join, na_action="ignore"),
        lon=place.str[0],
        lat=place.str[1],
        local=to_local(pandas.to_datetime(rows["accidentDate.value"], utc=True)),
    )
    return tidy(records)


def tidy(records: DataFrame) -> DataFrame:
    """Return the records with the register number as text and texts without spaces around them."""
    texts = {name: records[name].str.strip() for name in TEXTS}
    return records.assign(accident_id=records["accident_id"].astype(str), **texts)


DATASET = Dataset(
    key=["city_code", "accident_id"],
    columns={"city_code": "str", "accident_id": "str", "occurred_at": "datetime64[us, UTC]"}
    | dict.fromkeys(COUNTS, "Int64")
    | dict.fromkeys(TEXTS, "str")
    | {"lat": "float", "lon": "float"},
    time="occurred_at",
    from_local=to_utc,
    cities={
        "bangkok": ("ubattihet-thanon", bangkok),
        "chiang_mai": ("road_accidents", chiang_mai),
        "phuket": ("RoadAccidents", phuket),
        "khon_kaen": ("accident", khon_kaen),
        "chonburi": ("road-accidents", chonburi),
        "rayong": ("RoadAccident", rayong),
    },
)
