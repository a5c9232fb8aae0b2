"""A calendar of periods: a sign shows for each whether its data have arrived."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass

from federation.common.bilingual import BilingualText
from federation.reporting.charts.frame import SMALL, WIDTH, head, head_height, width_of
from federation.reporting.charts.marks import Area, Box, Chart, Dot, Line, Mark, Words
from federation.reporting.charts.palette import BLUE, INK, LINE, ORANGE, RED, SOFT, WHITE

STATES = {
    "covered": BilingualText("there", "มีข้อมูล"),
    "quarantined": BilingualText("records on hold", "มีระเบียนพักรอแก้ไข"),
    "partly": BilingualText("there in part", "มีบางส่วน"),
    "late": BilingualText("overdue", "เลยกำหนดส่ง"),
    "missing": BilingualText("nothing", "ไม่มี"),
}
_SIDE = 22.0  # height of a cell; its width is what there is room for
_GAP = 2.0  # between cells
_LEFT, _RIGHT = 14.0, 8.0
_COLUMN_TEXT, _SHARE_TEXT = 10.0, 9.0


@dataclass(frozen=True)
class Cell:
    """One period: its state, and where it is there in part the share of it (`5/12`)."""

    state: str
    share: str = ""


@dataclass(frozen=True)
class Row:
    """One line of the calendar: its label, and a cell for each column.

    None leaves a cell empty: no data are expected there.
    """

    label: str
    cells: tuple[Cell | None, ...]


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


def coverage_calendar(
    about: BilingualText, columns: Sequence[BilingualText], rows: Sequence[Row]
) -> Chart:
    """Return a grid of rows by columns (months or years), with a sign in each cell.

    States are those of `STATES`.
    """
    title = BilingualText(f"{about.en}: periods covered", f"{about.th}: ช่วงเวลาที่มีข้อมูล")
    left = _LEFT + max((width_of(row.label, SMALL) for row in rows), default=0)
    side = (WIDTH - left - _RIGHT) / max(len(columns), 1) - _GAP
    grid = _Grid(left, head_height(title) + 32, side)
    shown = {cell.state for row in rows for cell in row.cells if cell}
    legend = [*_legend(shown, grid.y(len(rows)) + 22)]
    height = max((mark.y for mark in legend if isinstance(mark, Words)), default=grid.top) + 12
    marks = [
        *head(title, WIDTH, height),
        *_columns(grid, columns),
        *_rows(grid, rows),
        *legend,
    ]
    return Chart(WIDTH, height, title, _alt(about, rows), tuple(marks))


def _columns(grid: _Grid, columns: Sequence[BilingualText]) -> Iterator[Mark]:
    for index, column in enumerate(columns):
        middle = grid.x(index) + grid.side / 2
        yield Words(middle, grid.top - 17, column.th, _COLUMN_TEXT, INK, "middle")
        if column.en != column.th:
            yield Words(middle, grid.top - 5, column.en, _COLUMN_TEXT, SOFT, "middle")


def _rows(grid: _Grid, rows: Sequence[Row]) -> list[Mark]:
    """Return the cells with those of one look beside each other, as they stand in no other's way:
    then a page holds them in one path."""
    return sorted(_cells(grid, rows), key=_layer)


def _layer(mark: Mark) -> tuple[int, str, str]:
    """Return what sorts marks: boxes lie below their signs, and white ones below all."""
    if isinstance(mark, Box):
        return 0 if mark.fill == WHITE else 1, mark.fill, mark.stroke
    return 2 if isinstance(mark, Area) else 3, "", ""


def _cells(grid: _Grid, rows: Sequence[Row]) -> Iterator[Mark]:
    for line, row in enumerate(rows):
        y = grid.y(line)
        yield Words(8, y + 15, row.label, SMALL)
        for index, cell in enumerate(row.cells):
            if cell:
                yield from _CELLS[cell.state](grid.x(index), y, grid.side)
                yield from _share(grid.x(index) + grid.side / 2, y, cell.share)


def _share(middle: float, y: float, share: str) -> Iterator[Mark]:
    """Yield the share of a cell that is there in part, in its white upper half."""
    if share:
        yield Words(middle, y + 9, share, _SHARE_TEXT, INK, "middle")


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


def _partly(x: float, y: float, side: float) -> Iterator[Mark]:
    yield _outline(x, y, side, BLUE)
    yield Box(x, y + _SIDE / 2, side, _SIDE / 2, BLUE)


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
    "partly": _partly,
    "late": _late,
    "missing": _missing,
}


def _legend(shown: Set[str], y: float) -> Iterator[Mark]:
    """Yield sign and name of each state that the calendar shows."""
    x = 8.0
    for state, name in ((state, STATES[state]) for state in STATES if state in shown):
        text = f"{name.th} {name.en}"
        wide = 32 + width_of(text, _COLUMN_TEXT)
        if x + wide > WIDTH and x > 8.0:
            x, y = 8.0, y + _SIDE + 2
        yield from _CELLS[state](x, y - 15, 16)
        yield Words(x + 20, y, text, _COLUMN_TEXT)
        x += wide


def _alt(about: BilingualText, rows: Sequence[Row]) -> BilingualText:
    counts = Counter[str]()
    for row in rows:
        counts.update(cell.state for cell in row.cells if cell)
    english = ", ".join(
        f"{counts[state]} {name.en}" for state, name in STATES.items() if counts[state]
    )
    thai = " ".join(
        f"{name.th} {counts[state]} ช่วง" for state, name in STATES.items() if counts[state]
    )
    return BilingualText(f"{about.en}: {english}.", f"{about.th}: {thai}")
