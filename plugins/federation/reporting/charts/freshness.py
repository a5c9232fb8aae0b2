"""How old the data of each feed are, against what its contract allows."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from federation.common.bilingual import BilingualText
from federation.reporting.charts.frame import LEGEND_LINE, SMALL, WIDTH, Frame, head, head_height
from federation.reporting.charts.marks import Area, Box, Chart, Dot, Line, Mark, Words
from federation.reporting.charts.palette import BLUE, DARK_RED, INK, LINE, RED, SOFT, WHITE

_ROW = 38.0
_TICKS = ((1, "1 วัน"), (7, "7"), (30, "30 วัน"), (365, "1 ปี"), (3650, "10 ปี"))
_FOOT = 50.0 + LEGEND_LINE


@dataclass(frozen=True)
class Freshness:
    """One feed: days since the last day that its data cover, and how many the calendar of its
    contract allows today."""

    title: BilingualText
    days_since: int | None  # None: no data yet
    days_allowed: int | None  # None: nothing is promised

    @property
    def late(self) -> bool:
        return (
            self.days_since is not None
            and self.days_allowed is not None
            and self.days_since > self.days_allowed
        )


def freshness(about: BilingualText, feeds: Sequence[Freshness]) -> Chart:
    """Return one line per feed: a dot for the age of its data, a bar for what is allowed.

    The scale of days is logarithmic.
    """
    title = BilingualText(
        f"{about.en}: age of the data against the contract", f"{about.th}: อายุข้อมูลเทียบกับข้อตกลง"
    )
    top = head_height(title) + 8
    height = top + _ROW * len(feeds) + _FOOT
    frame = Frame(14, top, WIDTH - 72, height - _FOOT, 0, math.log10(8000), 0, 1)
    marks = [*head(title, WIDTH, height), *_scale(frame)]
    for index, feed in enumerate(feeds):
        marks += _row(frame, feed, frame.top + index * _ROW)
    return Chart(WIDTH, height, title, _alt(about, feeds), (*marks, *_legend(height - 8)))


def _x(frame: Frame, days: int) -> float:
    return frame.x(min(math.log10(max(days, 1)), frame.last))


def _scale(frame: Frame) -> Iterator[Mark]:
    for days, text in _TICKS:
        x = _x(frame, days)
        yield Line(((x, frame.top), (x, frame.bottom)), LINE)
        yield Words(x, frame.bottom + 15, text, SMALL, SOFT, "middle")


def _row(frame: Frame, feed: Freshness, y: float) -> Iterator[Mark]:
    yield Words(frame.left, y + 13, f"{feed.title.th} {feed.title.en}", SMALL, INK)
    middle = y + 25
    if feed.days_allowed is not None:
        yield Box(_x(frame, feed.days_allowed) - 2, middle - 8, 4, 16, INK)
    if feed.days_since is None:
        yield Words(frame.left, middle + 4, "ยังไม่มีข้อมูล no data yet", SMALL, SOFT)
        return
    x, age = _x(frame, feed.days_since), f"{feed.days_since:,} วัน d"
    if feed.late:
        yield Line(((frame.left, middle), (x, middle)), RED, 2)
        yield _triangle(x, middle)
        yield Words(WIDTH - 8, middle + 4, age, SMALL, DARK_RED, "end", bold=True)
    else:
        colour = SOFT if feed.days_allowed is None else BLUE
        yield Line(((frame.left, middle), (x, middle)), colour, 2)
        yield _dot(x, middle, colour)
        yield Words(WIDTH - 8, middle + 4, age, SMALL, INK, "end")


def _dot(x: float, y: float, colour: str) -> Dot:
    """Return a full dot, or a hollow one where nothing is promised."""
    return Dot(x, y, 5, BLUE) if colour == BLUE else Dot(x, y, 4.5, WHITE, colour)


def _triangle(x: float, y: float) -> Area:
    left, right, top = (x - 7, y + 6), (x + 7, y + 6), (x, y - 7)
    return Area((left, right, top), RED)


def _legend(y: float) -> Iterator[Mark]:
    above = y - LEGEND_LINE
    yield Dot(14, above - 4, 5, BLUE)
    yield Words(24, above, "ทันกำหนด in time", SMALL)
    yield _triangle(126, above - 4)
    yield Words(138, above, "เลยกำหนด late", SMALL)
    yield _dot(222, above - 4, SOFT)
    yield Words(231, above, "ไม่มีกำหนด no day", SMALL)
    yield Box(12, y - 11, 4, 13, INK)
    yield Words(24, y, "อายุที่ข้อตกลงยอมให้วันนี้ age allowed today", SMALL)


def _alt(about: BilingualText, feeds: Sequence[Freshness]) -> BilingualText:
    late = [feed for feed in feeds if feed.late]
    ages_en = "".join(f"; {feed.title.en} {feed.days_since:,} days" for feed in late)
    ages_th = "".join(f" {feed.title.th} {feed.days_since:,} วัน" for feed in late)
    return BilingualText(
        f"{about.en}: {len(late)} of {len(feeds)} feeds older than their contract allows{ages_en}.",
        f"{about.th}: ข้อมูลเก่ากว่าที่ข้อตกลงยอมให้ {len(late)} จาก {len(feeds)} รายการ{ages_th}",
    )
