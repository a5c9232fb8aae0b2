"""What people read: the scorecard and the tables by subject, from national records and
indicators."""

from __future__ import annotations

import pandas
from pandas import DataFrame, Series

from .indicators import registry
from .measures import medians, population

SCORECARD = {
    "TH:PM25_MEAN": "pm25_mean_ugm3",
    "TH:PM10_MEAN": "pm10_mean_ugm3",
    "TH:PM25_EXCEEDANCE_SHARE": "pm25_exceedance_share_pct",
    "TH:ROAD_DEATHS_MOT_ROADS_PER_100K": "road_deaths_mot_roads_per_100k",
    "TH:DENGUE_PER_100K": "dengue_per_100k",
    "TH:VISITS_PER_RESIDENT": "visits_per_resident",
    "TH:REVENUE_PER_VISIT": "revenue_per_visit_thb",
    "TH:ROOM_OCCUPANCY": "room_occupancy_pct",
    "TH:MAJOR_RICE_YIELD_HARVESTED_KG_PER_HA": "major_rice_yield_kg_per_ha",
}
LEAST_INDICATORS = 3


def city_scorecard(indicators: DataFrame, cities: int) -> DataFrame:
    """Return each city's year with the headline indicators, their comparability, and, where they
    may be compared, their ranks and their distances to the best."""
    polarities = {given["indicator_code"]: given["polarity"] for given in registry()}
    cells = indicators[(indicators["period_kind"] == "year") & (indicators["city_code"] != "TH")]
    cells = cells[cells["indicator_code"].isin(SCORECARD) & cells["value"].notna()]
    rows = {}
    for key, of_city in cells.groupby(["city_code", "period_start"]):
        row: dict[str, object] = {"city_code": key[0], "year": key[1].year}
        ranks, counted = [], []
        for code, name in SCORECARD.items():
            mine = of_city[of_city["indicator_code"] == code]
            row |= {name: None, f"{name}_comparability": None}
            row |= {f"{name}_rank": None, f"{name}_to_best": None}
            if mine.empty:
                continue
            row[name], row[f"{name}_comparability"] = mine.iloc[0][["value", "comparability"]]
            others = cells[
                (cells["indicator_code"] == code)
                & (cells["period_start"] == key[1])
                & (cells["comparability"] != "not_comparable")
            ]["value"]
            if row[f"{name}_comparability"] == "not_comparable" or polarities[code] == "neutral":
                continue
            better = (
                others < row[name] if polarities[code] == "lower_is_better" else others > row[name]
            )
            best = others.min() if polarities[code] == "lower_is_better" else others.max()
            row[f"{name}_rank"] = 1 + better.sum()
            row[f"{name}_to_best"] = abs(row[name] - best)
            ranks.append(row[f"{name}_rank"])
            if len(others) > cities / 2:
                counted.append(row[f"{name}_rank"])
        row["indicators_ranked"] = len(ranks)
        enough = len(counted) >= LEAST_INDICATORS
        row["mean_rank"] = sum(counted) / len(counted) if enough else None
        rows[key] = row
    card = DataFrame(rows.values())
    numbers = [name for name in card if not name.endswith("_comparability") and name != "city_code"]
    return card.astype(dict.fromkeys(numbers, "float64"))


def beside(months: DataFrame, indicators: DataFrame, columns: dict[str, str]) -> DataFrame:
    """Return the months with the values of indicators and their comparability."""
    for code, name in columns.items():
        cells = indicators[
            (indicators["indicator_code"] == code) & (indicators["period_kind"] == "month")
        ]
        months = months.assign(month=pandas.to_datetime(months["month"]))
        cells = cells.rename(
            columns={
                "period_start": "month",
                "value": name,
                "comparability": f"{name}_comparability",
            }
        )
        months = months.merge(
            cells[["city_code", "month", name, f"{name}_comparability"]], how="left"
        )
    return months


def health_monthly(dengue: DataFrame, indicators: DataFrame) -> DataFrame:
    """Return cases of each month of the register, by inhabitants and against the five-year
    median."""
    months = dengue.assign(
        month=pandas.to_datetime(dengue["month"]), dengue_cases=dengue["cases"].astype(float)
    )
    median = medians(dengue).rename(
        columns={"period_start": "month", "amount": "dengue_median_cases"}
    )
    found = months[["city_code", "month", "dengue_cases"]].merge(
        median[["city_code", "month", "dengue_median_cases"]], how="left"
    )
    columns = {
        "TH:DENGUE_PER_100K": "dengue_per_100k",
        "TH:DENGUE_TO_MEDIAN": "dengue_to_median",
    }
    return beside(found, indicators, columns)


def tourism_monthly(tourism: DataFrame, indicators: DataFrame) -> DataFrame:
    """Return each month of the statistics with shares, and visitors against the same month of
    the year before."""
    months = tourism.drop(columns=["revenue_thai_thb", "revenue_foreign_thb"])
    months["month"] = pandas.to_datetime(months["month"])
    counts = months.filter(like="visitors").astype(float)
    later = months.assign(
        month=months["month"] + pandas.DateOffset(years=1), before=counts["visitors_total"]
    )
    found = months.merge(later[["city_code", "month", "before"]], how="left")
    found = found.assign(
        visitors_change=found["visitors_total"].astype(float) - found["before"]
    ).drop(columns="before")
    columns = {
        "TH:FOREIGN_VISITOR_SHARE": "foreign_share_pct",
        "TH:REVENUE_PER_VISIT": "revenue_per_visit_thb",
    }
    return beside(found, indicators, columns)


def road_safety_monthly(months: DataFrame, indicators: DataFrame) -> DataFrame:
    """Return each covered month with its deaths by crashes."""
    columns = {"TH:ROAD_DEATHS_PER_1000_CRASHES": "deaths_per_1000_crashes"}
    return beside(months, indicators, columns)


def agriculture_yearly(crops: DataFrame) -> DataFrame:
    """Return each area's crop year with its yields and the share harvested; a hectare has 6.25
    rai."""
    levels = crops["area_code"].str.len().map({2: "province", 4: "district"})
    harvested = 100 * quotient(crops["harvested_area_ha"], crops["planted_area_ha"])
    yields = {}
    for base in ("harvested", "planted"):
        kilograms = 1000 * quotient(crops["production_t"], crops[f"{base}_area_ha"])
        yields[f"yield_{base}_kg_per_ha"] = kilograms
        yields[f"yield_{base}_kg_per_rai"] = kilograms / 6.25
    return crops.assign(area_level=levels, harvested_share_pct=harvested, **yields)


def population_measure(register: DataFrame) -> DataFrame:
    """Return the register's measures by subdistrict, district and province."""
    levels = {6: "subdistrict", 4: "district", 2: "province"}
    return pandas.concat(
        [population(register, digits).assign(area_level=level) for digits, level in levels.items()]
    )


def quotient(above: Series, below: Series) -> Series:
    """Return the ratio, NaN where there is nothing to divide by."""
    below = below.astype(float)
    return above.astype(float) / below.where(below != 0)
