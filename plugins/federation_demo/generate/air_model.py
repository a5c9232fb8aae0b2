"""How polluted the air is: season, hour of the day and correlated chance."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from federation_demo.generate.world import City, Month

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]

# PM2.5, µg/m³, by calendar month; the north burns its fields from February to April
_SEASON = {
    "bangkok": (38, 35, 28, 22, 16, 13, 12, 12, 14, 19, 25, 33),
    "chiang_mai": (27, 36, 70, 82, 20, 12, 10, 10, 12, 15, 19, 24),
    "phuket": (15, 16, 16, 14, 12, 11, 12, 12, 11, 12, 13, 14),
    "khon_kaen": (40, 42, 46, 32, 18, 13, 11, 11, 13, 20, 28, 36),
    "chonburi": (31, 30, 25, 20, 16, 13, 12, 12, 14, 18, 24, 29),
    "rayong": (28, 26, 22, 18, 15, 12, 11, 11, 13, 17, 22, 27),
}
_HOUR_SPREAD = 0.2  # what one hour has of its own: wind, a passing lorry


@dataclass
class Walk:
    """A correlated random walk per column, carried on from block to block."""

    memory: float
    spread: float
    state: Floats | None = None

    def steps(self, rng: np.random.Generator, hours: int, width: int) -> Floats:
        """Return the next hours, shape (hours, width), of standard deviation `spread`."""
        if self.state is None:
            self.state = rng.standard_normal(width, dtype=np.float32) * np.float32(self.spread)
        fresh = np.float32(self.spread * (1 - self.memory**2) ** 0.5)
        walk = rng.standard_normal((hours, width), dtype=np.float32) * fresh
        last = self.state
        for row in walk:
            row += np.float32(self.memory) * last
            last = row
        self.state = last.copy()
        return walk


def level(city: City, month: Month, hour: Ints) -> Floats:
    """Return the usual PM2.5 of the hours of a local month, µg/m³, shape (hours,)."""
    season = np.array(_SEASON[city.name], dtype=np.float64)
    place = month.month - 1 + hour / (24 * month.days)
    yearly = np.interp(place, np.arange(12) + 0.5, season, period=12)
    clock = hour % 24
    daily = 1 + 0.18 * np.cos((clock - 8) * np.pi / 12) + 0.07 * np.cos((clock - 9) * np.pi / 6)
    return (yearly * daily).astype(np.float32)


def pm25_steps(usual: Floats, walk: Floats, factor: Floats, rng: np.random.Generator) -> Floats:
    """Return PM2.5 in tenths of µg/m³, shape of the walk, whose memory is used up."""
    walk += rng.standard_normal(walk.shape, dtype=np.float32) * np.float32(_HOUR_SPREAD)
    values = np.exp(walk, out=walk)
    values *= usual[:, None] * 10
    values *= factor
    # single readings of a faulty meter are published as they are
    spikes = rng.random(values.shape, dtype=np.float32) < 2e-5
    values[spikes] *= 12
    np.clip(values, 5, 9000, out=values)
    return values


def _clock_peak(hour: Ints, centre: float, width: float) -> Floats:
    distance = (hour % 24 - centre + 12) % 24 - 12
    return np.asarray(np.exp(-((distance / width) ** 2)), dtype=np.float32)


def _usual(name: str, hour: Ints) -> Floats:
    if name == "o3":
        return np.asarray(10 + 42 * _clock_peak(hour, 14, 3.5), dtype=np.float32)
    rush = _clock_peak(hour, 7.5, 2) + _clock_peak(hour, 19, 2.5)
    base, peak = {"no2": (8, 16), "so2": (1.5, 0.5), "co": (5.5, 4)}[name]
    return np.asarray(base + peak * rush, dtype=np.float32)


def other_steps(name: str, pm25: Floats, hour: Ints, rng: np.random.Generator) -> Floats:
    """Return PM10 (µg/m³), a gas (ppb) or CO (tenths of ppm), shape of `pm25` (in tenths)."""
    noise: Floats = rng.standard_normal(pm25.shape, dtype=np.float32) * np.float32(0.15)
    np.exp(noise, out=noise)
    if name == "pm10":
        noise *= pm25 * np.float32(0.135)
        noise += 6
    else:
        noise *= _usual(name, hour)[:, None]
    np.clip(noise, 0, 999 if name == "pm10" else 400, out=noise)
    return noise
