"""A calendar of periods: a sign shows for each whether its data have arrived."""

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
_SIDE = 22.0  # of a cell; wider where there is room
_GAP = 2.0  # between cells
_LEFT, _RIGHT = 16.0, 12.0
_COLUMN_TEXT = 10.5


@dataclass(frozen=True)
class Row:
    """One line of the calendar: its label, and a state for each column.

    A state of None leaves the cell empty: no data are expected there.
    """

    label: str
    states: tuple[str | None, ...]


@dataclass(frozen=True)
class _Grid:
    """Where the cells of a calendar are, in pixels."""

    left: float
    top: float
    side: float  # the width of a cell

    def x(self, column: int) -> float:
        return self.left + column * (self.side + _GAP)

    def y(self, row: int) -> float:
        return self.top + row * (_SIDE + _GAP)


def coverage_calendar(about: BilingualText, columns: Sequence[str], rows: Sequence[Row]) -> Chart:
    """Return a grid of rows by columns (months or years), with a sign in each cell.

    States are those of `STATES`.
    """
    title = BilingualText(f"{about.en}: periods covered", f"{about.th}: ช่วงเวลาที่มีข้อมูล")
    left = _LEFT + max((width_of(row.label, SMALL) for row in rows), default=0)
    width = max(WIDTH, left + len(columns) * (_SIDE + _GAP) + _RIGHT)
    side = (width - left - _RIGHT) / max(len(columns), 1) - _GAP
    grid = _Grid(left, HEAD + 20, side)
    height = grid.y(len(rows)) + 36
    marks = [
        *head(title, width, height),
        *_columns(grid, columns),
        *_rows(grid, rows),
        *_legend(height - 12),
    ]
    return Chart(width, height, title, _alt(about, rows), tuple(marks))


def _columns(grid: _Grid, columns: Sequence[str]) -> Iterator[Mark]:
    for index, column in enumerate(columns):
        middle = grid.x(index) + grid.side / 2
        yield Words(middle, grid.top - 6, column, _COLUMN_TEXT, SOFT, "middle")


def _rows(grid: _Grid, rows: Sequence[Row]) -> Iterator[Mark]:
    for line, row in enumerate(rows):
        y = grid.y(line)
        yield Words(8, y + 15, row.label, SMALL)
        for index, state in enumerate(row.states):
            if state:
                yield from _CELLS[state](grid.x(index), y, grid.side)


def _covered(x: float, y: float, side: float) -> Iterator[Mark]:
    yield Box(x, y, side, _SIDE, BLUE)


def _quarantined(x: float, y: float, side: float) -> Iterator[Mark]:
    yield Box(x, y, side, _SIDE, ORANGE)
    middle = x + side / 2
    yield Dot(middle, y + _SIDE / 2, 4, WHITE)


def _late(x: float, y: float, side: float) -> Iterator[Mark]:
    yield _outline(x, y, side, RED)
    middle = x + side / 2
    left, right, top = (middle - 6, y + 16), (middle + 6, y + 16), (middle, y + 5)
    yield Area((left, right, top), RED)


def _missing(x: float, y: float, side: float) -> Iterator[Mark]:
    yield _outline(x, y, side, LINE)
    middle = x + side / 2
    height = y + _SIDE / 2
    yield Line(((middle - 4, height), (middle + 4, height)), SOFT, 1.5)


def _outline(x: float, y: float, side: float, colour: str) -> Mark:
    """Return a white cell whose line, one pixel wide, is inside its edges."""
    return Box(x + 0.5, y + 0.5, side - 1, _SIDE - 1, WHITE, colour)


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
        yield Words(x + 20, y, text, _COLUMN_TEXT)
        x += 32 + width_of(text, _COLUMN_TEXT)


def _alt(about: BilingualText, rows: Sequence[Row]) -> BilingualText:
    counts = Counter[str]()
    for row in rows:
        counts.update(filter(None, row.states))
    english = ", ".join(f"{counts[state]} {name.en}" for state, name in STATES.items())
    thai = " ".join(f"{name.th} {counts[state]} ช่วง" for state, name in STATES.items())
    return BilingualText(f"{about.en}: {english}.", f"{about.th}: {thai}")
