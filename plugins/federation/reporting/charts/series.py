"""A quantity over time: as a line by days, or as bars by months or years."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from federation.common.bilingual import BilingualText
from federation.reporting.charts.frame import (
    HEAD,
    SMALL,
    WIDTH,
    Frame,
    days,
    grid,
    head,
    legend,
    ticks,
)
from federation.reporting.charts.marks import Box, Chart, Dot, Line, Mark, Words
from federation.reporting.charts.palette import BLUE, ORANGE, RED, SOFT

_HEIGHT = 250.0


@dataclass(frozen=True)
class Point:
    """One day, month or year: its first day, the value (None: not measured), and what it is held
    against, if anything."""

    start: date
    value: float | None
    usual: float | None = None


@dataclass(frozen=True)
class Series:
    """What a chart of a quantity says beside its points."""

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
    known = [
        number for point in points for number in (point.value, point.usual) if number is not None
    ]
    steps = ticks(min([0.0, *known]), max([series.limit or 0.0, *known, 1e-9]))
    marks = head(title, WIDTH, _HEIGHT)
    if known:
        frame = Frame(
            50,
            HEAD + 10,
            WIDTH - 14,
            _HEIGHT - 48,
            *_edges(points, series.bars),
            steps[0],
            steps[-1],
        )
        marks += [*grid(frame, steps), *_calendar(frame, points), *_body(frame, series, points)]
    else:
        marks.append(Words(WIDTH / 2, _HEIGHT / 2, "ยังไม่มีข้อมูล no data yet", 14, SOFT, "middle"))
    return Chart(WIDTH, _HEIGHT, title, _alt(about, series, points), (*marks, *_legend(series)))


def _edges(points: Sequence[Point], bars: bool) -> tuple[float, float]:
    first, last = points[0].start.toordinal(), points[-1].start.toordinal()
    half = _each(points) / 2 if bars else 0.0
    return first - half, last + half


def _each(points: Sequence[Point]) -> float:
    """Return the days from one point to the next."""
    starts = [point.start.toordinal() for point in points]
    return float(min((after - before for before, after in pairwise(starts)), default=365))


def _calendar(frame: Frame, points: Sequence[Point]) -> Iterator[Mark]:
    few = [(point.start, _day(point.start, _each(points))) for point in points]
    for day, text in few if len(few) <= 8 else days(points[0].start, points[-1].start):
        yield Words(frame.x(day.toordinal()), frame.bottom + 16, text, SMALL, SOFT, "middle")


def _body(frame: Frame, series: Series, points: Sequence[Point]) -> Iterator[Mark]:
    yield from _bars(frame, points) if series.bars else _lines(frame, points, "value", BLUE)
    yield from _lines(frame, points, "usual", ORANGE)
    if series.limit is not None:
        y = frame.y(series.limit)
        yield Line(((frame.left, y), (frame.right, y)), RED, 1.5, dashed=True)


def _bars(frame: Frame, points: Sequence[Point]) -> Iterator[Mark]:
    wide = max(_each(points) / (frame.last - frame.first) * (frame.right - frame.left) * 0.8, 0.8)
    for point in points:
        if point.value is not None:
            y = frame.y(point.value)
            yield Box(frame.x(point.start.toordinal()) - wide / 2, y, wide, frame.y(0) - y, BLUE)


def _lines(frame: Frame, points: Sequence[Point], name: str, colour: str) -> Iterator[Mark]:
    for known, run in groupby(points, key=lambda point: getattr(point, name) is not None):
        places = tuple(
            (frame.x(point.start.toordinal()), frame.y(getattr(point, name)))
            for point in run
            if known
        )
        if len(places) == 1:  # a day between two that were not measured
            yield Dot(*places[0], 2, colour)
        elif places:
            yield Line(places, colour, 1.6)


def _legend(series: Series) -> Iterator[Mark]:
    named = [(BLUE, series.unit), (RED, series.limit_name), (ORANGE, series.usual_name)]
    yield from legend([(colour, name) for colour, name in named if name], _HEIGHT - 10, WIDTH)


def _alt(about: BilingualText, series: Series, points: Sequence[Point]) -> BilingualText:
    known = [(point.value, point.start) for point in points if point.value is not None]
    if not known:
        return BilingualText(
            f"{about.en}: {series.title.en}, no data yet.",
            f"{about.th}: {series.title.th} ยังไม่มีข้อมูล",
        )
    (high, when), (last, end), each = max(known), known[-1], _each(points)
    began, until, top = _day(known[0][1], each), _day(end, each), _day(when, each)
    over = sum(value > series.limit for value, _ in known) if series.limit is not None else None
    said_en = f"; {over} above {series.limit:g}" if over is not None else ""
    said_th = f" เกิน {series.limit:g} จำนวน {over} ค่า" if over is not None else ""
    return BilingualText(
        f"{about.en}: {series.title.en} ({series.unit.en}) from {began} to {until}; highest "
        f"{_said(high)} ({top}), "
        f"latest {_said(last)}{said_en}.",
        f"{about.th}: {series.title.th} ({series.unit.th}) ตั้งแต่ {began} ถึง {until} สูงสุด "
        f"{_said(high)} ({top}) "
        f"ล่าสุด {_said(last)}{said_th}",
    )


def _said(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}".removesuffix(".0")


def _day(day: date, each: float) -> str:
    """Return a day as precisely as its points are: a day, a month or a year."""
    return str(day) if each < 28 else day.strftime("%Y-%m") if each < 360 else str(day.year)
