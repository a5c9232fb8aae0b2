"""Dengue: one record per month."""

from __future__ import annotations

import pandas
from pandas import DataFrame

from .reading import THAI_MONTHS, Dataset, number, to_local, without_sentinels


def bangkok(rows: DataFrame) -> DataFrame:
    """Return a record per month column; the column of the year's sum is none."""
    long = rows.melt(
        id_vars=["ปี พ.ศ.", "period"],
        value_vars=list(THAI_MONTHS),
        var_name="month",
        value_name="cases",
    )
    months = {
        "year": number(long["ปี พ.ศ."]) - 543,
        "month": long["month"].map(THAI_MONTHS),
        "day": 1,
    }
    return long.assign(cases=number(long["cases"]), local=pandas.to_datetime(months)).drop(
        columns="month"
    )


def chiang_mai(rows: DataFrame) -> DataFrame:
    rows = rows[rows["parameter"] == "dengue_cases"]
    return rows.assign(cases=rows["value"], local=pandas.to_datetime(rows["month_start"]))


def phuket(rows: DataFrame) -> DataFrame:
    months = pandas.to_datetime({"year": rows["Year"], "month": rows["Month"], "day": 1})
    return without_sentinels(rows).rename(columns={"Cases": "cases"}).assign(local=months)


def khon_kaen(rows: DataFrame) -> DataFrame:
    """Return the months of each file's fiscal year, which begins in October of the year before."""
    fiscal, since_october = rows["fiscal_year"] - 543, rows["fiscal_month"] - 1
    months = {"year": fiscal - (since_october < 3), "month": (since_october + 9) % 12 + 1, "day": 1}
    records = DataFrame({"cases": number(rows["cases"]), "local": pandas.to_datetime(months)})
    records["period"] = records["local"].dt.strftime("%Y")
    return records[fiscal == rows["period"].astype(int)]


def chonburi(rows: DataFrame) -> DataFrame:
    return rows.assign(cases=rows["dengueCases"], local=to_local(rows["monthStart"]))


def rayong(rows: DataFrame) -> DataFrame:
    return rows.assign(
        cases=rows["cases.value"], local=pandas.to_datetime(rows["observationPeriod.start"])
    )


DATASET = Dataset(
    key=["city_code", "month"],
    columns={"city_code": "str", "month": "object", "cases": "Int64"},
    time="month",
    from_local=lambda local: local.dt.date,
    cities={
        "bangkok": ("khai-lueat-ok", bangkok),
        "chiang_mai": ("dengue_cases", chiang_mai),
        "phuket": ("DengueCases", phuket),
        "khon_kaen": ("dengue", khon_kaen),
        "chonburi": ("dengue", chonburi),
        "rayong": ("DiseaseStatistics", rayong),
    },
)
