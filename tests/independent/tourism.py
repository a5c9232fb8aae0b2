"""Tourism: one record per month."""

from __future__ import annotations

import pandas
from pandas import DataFrame

from .reading import Dataset, listed, number, thai_date, to_local, wide, without_sentinels

VISITORS = ["visitors_thai", "visitors_foreign", "visitors_total"]
REVENUES = ["revenue_total_thb", "revenue_thai_thb", "revenue_foreign_thb"]


def bangkok(rows: DataFrame) -> DataFrame:
    """Return the months of each file's fiscal year, which begins in October of the year before."""
    headers = {
        "นักท่องเที่ยวชาวไทย (คน)": "visitors_thai",
        "นักท่องเที่ยวต่างชาติ (คน)": "visitors_foreign",
        "รวมนักท่องเที่ยว (คน)": "visitors_total",
        "รายได้รวม (ล้านบาท)": "revenue_total_thb",
        "รายได้จากชาวไทย (ล้านบาท)": "revenue_thai_thb",
        "รายได้จากชาวต่างชาติ (ล้านบาท)": "revenue_foreign_thb",
        "อัตราการเข้าพัก (%)": "occupancy_pct",
    }
    fiscal = number(rows["ปีงบประมาณ (พ.ศ.)"]) - 543
    since_october = number(rows["เดือนที่ของปีงบประมาณ"]) - 1
    months = {"year": fiscal - (since_october < 3), "month": (since_october + 9) % 12 + 1, "day": 1}
    records = DataFrame({name: number(rows[header]) for header, name in headers.items()})
    records["local"] = pandas.to_datetime(months)
    records["period"] = records["local"].dt.strftime("%Y")
    return in_baht(records)[fiscal == rows["period"].astype(int)]


def chiang_mai(rows: DataFrame) -> DataFrame:
    names = {name: name for name in VISITORS} | {
        name.removesuffix("_thb"): name for name in REVENUES
    }
    records = wide(
        rows, ["period", "month_start"], "parameter", names | {"occupancy_rate": "occupancy_pct"}
    )
    return in_baht(records).assign(local=pandas.to_datetime(records["month_start"]))


def phuket(rows: DataFrame) -> DataFrame:
    names = {
        "ThaiVisitors": "visitors_thai",
        "ForeignVisitors": "visitors_foreign",
        "TotalVisitors": "visitors_total",
        "RevenueTotal": "revenue_total_thb",
        "RevenueThai": "revenue_thai_thb",
        "RevenueForeign": "revenue_foreign_thb",
        "OccupancyRate": "occupancy_pct",
    }
    months = pandas.to_datetime({"year": rows["Year"], "month": rows["Month"], "day": 1})
    return without_sentinels(rows).rename(columns=names).assign(local=months)


def khon_kaen(rows: DataFrame) -> DataFrame:
    names = {
        "visit_thai": "visitors_thai",
        "visit_foreign": "visitors_foreign",
        "visit_all": "visitors_total",
        "income_all": "revenue_total_thb",
        "income_thai": "revenue_thai_thb",
        "income_foreign": "revenue_foreign_thb",
    }
    records = in_baht(rows.rename(columns=names))
    return records.assign(
        occupancy_pct=number(rows["occupancy"]), local=thai_date(rows["month_th"])
    )


def chonburi(rows: DataFrame) -> DataFrame:
    names = {
        "visitorsThai": "visitors_thai",
        "visitorsForeign": "visitors_foreign",
        "visitorsTotal": "visitors_total",
        "revenueTotalMb": "revenue_total_thb",
        "revenueThaiMb": "revenue_thai_thb",
        "revenueForeignMb": "revenue_foreign_thb",
        "occupancyRate": "occupancy_pct",
    }
    return in_baht(rows.rename(columns=names)).assign(local=to_local(rows["monthStart"]))


def rayong(rows: DataFrame) -> DataFrame:
    names = {
        "visitorsThai": "visitors_thai",
        "visitorsForeign": "visitors_foreign",
        "visitorsTotal": "visitors_total",
        "revenueTotal": "revenue_total_thb",
        "revenueThai": "revenue_thai_thb",
        "revenueForeign": "revenue_foreign_thb",
        "occupancyRate": "occupancy_pct",
    }
    records = in_baht(rows.join(listed(rows, "measures", "name").rename(columns=names)), unit=1)
    return records.assign(local=pandas.to_datetime(rows["observationPeriod.start"]))


def in_baht(records: DataFrame, unit: float = 1e6) -> DataFrame:
    """Return the records with revenue in a unit of so many baht as baht, to the satang."""
    return records.assign(**{name: (records[name] * unit).round(2) for name in REVENUES})


DATASET = Dataset(
    key=["city_code", "month"],
    columns={"city_code": "str", "month": "object"}
    | dict.fromkeys(VISITORS, "Int64")
    | dict.fromkeys([*REVENUES, "occupancy_pct"], "float"),
    time="month",
    from_local=lambda local: local.dt.date,
    cities={
        "bangkok": ("kan-thongthiao", bangkok),
        "chiang_mai": ("tourism", chiang_mai),
        "phuket": ("Tourism", phuket),
        "khon_kaen": ("tourism", khon_kaen),
        "chonburi": ("tourism", chonburi),
        "rayong": ("TourismStatistics", rayong),
    },
)
