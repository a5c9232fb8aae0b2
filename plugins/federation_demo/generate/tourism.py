"""The truth about tourism: visitors and revenue per calendar month, in the real extracts of 2019 to
2023."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from federation_demo.generate.history import is_told, years_told
from federation_demo.generate.world import City, Request, stream

YEARS = (2019, 2020, 2021, 2022, 2023)
# revenue is published in million baht with two decimals
STEP_THB = 10_000
_SEASON = (1.15, 1.1, 1.05, 1.1, 0.95, 0.9, 0.95, 0.95, 0.85, 1.0, 1.1, 1.25)
_THAI = {
    2019: (1.0,) * 12,
    2020: (1.0, 0.75, 0.3, 0.01, 0.03, 0.2, 0.45, 0.5, 0.55, 0.65, 0.75, 0.65),
    2021: (0.1, 0.2, 0.25, 0.22, 0.06, 0.05, 0.04, 0.04, 0.12, 0.22, 0.5, 0.6),
    2022: (0.55, 0.55, 0.6, 0.65, 0.62, 0.64, 0.68, 0.7, 0.72, 0.78, 0.85, 0.9),
    2023: (0.95, 0.96, 0.98, 1.0, 1.0, 1.0, 1.02, 1.02, 1.03, 1.05, 1.05, 1.08),
}
_FOREIGN = {
    2019: (1.0,) * 12,
    2020: (1.0, 0.5, 0.12) + (0.001,) * 9,
    2021: (0.001,) * 10 + (0.02, 0.05),
    2022: (0.05, 0.06, 0.07, 0.09, 0.15, 0.22, 0.3, 0.34, 0.36, 0.42, 0.5, 0.58),
    2023: (0.62, 0.66, 0.68, 0.7, 0.7, 0.7, 0.75, 0.75, 0.72, 0.78, 0.8, 0.84),
}
# baht per visitor: Thai, foreign
_SPENDING = {
    "bangkok": (8200.0, 23500.0),
    "chiang_mai": (6600.0, 12800.0),
    "phuket": (8100.0, 41000.0),
    "khon_kaen": (3000.0, 3400.0),
    "chonburi": (6100.0, 21000.0),
    "rayong": (3600.0, 6600.0),
}


@dataclass(frozen=True)
class TourismMonth:
    """One calendar month: persons, percent, and revenue in steps of 10,000 baht."""

    first: date
    thai: int
    foreign: int
    guests: int
    occupancy: float
    thai_steps: int
    foreign_steps: int

    @property
    def total(self) -> int:
        """Return all visitors."""
        return self.thai + self.foreign

    @property
    def total_steps(self) -> int:
        """Return all revenue in steps of 10,000 baht."""
        return self.thai_steps + self.foreign_steps


def million_baht(steps: int) -> float:
    """Return revenue in million baht, two decimals."""
    return steps / 100


def _month(city: City, year: int, index: int, chance: np.ndarray) -> TourismMonth:
    first = date(year, index + 1, 1)
    if city.name == "rayong" and (year, index + 1) == (2020, 4):
        return TourismMonth(first, 0, 0, 0, 0.0, 0, 0)
    thai_chance, foreign_chance, guests_chance, thai_spend, foreign_spend = chance
    usual_thai, usual_foreign = city.tourists
    thai = int(usual_thai * _SEASON[index] * _THAI[min(year, YEARS[-1])][index] * thai_chance)
    foreign = int(
        usual_foreign * _SEASON[index] * _FOREIGN[min(year, YEARS[-1])][index] * foreign_chance
    )
    share = (thai + foreign) / (usual_thai + usual_foreign)
    thai_baht, foreign_baht = _SPENDING[city.name]
    return TourismMonth(
        first=first,
        thai=thai,
        foreign=foreign,
        guests=int((thai + foreign) * 0.75 * guests_chance),
        occupancy=round(min(96.0, 76 * share * float(guests_chance)), 2),
        thai_steps=round(thai * thai_baht * float(thai_spend) / STEP_THB),
        foreign_steps=round(foreign * foreign_baht * float(foreign_spend) / STEP_THB),
    )


def tourism_years(request: Request) -> list[int]:
    """Return the calendar years, oldest first."""
    return years_told("tourism", request, YEARS)


def tourism_year(city: City, request: Request, year: int) -> list[TourismMonth]:
    """Return the months of a calendar year, of a running one those that were sent."""
    chances = stream(request, city, "tourism", year).normal(1, 0.04, (12, 5))
    months = [_month(city, year, index, chance) for index, chance in enumerate(chances)]
    return [month for month in months if is_told("tourism", request, month.first)]


def tourism_months(city: City, request: Request) -> list[TourismMonth]:
    """Return every month, from the January of the first year."""
    return [month for year in tourism_years(request) for month in tourism_year(city, request, year)]


def tourism_truth(city: City, request: Request) -> pa.Table:
    """Return visitors (persons), revenue (whole baht) and room occupancy (percent) per month."""
    months = tourism_months(city, request)
    return pa.table(
        {
            "city_code": [city.code] * len(months),
            "month": [month.first for month in months],
            "visitors_thai": [month.thai for month in months],
            "visitors_foreign": [month.foreign for month in months],
            "visitors_total": [month.total for month in months],
            "revenue_total_thb": [month.total_steps * STEP_THB for month in months],
            "revenue_thai_thb": [month.thai_steps * STEP_THB for month in months],
            "revenue_foreign_thb": [month.foreign_steps * STEP_THB for month in months],
            "occupancy_pct": [month.occupancy for month in months],
        }
    )
