"""The truth about road accidents: the national register, in the real extracts of 2019 to 2021."""

from datetime import date

import geothai
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from federation_demo.generate.history import years_told
from federation_demo.generate.world import OFFSET_US, City, Request, stream

YEARS = (2019, 2020, 2021)
MINUTE_US = 60_000_000
EXPRESSWAY = "expressway authority of thailand"
TRUTH = (
    "city_code",
    "accident_id",
    "occurred_at",
    "deaths",
    "injured",
    "vehicles",
    "cause",
    "accident_type",
    "weather",
    "lat",
    "lon",
)

# Shares of each value in the national register, in percent.
AGENCIES = {
    "department of highways": 90,
    "department of rural roads": 8,
}
VEHICLES = {
    "private/passenger car": 37,
    "4-wheel pickup truck": 27,
    "motorcycle": 14,
    "large truck with trailer": 7,
    "other": 6,
    "6-wheel truck": 4,
    "7-10-wheel truck": 3,
    "van": 1.5,
    "large passenger vehicle": 0.6,
    "passenger pickup truck": 0.6,
    "bicycle": 0.4,
    "pedestrian": 0.3,
    "motorized tricycle": 0.3,
    "tractor/agricultural vehicle": 0.05,
}
CAUSES = {
    "speeding": 77,
    "cutting in closely by people/vehicles/animals": 6,
    "vehicle equipment failure": 4,
    "falling asleep": 3,
    "other": 3,
    "driving under the influence of alcohol": 2,
    "running red lights/traffic signals": 1,
    "illegal overtaking": 0.8,
    "unfamiliarity with the route/unskilled driving": 0.7,
    "failure to yield/signal": 0.4,
    "debris/obstruction on the road": 0.4,
    "tailgating": 0.3,
    "overloaded vehicle": 0.3,
    "failure to yield right of way": 0.2,
    "abrupt lane change": 0.2,
    "slippery road": 0.1,
    "reversing vehicle": 0.1,
    "sudden stop": 0.1,
}
TYPES = {
    "rear-end collision": 44,
    "rollover/fallen on straight road": 34,
    "rollover/fallen on curved road": 9,
    "collision with obstruction (on road surface)": 4,
    "other": 4,
    "head-on collision (not overtaking)": 2.5,
    "pedestrian collision": 1,
    "side collision": 0.5,
    "collision at intersection corner": 0.7,
    "collision during overtaking": 0.1,
}
WEATHER = {
    "clear": 88,
    "rainy": 11,
    "dark": 0.4,
    "foggy": 0.3,
    "other": 0.2,
}
_NUMBERS_PER_FILE = 300_000


def _chosen(rng: np.random.Generator, weights: dict[str, float], count: int) -> list[str]:
    share = np.array(list(weights.values()), dtype=np.float64)
    picks = rng.choice(len(share), count, p=share / share.sum())
    names = list(weights)
    return [names[pick] for pick in picks]


def _minutes(rng: np.random.Generator, year: int, count: int) -> npt.NDArray[np.int64]:
    """Return sorted local minutes since 1970, with New Year, Songkran and leap day present."""
    first_day = (date(year, 1, 1) - date(1970, 1, 1)).days
    days = np.arange((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    weight = np.where(_is_holiday(days), 2.5, 1.0)
    day = rng.choice(days, count, p=weight / weight.sum())
    rounded = rng.random(count) < 0.85
    clock = np.where(rounded, rng.integers(0, 288, count) * 5, rng.integers(0, 1440, count))
    for index, (fixed_day, fixed_clock) in enumerate(_fixed_moments(len(days))):
        day[index], clock[index] = fixed_day, fixed_clock
    return np.sort((first_day + day) * 1440 + clock)


def _is_holiday(days: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return whether a day of the year is near New Year or Songkran."""
    new_year = (days < 4) | (days > len(days) - 5)
    songkran = (days > 99) & (days < 107)
    return new_year | songkran


def _fixed_moments(days: int) -> list[tuple[int, int]]:
    """Return days of the year and minutes of the day that every register holds."""
    last = days - 1
    # the file's year is the local one: the first and the last minutes are in another UTC day
    moments = [(0, 10), (0, 5 * 60 + 35), (last, 23 * 60 + 50), (last, 30)]
    leap_day = [(59, 18 * 60 + 30)] if days == 366 else []
    return moments + leap_day


def _roads(rng: np.random.Generator, city: City, count: int) -> list[str]:
    places = [
        place.name_th
        for area in geothai.districts(city.code)
        for place in geothai.subdistricts(area.code)
    ]
    ends = rng.choice(len(places), (12 + count // 12, 2))
    roads = [f"{places[a]} - {places[b]}" for a, b in ends]
    return [roads[pick] for pick in rng.integers(0, len(roads), count)]


def _counts(rng: np.random.Generator, count: int) -> dict[str, pa.Array]:
    vehicles = np.minimum(rng.poisson(0.75, count) + 1, 12)
    vehicles[rng.random(count) < 0.003] = 0
    deaths = rng.poisson(0.05, count)
    injured = np.where(rng.random(count) < 0.4, rng.geometric(0.65, count), 0)
    named = {"deaths": deaths, "injured": injured, "vehicles": vehicles}
    return {name: pa.array(values.astype(np.int64)) for name, values in named.items()}


def _points(
    rng: np.random.Generator, city: City, lost: npt.NDArray[np.bool_]
) -> dict[str, pa.Array]:
    box, count = city.box, len(lost)
    lat = np.round(rng.uniform(box.south, box.north, count), 6)
    lon = np.round(rng.uniform(box.west, box.east, count), 6)
    return {"lat": pa.array(lat, mask=lost), "lon": pa.array(lon, mask=lost)}


def _agencies(rng: np.random.Generator, city: City, count: int) -> list[str]:
    tolled = {EXPRESSWAY: 9.0} if city.name == "bangkok" else {}
    return _chosen(rng, AGENCIES | tolled, count)


def accident_years(request: Request) -> list[int]:
    """Return the years of the register, oldest first."""
    return years_told("road_accidents", request, YEARS)


def accident_register(city: City, request: Request, year: int) -> pa.Table:
    """Return the register of a city and local year, by time, with road, agency and report time.

    Columns are those of `TRUTH` and `reported_at`, `agency`, `road`, `vehicle_type`; times are UTC.
    """
    rng = stream(request, city, "road_accidents", year)
    count = int(city.accidents * rng.uniform(0.93, 1.07))
    minutes = _minutes(rng, year, count)
    delay = (30 + rng.exponential(60 * 24 * 40, count)).astype(np.int64)
    ids = _ids(rng, city, year, count)
    agencies = _agencies(rng, city, count)
    # the expressway authority of Bangkok sent no coordinates in 2021
    lost = np.array([year == YEARS[-1] and agency == EXPRESSWAY for agency in agencies])
    columns = {
        "city_code": [city.code] * count,
        "accident_id": ids,
        "occurred_at": _utc(minutes),
        "reported_at": _utc(minutes + delay),
        "agency": agencies,
        "road": _roads(rng, city, count),
        "vehicle_type": _chosen(rng, VEHICLES, count),
        "cause": _chosen(rng, CAUSES, count),
        "accident_type": _chosen(rng, TYPES, count),
        "weather": _chosen(rng, WEATHER, count),
    }
    columns |= _points(rng, city, lost)
    columns |= _counts(rng, count)
    return pa.table(columns)


def _ids(rng: np.random.Generator, city: City, year: int, count: int) -> list[str]:
    """Return different numbers from the range of this city and year."""
    file = city.number * len(YEARS) + (year - YEARS[0]) % len(YEARS)
    first = 500_000 + file * _NUMBERS_PER_FILE
    numbers = first + rng.choice(_NUMBERS_PER_FILE, count, replace=False)
    return [str(number) for number in numbers]


def _utc(local_minutes: npt.NDArray[np.int64]) -> pa.Array:
    return pa.array(local_minutes * MINUTE_US - OFFSET_US).cast(pa.timestamp("us", "UTC"))


def accident_truth(city: City, request: Request) -> pa.Table:
    """Return every accident of the city once: times in UTC, coordinates in degrees or null."""
    tables = [accident_register(city, request, year) for year in accident_years(request)]
    return pa.concat_tables(tables).select(list(TRUTH))
