"""Registered population: one record per subdistrict and year."""

from __future__ import annotations

import geothai
import pandas
from pandas import DataFrame, Series

from .reading import (
    THAI_DIGITS,
    Dataset,
    buddhist_date,
    listed,
    number,
    thai_date,
    to_local,
    wide,
    without_sentinels,
)

COUNTS = ["male", "female", "total", "houses"]
PHUKET_SPELLINGS = {"กระทู้": "กะทู้", "เทพกษัตรี": "เทพกระษัตรี", "รัษฏา": "รัษฎา", "เมือง": "เมืองภูเก็ต"}


def bangkok(rows: DataFrame) -> DataFrame:
    """Return the subdistricts; districts and the city are their totals."""
    headers = {"ชาย (คน)": "male", "หญิง (คน)": "female", "รวม (คน)": "total", "บ้าน (หลัง)": "houses"}
    rows = rows[rows["รหัส"].str.len() == 6]
    records = rows.rename(columns={"รหัส": "area_code"})
    for header, name in headers.items():
        records[name] = number(rows[header])
    return records.assign(local=buddhist_date(rows["ข้อมูล ณ วันที่"]))


def chiang_mai(rows: DataFrame) -> DataFrame:
    names = {f"population_{name}": name for name in ("male", "female", "total")} | {
        "households": "houses"
    }
    records = wide(rows, ["period", "area_code", "reference_date"], "parameter", names)
    return records.assign(local=pandas.to_datetime(records["reference_date"]))


def phuket(rows: DataFrame) -> DataFrame:
    codes = {
        (district.name_th, area.name_th): area.code
        for district in geothai.districts("83")
        for area in geothai.subdistricts(district.code)
    }
    areas = zip(phuket_name(rows["District"]), phuket_name(rows["Subdistrict"]), strict=True)
    records = without_sentinels(rows).rename(columns=str.lower)
    return records.assign(
        area_code=[codes[area] for area in areas], local=pandas.to_datetime(rows["AsOf"])
    )


def phuket_name(names: Series) -> Series:
    """Return the official spelling of area names, without prefix."""
    return (
        names.str.strip()
        .str.removeprefix("อ.")
        .str.removeprefix("ต.")
        .str.strip()
        .replace(PHUKET_SPELLINGS)
    )


def khon_kaen(rows: DataFrame) -> DataFrame:
    records = rows.rename(columns={"house": "houses"})
    for name in ("male", "female", "total"):
        records[name] = number(rows[name])
    return records.assign(
        area_code=rows["code"].str.translate(THAI_DIGITS), local=thai_date(rows["as_of"])
    )


def chonburi(rows: DataFrame) -> DataFrame:
    code = rows["provCode"] * 10000 + rows["amphoeCode"] * 100 + rows["tambonCode"]
    return rows.assign(area_code=code.astype(str), local=to_local(rows["asOf"]))


def rayong(rows: DataFrame) -> DataFrame:
    """Return the subdistricts; the longer the code, the smaller the area."""
    records = rows.join(listed(rows, "counts", "category").rename(columns={"households": "houses"}))
    records["area_code"] = rows["refArea"].str.rsplit(":TH", n=1).str[-1]
    records["local"] = pandas.to_datetime(rows["dateReference"])
    return records[records["area_code"].str.len() == 6]


DATASET = Dataset(
    key=["city_code", "area_code", "year"],
    columns={"city_code": "str", "area_code": "str", "year": "int"}
    | dict.fromkeys(COUNTS, "Int64"),
    time="year",
    from_local=lambda local: local.dt.year,
    cities={
        "bangkok": ("prachakon", bangkok),
        "chiang_mai": ("population", chiang_mai),
        "phuket": ("Population", phuket),
        "khon_kaen": ("population", khon_kaen),
        "chonburi": ("population", chonburi),
        "rayong": ("Population", rayong),
    },
)
