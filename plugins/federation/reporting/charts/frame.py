"""The parts that charts share: a title, axes with round ticks, a legend."""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from federation.common.bilingual import BilingualText
from federation.reporting.charts.marks import Box, Line, Mark, Words
from federation.reporting.charts.palette import INK, LINE, SOFT, WHITE

WIDTH = 480.0
HEAD = 46.0  # height of the title's two lines
SMALL = 11.5


@dataclass(frozen=True)
class Frame:
    """The plotting area of a chart, in pixels, and the values at its edges."""

    left: float
    top: float
    right: float
    bottom: float
    first: float
    last: float
    low: float
    high: float

    def x(self, value: float) -> float:
        """Return the pixel of a value on the horizontal axis."""
        span = (self.last - self.first) or 1.0
        return self.left + (value - self.first) / span * (self.right - self.left)

    def y(self, value: float) -> float:
        """Return the pixel of a value on the vertical axis."""
        span = (self.high - self.low) or 1.0
        return self.bottom - (value - self.low) / span * (self.bottom - self.top)


def head(title: BilingualText, width: float, height: float) -> list[Mark]:
    """Return a white ground and the title, Thai above English."""
    return [
        Box(0, 0, width, height, WHITE),
        Words(8, 18, title.th, 14, INK, bold=True),
        Words(8, 36, title.en, SMALL, SOFT),
    ]


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Return about as many round numbers (1, 2 or 5 times a power of ten) as asked that cover
    low to high."""
    span = max(high - low, 1e-9)
    power = 10 ** math.floor(math.log10(span / about))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= span / about)
    first = math.floor(low / step)
    return [round(index * step, 9) for index in range(first, math.ceil(high / step) + 1)]


def grid(frame: Frame, values: Sequence[float]) -> Iterator[Mark]:
    """Yield a line and a number for every tick of the vertical axis."""
    for value in values:
        y = frame.y(value)
        yield Line(((frame.left, y), (frame.right, y)), LINE)
        yield Words(frame.left - 5, y + 4, short(value), SMALL, SOFT, "end")


def short(value: float) -> str:
    """Return a number as people read it on an axis: 1,500, 20k, 3.5M."""
    for factor, sign in ((1e9, "B"), (1e6, "M")):
        if abs(value) >= factor:
            return f"{value / factor:g}{sign}"
    return f"{value / 1e3:g}k" if abs(value) >= 10_000 else f"{value:,g}"


def days(first: date, last: date) -> list[tuple[date, str]]:
    """Return at most eight days from the first to the last with how they are written: years,
    else months."""
    months = (last.year - first.year) * 12 + last.month - first.month
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60, 120, 240) if months / step <= 7)
    # Steps of whole years begin at a year that the step divides: 2000, 2005, 2010.
    begin = first.year - first.year % max(step // 12, 1)
    starts = [
        date(month // 12, month % 12 + 1, 1)
        for month in range(begin * 12, last.year * 12 + 12, step)
    ]
    written = "%Y" if step >= 12 else "%Y-%m"
    return [(start, start.strftime(written)) for start in starts if first <= start <= last]


def width_of(text: str, size: float) -> float:
    """Return about how wide a text is, in pixels.

    Thai vowels and tone marks above and below a letter have no width.
    """
    wide = sum(unicodedata.category(sign) != "Mn" for sign in text)
    return 0.56 * size * wide


def legend(entries: Sequence[tuple[str, BilingualText]], y: float, width: float) -> Iterator[Mark]:
    """Yield a swatch and its name in both languages for every entry, side by side.

    The text is smaller where the entries would not fit.
    """
    names = [f"{name.th} {name.en}" for _, name in entries]
    beside = 30.0  # the swatch, and room to the next entry
    room = width - 16 - beside * len(names)
    size = SMALL * min(1.0, room / max(sum(width_of(name, SMALL) for name in names), 1.0))
    x = 8.0
    for (colour, _), name in zip(entries, names, strict=True):
        yield Box(x, y - 9, 11, 11, colour)
        yield Words(x + 16, y, name, size, INK)
        x += width_of(name, size) + beside
