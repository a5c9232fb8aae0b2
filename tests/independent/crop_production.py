"""Rice: one record per province or district, crop and crop year, in hectares and tonnes."""

from __future__ import annotations

import geothai
import pandas
from pandas import DataFrame, Series

from .population import phuket_name
from .reading import THAI_DIGITS, Dataset, number, without_sentinels

MEASURES = ["planted_area_ha", "harvested_area_ha", "production_t"]
HECTARES_PER_RAI, HECTARES_PER_SQUARE_METRE = 0.16, 0.0001


def bangkok(rows: DataFrame) -> DataFrame:
    headers = ["เนื้อที่เพาะปลูก (ไร่)", "เนื้อที่เก็บเกี่ยว (ไร่)", "ผลผลิต (ตัน)"]
    figures = DataFrame(
        {name: number(rows[header]) for header, name in zip(headers, MEASURES, strict=True)}
    )
    records = hectares(figures, HECTARES_PER_RAI)
    records["area_code"] = district_codes("10", rows["จังหวัด/เขต"].where(rows["ระดับ"] == "เขต"))
    records["crop"] = rows["ชนิดข้าว"].map({"ข้าวนาปี": "major_rice", "ข้าวนาปรัง": "second_rice"})
    return records.assign(
        period=rows["period"], local=first_day(number(rows["ปีเพาะปลูก (พ.ศ.)"]) - 543)
    )


def chiang_mai(rows: DataFrame) -> DataFrame:
    """Return the wide records; the crop year is that of the file."""
    key = ["period", "area_code", "crop"]
    wide = rows.pivot(index=key, columns="parameter", values="value").reset_index()
    names = dict(zip(["planted_area", "harvested_area", "production"], MEASURES, strict=True))
    return hectares(wide.rename(columns=names), HECTARES_PER_RAI).assign(
        local=first_day(wide["period"].astype(int))
    )


def phuket(rows: DataFrame) -> DataFrame:
    names = dict(zip(["PlantedRai", "HarvestedRai", "ProductionKg"], MEASURES, strict=True))
    records = hectares(without_sentinels(rows).rename(columns=names), HECTARES_PER_RAI)
    records["production_t"] = (records["production_t"] / 1000).round(6)
    records["area_code"] = district_codes(
        "83", phuket_name(rows["AreaName"]).where(rows["AreaLevel"] == "District")
    )
    return records.assign(crop="major_rice", local=first_day(rows["Year"]))


def khon_kaen(rows: DataFrame) -> DataFrame:
    """Return records in hectares: 1 rai = 4 ngan = 400 square wah."""
    records = rows.rename(columns={"product_ton": "production_t"})
    for part, name in (("plant", "planted_area_ha"), ("harvest", "harvested_area_ha")):
        whole = rows[f"{part}_rai"] + rows[f"{part}_ngan"] / 4 + rows[f"{part}_wah"] / 400
        records[name] = (whole * HECTARES_PER_RAI).round(6)
    amphoe = rows["amphoe"].str.removeprefix("อ.")
    records["area_code"] = district_codes("40", amphoe.where(rows["amphoe"] != "ทั้งจังหวัด"))
    records["crop"] = rows["crop"].map({"นาปี": "major_rice", "นาปรัง": "second_rice"})
    return records.assign(
        local=first_day(rows["year_th"].str.translate(THAI_DIGITS).astype(int) + 2500 - 543)
    )


def chonburi(rows: DataFrame) -> DataFrame:
    names = dict(zip(["plantedHa", "harvestedHa", "productionTon"], MEASURES, strict=True))
    records = rows.rename(columns=names)
    district = rows["amphoeCode"].astype(str).str.zfill(2).mask(rows["amphoeCode"] == 0, "")
    area_code = rows["provCode"].astype(str) + district
    crop, local = english(rows["crop"]), first_day(rows["cropYear"])
    return records.assign(area_code=area_code, crop=crop, local=local)


def rayong(rows: DataFrame) -> DataFrame:
    sources = ["plantedArea.value", "harvestedArea.value", "production.value"]
    records = hectares(
        rows.rename(columns=dict(zip(sources, MEASURES, strict=True))), HECTARES_PER_SQUARE_METRE
    )
    records["area_code"] = rows["refArea"].str.rsplit(":TH", n=1).str[-1]
    return records.assign(
        crop=english(rows["crop"]), local=first_day(rows["cropYear.value"].astype(int))
    )


def hectares(records: DataFrame, unit: float) -> DataFrame:
    """Return the records with areas in a unit of so many hectares as hectares."""
    return records.assign(**{name: (records[name] * unit).round(6) for name in MEASURES[:2]})


def district_codes(province: str, names: Series) -> Series:
    """Return the districts' codes by name, NaN for an unknown one, and the province's code where
    there is none."""
    codes = {district.name_th: district.code for district in geothai.districts(province)}
    return names.map(codes).where(names.notna(), province)


def english(crops: Series) -> Series:
    return crops.map({"majorRice": "major_rice", "secondRice": "second_rice"})


def first_day(years: Series) -> Series:
    return pandas.to_datetime({"year": years, "month": 1, "day": 1})


DATASET = Dataset(
    key=["city_code", "area_code", "crop", "crop_year"],
    columns={"city_code": "str", "area_code": "str", "crop": "str", "crop_year": "int"}
    | dict.fromkeys(MEASURES, "float"),
    time="crop_year",
    from_local=lambda local: local.dt.year,
    cities={
        "bangkok": ("kaset-khao", bangkok),
        "chiang_mai": ("crop_production", chiang_mai),
        "phuket": ("CropProduction", phuket),
        "khon_kaen": ("crop", khon_kaen),
        "chonburi": ("crop-production", chonburi),
        "rayong": ("CropProduction", rayong),
    },
)
