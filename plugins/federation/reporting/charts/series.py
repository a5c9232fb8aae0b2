"""A quantity over time: as a line by days, or as bars by months or years."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from federation.common.bilingual import BilingualText
from federation.reporting.charts.frame import (
    LEGEND_LINE,
    SMALL,
    WIDTH,
    Frame,
    below,
    days,
    grid,
    head,
    head_height,
    legend,
    ticks,
    told,
)
from federation.reporting.charts.marks import Box, Chart, Dot, Line, Mark, Words
from federation.reporting.charts.palette import BLUE, INK, ORANGE, RED, SOFT

_TALL = 150.0  # of the plotting area
_LEAST_DAYS = 6  # that a line needs to show anything
_LEAST_BARS = 2
_LABELS = 5  # side by side below the axis


@dataclass(frozen=True)
class Point:
    """One day, month or year: its first day, its value and, if there is one, the usual value.

    A value of None was not measured.
    """

    start: date
    value: float | None
    usual: float | None = None


@dataclass(frozen=True)
class Series:
    """The texts and the limit of a chart of a quantity."""

    title: BilingualText
    unit: BilingualText
    bars: bool = False
    limit: float | None = None
    limit_name: BilingualText | None = None
    usual_name: BilingualText | None = None


def over_time(about: BilingualText, series: Series, points: Sequence[Point]) -> Chart:
    """Return the chart of points in order of time; a value that is None leaves a gap."""
    title = BilingualText(
        f"{about.en}: {series.title.en} ({series.unit.en})",
        f"{about.th}: {series.title.th} ({series.unit.th})",
    )
    top = head_height(title) + 10
    bottom = top + _TALL
    height = bottom + 44 + LEGEND_LINE * len(_names(series))
    marks = [
        *head(title, WIDTH, height),
        *_plot(series, points, top, bottom),
        *legend(_names(series), height - 10, WIDTH),
    ]
    return Chart(WIDTH, height, title, _alt(about, series, points), tuple(marks))


def _plot(series: Series, points: Sequence[Point], top: float, bottom: float) -> Iterator[Mark]:
    if too_few := _too_few(series, points):
        middle = (top + bottom) / 2
        yield Words(WIDTH / 2, middle, too_few.th, SMALL, INK, "middle")
        yield Words(WIDTH / 2, middle + 17, too_few.en, SMALL, SOFT, "middle")
        return
    numbers = [
        number for point in points for number in (point.value, point.usual) if number is not None
    ]
    steps = ticks(min([0.0, *numbers]), max([series.limit or 0.0, *numbers, 1e-9]))
    first, last = _edges(points, series.bars)
    frame = Frame(44, top, WIDTH - 16, bottom, first, last, low=steps[0], high=steps[-1])
    yield from grid(frame, steps)
    yield from _calendar(frame, points)
    yield from _body(frame, series, points)


def _edges(points: Sequence[Point], bars: bool) -> tuple[float, float]:
    first = points[0].start.toordinal()
    last = points[-1].start.toordinal()
    half_a_bar = _each(points) / 2 if bars else 0.0
    return first - half_a_bar, last + half_a_bar


def _each(points: Sequence[Point]) -> float:
    """Return the days from one point to the next."""
    starts = [point.start.toordinal() for point in points]
    distances = [after - before for before, after in pairwise(starts)]
    return float(min(distances, default=365))


def _calendar(frame: Frame, points: Sequence[Point]) -> Iterator[Mark]:
    if len(points) <= _LABELS:
        each = _each(points)
        labels = [(point.start, told(point.start, each)) for point in points]
    else:
        labels = days(points[0].start, points[-1].start)
    for day, text in labels:
        yield from below(frame.x(day.toordinal()), frame.bottom + 14, text)


def _body(frame: Frame, series: Series, points: Sequence[Point]) -> Iterator[Mark]:
    values = [(point.start, point.value) for point in points]
    usual = [(point.start, point.usual) for point in points]
    yield from _bars(frame, points) if series.bars else _lines(frame, values, BLUE)
    yield from _lines(frame, usual, ORANGE)
    if series.limit is not None:
        y = frame.y(series.limit)
        yield Line(((frame.left, y), (frame.right, y)), RED, 1.5, dashed=True)


def _bars(frame: Frame, points: Sequence[Point]) -> Iterator[Mark]:
    share = _each(points) / (frame.last - frame.first)
    wide = max(share * (frame.right - frame.left) * 0.8, 0.8)
    bottom = frame.y(0)
    for point in points:
        if point.value is None:
            continue
        left = frame.x(point.start.toordinal()) - wide / 2
        top = frame.y(point.value)
        yield Box(left, top, wide, bottom - top, BLUE)


def _lines(
    frame: Frame, values: Sequence[tuple[date, float | None]], colour: str
) -> Iterator[Mark]:
    """Yield a line for every run of measured days."""
    for run in _runs(values):
        pixels = tuple((frame.x(day.toordinal()), frame.y(value)) for day, value in run)
        if len(pixels) == 1:  # a day between two that were not measured
            yield Dot(*pixels[0], 2, colour)
        else:
            yield Line(pixels, colour, 1.6)


def _runs(values: Sequence[tuple[date, float | None]]) -> Iterator[list[tuple[date, float]]]:
    """Yield the measured values, in runs without a gap."""
    run: list[tuple[date, float]] = []
    for day, value in values:
        if value is not None:
            run.append((day, value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _names(series: Series) -> list[tuple[str, BilingualText]]:
    colours = [(BLUE, series.unit), (RED, series.limit_name), (ORANGE, series.usual_name)]
    return [(colour, name) for colour, name in colours if name]


def _too_few(series: Series, points: Sequence[Point]) -> BilingualText | None:
    """Return what is said where a picture would show nothing, or None where there is enough."""
    measured = [point.value for point in points if point.value is not None]
    if not measured:
        return BilingualText("no data yet", "ยังไม่มีข้อมูล")
    if len(measured) >= (_LEAST_BARS if series.bars else _LEAST_DAYS):
        return None
    if len(points) == 1:
        value = _number(measured[0])
        return BilingualText(f"one value only: {value}", f"มีค่าเดียว: {value}")
    return BilingualText(
        f"too few values to draw: {len(measured)} of {len(points)}",
        f"มีค่าน้อยเกินกว่าจะแสดง: {len(measured)} จาก {len(points)}",
    )


def _alt(about: BilingualText, series: Series, points: Sequence[Point]) -> BilingualText:
    measured = [(point.value, point.start) for point in points if point.value is not None]
    if not measured:
        return BilingualText(
            f"{about.en}: {series.title.en}, no data yet.",
            f"{about.th}: {series.title.th} ยังไม่มีข้อมูล",
        )
    each = _each(points)
    highest, highest_day = max(measured)
    latest, last_day = measured[-1]
    if len(measured) == 1:
        only, at = _number(highest), told(last_day, each)
        return BilingualText(
            f"{about.en}: {series.title.en} ({series.unit.en}), one value only: {only} in {at.en}.",
            f"{about.th}: {series.title.th} ({series.unit.th}) มีค่าเดียว {only} ({at.th})",
        )
    first, last, top = (told(day, each) for day in (measured[0][1], last_day, highest_day))
    over = _over_limit(series.limit, [value for value, _ in measured])
    return BilingualText(
        f"{about.en}: {series.title.en} ({series.unit.en}) from {first.en} to {last.en}; "
        f"highest {_number(highest)} ({top.en}), latest {_number(latest)}{over.en}.",
        f"{about.th}: {series.title.th} ({series.unit.th}) ตั้งแต่ {first.th} ถึง {last.th} "
        f"สูงสุด {_number(highest)} ({top.th}) ล่าสุด {_number(latest)}{over.th}",
    )


def _over_limit(limit: float | None, values: Sequence[float]) -> BilingualText:
    """Return how many values are over the limit; empty without a limit."""
    if limit is None:
        return BilingualText("", "")
    count = sum(value > limit for value in values)
    return BilingualText(f"; {count} above {limit:g}", f" เกิน {limit:g} จำนวน {count} ค่า")


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}".removesuffix(".0")
