"""The truth about air quality: hourly values of every station, made in blocks of hours."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from federation_demo.generate.air_index import STEPS_PER_UNIT, published_index
from federation_demo.generate.air_model import Floats, Ints, Walk, level, other_steps, pm25_steps
from federation_demo.generate.history import months_told
from federation_demo.generate.stations import POLLUTANTS, instruments, stations
from federation_demo.generate.world import HOUR_US, City, Month, Request, stream

COLUMNS = {"pm25": "pm25_ugm3", "pm10": "pm10_ugm3", "o3": "o3_ppb", "no2": "no2_ppb",
           "so2": "so2_ppb", "co": "co_ppm"}  # fmt: skip
ABSENT = -2  # no instrument in this month
MISSING = -1  # not measured in this hour
# Hours that a published value covers. Particles, ozone and carbon monoxide are running means, as
# the Pollution Control Department publishes them (Air4Thai).
AVERAGING_HOURS = {"pm25": 24, "pm10": 24, "o3": 8, "co": 8, "no2": 1, "so2": 1}
INDEX_CITIES = ("bangkok", "phuket", "chonburi")  # publish the air quality index, too
LAST_MONTH = Month(2026, 5)  # of the cities' real extracts
WARM_UP_HOURS = 24
CELLS = 100_000
_HEALTHY_PRESENCE = 0.98  # of platforms that are alive
# Road dust comes and goes over a day and a half; in the rains PM10 would else rest at one value.
_DUST_STEPS, _DUST_HOURS = np.float32(5), 6.0
_LOSS = {"bangkok": 0.0005, "phuket": 0.007, "rayong": 0.004}


@dataclass(frozen=True)
class AirBlock:
    """Rows of consecutive hours, by hour and then station; about 100,000 at most.

    `station` and `hour` are indices (the hour counts from local midnight of the month's first day);
    `values` are in published steps, ABSENT or MISSING, and have no entry for a pollutant that no
    station of the city measures in this month. `averaged` are the same values, averaged as the air
    quality index asks.
    """

    station: Ints
    hour: Ints
    values: dict[str, Ints]
    averaged: dict[str, Ints]


Both = tuple[Ints, Ints]  # what is published, and what the index is made of


def _whole(values: Floats, lost: npt.NDArray[np.bool_]) -> Ints:
    """Return values as whole steps, so that no shape rounds them."""
    whole = np.rint(values).astype(np.int32)
    whole[lost] = MISSING
    return whole


class RunningMean:
    """The mean of the last `hours` values of each column, carried on from block to block."""

    def __init__(self, hours: int) -> None:
        self.hours = hours
        self.before: Floats | None = None

    def of(self, values: Floats) -> Floats:
        """Return the means, shape of `values`; the first block's first ones cover fewer hours."""
        if self.hours == 1:
            return values
        known = values if self.before is None else np.concatenate([self.before, values])
        self.before = known[-(self.hours - 1) :]
        sums = np.cumsum(known, axis=0, dtype=np.float64)
        ends = np.arange(len(known) - len(values), len(known))
        starts = np.maximum(ends - self.hours + 1, 0)
        totals = sums[ends] - np.where(starts[:, None] > 0, sums[starts - 1], 0)
        return np.asarray(totals / (ends - starts + 1)[:, None], dtype=np.float32)


class _MonthMaker:
    """Makes the blocks of one city and month, in order."""

    def __init__(self, city: City, request: Request, month: Month) -> None:
        self.city, self.month = city, month
        self.rng = stream(request, city, "air_quality", month)
        self.width = city.stations * request.scale
        self.fitted = instruments(city, self.width, str(month))
        site = stream(request, city, "stations", "levels")
        self.factor = np.exp(site.standard_normal(self.width) * 0.15).astype(np.float32)
        self.region, self.local = Walk(0.985, 0.28), Walk(0.93, 0.22)
        self.is_alive = request.until is not None
        self.presence = _HEALTHY_PRESENCE if self.is_alive else city.presence
        self.is_hourly = city.name in request.hourly_cities
        self.running = {name: RunningMean(hours) for name, hours in AVERAGING_HOURS.items()}
        self.block(np.arange(-WARM_UP_HOURS, 0, dtype=np.int32))  # what the first means cover

    def block(self, hour: Ints) -> AirBlock:
        """Return the delivered rows of these hours."""
        walk = self.local.steps(self.rng, len(hour), self.width)
        walk += self.region.steps(self.rng, len(hour), 1)
        pm25 = pm25_steps(level(self.city, self.month, hour), walk, self.factor, self.rng)
        grid = self._grid(pm25, hour)
        cells = np.flatnonzero(self._delivered(len(hour)))
        values, averaged = (
            {name: both[part].ravel()[cells] for name, both in grid.items()} for part in (0, 1)
        )
        rows, columns = np.divmod(cells, self.width)
        return AirBlock(columns.astype(np.int32), hour[rows], values, averaged)

    def _grid(self, pm25: Floats, hour: Ints) -> dict[str, Both]:
        grid = {"pm25": self._published("pm25", pm25, _LOSS.get(self.city.name, 0.002))}
        for name in POLLUTANTS[1:]:
            fitted = self.fitted[name]
            if len(fitted):
                values = other_steps(name, pm25[:, fitted], hour, self.rng)
                if name == "pm10" and self.is_alive:
                    values += _DUST_STEPS * np.sin(hour / _DUST_HOURS)[:, None].astype(np.float32)
                grid[name] = self._at_stations(fitted, self._published(name, values, 0.03))
        return grid

    def _published(self, name: str, values: Floats, loss: float) -> Both:
        """Return what is published of single hours, and its mean; both are missing together."""
        means = self.running[name].of(values)
        lost = self.rng.random(values.shape, dtype=np.float32) < loss
        averaged = _whole(means, lost)
        return _whole(values, lost) if self.is_hourly else averaged, averaged

    def _at_stations(self, fitted: npt.NDArray[np.int64], both: Both) -> Both:
        """Return the values of some stations in a grid of all, ABSENT at the others."""
        published, averaged = (np.full((len(part), self.width), ABSENT, np.int32) for part in both)
        published[:, fitted], averaged[:, fitted] = both
        return published, averaged

    def _delivered(self, hours: int) -> npt.NDArray[np.bool_]:
        # half of the losses hit all stations at once: the collector did not run
        share = self.presence**0.5
        network = self.rng.random((hours, 1), dtype=np.float32) < share
        return np.asarray(
            (self.rng.random((hours, self.width), dtype=np.float32) < share) & network
        )


def air_months(request: Request) -> list[Month]:
    """Return the months of air quality, oldest first."""
    return months_told("air_quality", request, LAST_MONTH)


def air_blocks(city: City, request: Request, month: Month) -> Iterator[AirBlock]:
    """Yield the delivered hours of a city and month; memory does not grow with the scale."""
    maker = _MonthMaker(city, request, month)
    hours, size = month.days * 24, max(1, CELLS // maker.width)
    for start in range(0, hours, size):
        block = maker.block(np.arange(start, min(start + size, hours), dtype=np.int32))
        if len(block.hour):
            yield block


def measured(block: AirBlock, name: str) -> pa.Array:
    """Return a pollutant of the block in national units as doubles, null where not measured."""
    if name not in block.values:
        return pa.nulls(len(block.hour), pa.float64())
    steps = block.values[name]
    return pa.array(steps / STEPS_PER_UNIT[name], mask=steps < 0)


def epoch_us(block: AirBlock, month: Month) -> npt.NDArray[np.int64]:
    """Return the hours of the block, microseconds since 1970-01-01 UTC."""
    return month.start_us + block.hour.astype(np.int64) * HOUR_US


def _national(city: City, request: Request, month: Month, block: AirBlock) -> pa.Table:
    ids = pa.array([station.station_id for station in stations(city, request)])
    return pa.table(
        {
            "city_code": pa.array([city.code] * len(block.hour)),
            "station_id": ids.take(pa.array(block.station)),
            "measured_at": pa.array(epoch_us(block, month)).cast(pa.timestamp("us", "UTC")),
            **{COLUMNS[name]: measured(block, name) for name in POLLUTANTS},
            "published_aqi": _index(city, month, block),
        }
    )


def _index(city: City, month: Month, block: AirBlock) -> pa.Array:
    if city.name not in INDEX_CITIES:
        return pa.nulls(len(block.hour), pa.int32())
    index = published_index(block.averaged, month)
    return pa.array(index, mask=index < 0)


def air_truth(city: City, request: Request) -> pa.Table:
    """Return every delivered station hour in national units, by month, hour and station."""
    return pa.concat_tables(
        _national(city, request, month, block)
        for month in air_months(request)
        for block in air_blocks(city, request, month)
    )
