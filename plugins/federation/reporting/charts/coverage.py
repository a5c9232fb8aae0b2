"""Which periods are there: a calendar with a sign for each."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from federation.common.bilingual import BilingualText
from federation.reporting.charts.frame import HEAD, SMALL, WIDTH, head, width_of
from federation.reporting.charts.marks import Area, Box, Chart, Dot, Line, Mark, Words
from federation.reporting.charts.palette import BLUE, LINE, ORANGE, RED, SOFT, WHITE

STATES = {
    "covered": BilingualText("covered", "มีข้อมูล"),
    "quarantined": BilingualText("with quarantine", "มีระเบียนที่กัก"),
    "late": BilingualText("late", "ช้า"),
    "missing": BilingualText("missing", "ไม่มี"),
}
_SIDE = 22.0


@dataclass(frozen=True)
class Row:
    """One line of the calendar: what it is about, and a state for each column.

    None where nothing is asked.
    """

    label: str
    states: tuple[str | None, ...]


def coverage_calendar(about: BilingualText, columns: Sequence[str], rows: Sequence[Row]) -> Chart:
    """Return a grid of rows by columns (months or years), a sign in each cell.

    States are those of `STATES`.
    """
    title = BilingualText(f"{about.en}: periods covered", f"{about.th}: ช่วงเวลาที่มีข้อมูล")
    labels = 16 + max((width_of(row.label, SMALL) for row in rows), default=0)
    width = max(WIDTH, labels + len(columns) * (_SIDE + 2) + 12)
    side = (width - labels - 12) / max(len(columns), 1) - 2
    top = HEAD + 20
    height = top + len(rows) * (_SIDE + 2) + 36
    marks = head(title, width, height)
    for index, column in enumerate(columns):
        marks.append(
            Words(labels + index * (side + 2) + side / 2, top - 6, column, 10.5, SOFT, "middle")
        )
    for line, row in enumerate(rows):
        y = top + line * (_SIDE + 2)
        marks.append(Words(8, y + 15, row.label, SMALL))
        for index, state in enumerate(row.states):
            if state:
                marks += _CELLS[state](labels + index * (side + 2), y, side)
    return Chart(width, height, title, _alt(about, rows), (*marks, *_legend(height - 12)))


def _covered(x: float, y: float, side: float) -> Iterator[Mark]:
    yield Box(x, y, side, _SIDE, BLUE)


def _quarantined(x: float, y: float, side: float) -> Iterator[Mark]:
    yield Box(x, y, side, _SIDE, ORANGE)
    yield Dot(x + side / 2, y + _SIDE / 2, 4, WHITE)


def _late(x: float, y: float, side: float) -> Iterator[Mark]:
    yield Box(x + 0.5, y + 0.5, side - 1, _SIDE - 1, WHITE, RED)
    middle = x + side / 2
    yield Area(((middle - 6, y + 16), (middle + 6, y + 16), (middle, y + 5)), RED)


def _missing(x: float, y: float, side: float) -> Iterator[Mark]:
    yield Box(x + 0.5, y + 0.5, side - 1, _SIDE - 1, WHITE, LINE)
    yield Line(((x + side / 2 - 4, y + _SIDE / 2), (x + side / 2 + 4, y + _SIDE / 2)), SOFT, 1.5)


_CELLS: dict[str, Callable[[float, float, float], Iterator[Mark]]] = {
    "covered": _covered,
    "quarantined": _quarantined,
    "late": _late,
    "missing": _missing,
}


def _legend(y: float) -> Iterator[Mark]:
    x = 8.0
    for state, name in STATES.items():
        yield from _CELLS[state](x, y - 15, 16)
        text = f"{name.th} {name.en}"
        yield Words(x + 20, y, text, 10.5)
        x += 32 + width_of(text, 10.5)


def _alt(about: BilingualText, rows: Sequence[Row]) -> BilingualText:
    counts = Counter(state for row in rows for state in row.states if state)
    return BilingualText(
        f"{about.en}: "
        + ", ".join(f"{counts[state]} {name.en}" for state, name in STATES.items())
        + ".",
        f"{about.th}: "
        + " ".join(f"{name.th} {counts[state]} ช่วง" for state, name in STATES.items()),
    )
