"""The parts that charts share: a title, axes with round ticks, a legend."""

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from federation.common.bilingual import BilingualText
from federation.messages import said
from federation.reporting.charts.marks import Box, Line, Mark, Words
from federation.reporting.charts.palette import INK, LINE, SOFT, WHITE

WIDTH = 340.0  # of every chart: the width of a phone, and three stand side by side on a desk
SMALL = 11.5
_TITLE = 14.0
_AXIS = 10.5
_SIDE = 8.0  # left and right of a title
LEGEND_LINE = 16.0
_FIRST, _LINE = 18.0, 17.0  # the base line of the first line, and from one to the next


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
        share = (value - self.first) / span
        return self.left + share * (self.right - self.left)

    def y(self, value: float) -> float:
        """Return the pixel of a value on the vertical axis."""
        span = (self.high - self.low) or 1.0
        share = (value - self.low) / span
        return self.bottom - share * (self.bottom - self.top)


def head(title: BilingualText, width: float, height: float) -> list[Mark]:
    """Return a white ground and the title, Thai above English; a long one is broken after its
    colon."""
    marks: list[Mark] = [Box(0, 0, width, height, WHITE)]
    y = _FIRST
    for text, size, bold in _title_lines(title, width):
        marks.append(Words(_SIDE, y, text, size, INK if bold else SOFT, bold=bold))
        y += _LINE
    return marks


def head_height(title: BilingualText, width: float = WIDTH) -> float:
    """Return the height of what `head` writes, with the room below it."""
    return _FIRST + _LINE * (len(_title_lines(title, width)) - 1) + 10


def _title_lines(title: BilingualText, width: float) -> list[tuple[str, float, bool]]:
    """Return (text, size, bold) of each line of a title."""
    room = width - 2 * _SIDE
    lines = []
    for text, size, bold in ((title.th, _TITLE, True), (title.en, SMALL, False)):
        for part in _broken(text, size, room):
            lines.append((part, size * min(1.0, room / max(width_of(part, size), 1.0)), bold))
    return lines


def _broken(text: str, size: float, room: float) -> list[str]:
    about, colon, rest = text.partition(": ")
    return [f"{about}:", rest] if colon and width_of(text, size) > room else [text]


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Return some `about` round numbers that cover low to high.

    Their step is 1, 2 or 5 times a power of ten.
    """
    least_step = max(high - low, 1e-9) / about
    power = 10 ** math.floor(math.log10(least_step))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least_step)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(index * step, 9) for index in range(first, last + 1)]


def grid(frame: Frame, values: Sequence[float]) -> Iterator[Mark]:
    """Yield a line and a number for every tick of the vertical axis."""
    for value in values:
        y = frame.y(value)
        yield Line(((frame.left, y), (frame.right, y)), LINE)
        yield Words(frame.left - 5, y + 4, short(value), SMALL, SOFT, "end")


def short(value: float) -> str:
    """Return a number as people read it on an axis: 1,500, 20k, 3.5M."""
    for least, factor, sign in ((1e9, 1e9, "B"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if abs(value) >= least:
            return f"{value / factor:g}{sign}"
    return f"{value:,g}"


def days(first: date, last: date) -> list[tuple[date, BilingualText]]:
    """Return at most seven days from the first to the last, each with its text: a year, or a month
    where years are too far apart."""
    months = (last.year - first.year) * 12 + last.month - first.month
    steps = (1, 2, 3, 6, 12, 24, 60, 120, 240)
    # A year is shorter than a month with its year.
    step = next(step for step in steps if months / step <= (6 if step >= 12 else 4))
    # Steps of whole years begin at a year that the step divides: 2000, 2005, 2010.
    begin = first.year - first.year % max(step // 12, 1)
    starts = [
        date(month // 12, month % 12 + 1, 1)
        for month in range(begin * 12, last.year * 12 + 12, step)
    ]
    each = 366 if step >= 12 else 31
    return [(start, told(start, each)) for start in starts if first <= start <= last]


def told(day: date, each: float) -> BilingualText:
    """Return a day as precisely as its points are, `each` days apart: a day, a month or a year."""
    if each < 28:
        return said.day(day)
    if each < 360:
        return said.period(f"{day:%Y-%m}")
    return BilingualText(str(day.year), str(day.year + said.BE))


def below(x: float, y: float, text: BilingualText, anchor: str = "middle") -> Iterator[Mark]:
    """Yield the name of a place on the horizontal axis, Thai above English."""
    yield Words(x, y, text.th, _AXIS, INK, anchor)
    yield Words(x, y + 13, text.en, _AXIS, SOFT, anchor)


def width_of(text: str, size: float) -> float:
    """Return about how wide a text is, in pixels.

    Thai vowels and tone marks above and below a letter have no width.
    """
    wide = sum(unicodedata.category(sign) != "Mn" for sign in text)
    return 0.56 * size * wide


def legend(entries: Sequence[tuple[str, BilingualText]], y: float, width: float) -> Iterator[Mark]:
    """Yield a swatch and its name in both languages for every entry, one below the other; `y` is
    the base line of the last.

    A text is smaller where it would not fit.
    """
    for place, (colour, name) in enumerate(entries):
        text, line = f"{name.th} {name.en}", y - LEGEND_LINE * (len(entries) - 1 - place)
        size = SMALL * min(1.0, (width - 32) / max(width_of(text, SMALL), 1.0))
        yield Box(_SIDE, line - 9, 11, 11, colour)
        yield Words(_SIDE + 16, line, text, size, INK)
