"""The quality scores of a feed, a city or the nation, from release to release."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from federation.common.bilingual import BilingualText
from federation.messages import said
from federation.reporting.charts.frame import WIDTH, Frame, below, grid, head, head_height
from federation.reporting.charts.marks import Chart, Dot, Line, Mark, Words
from federation.reporting.charts.palette import BLUE, INK, WHITE

_HEIGHT = 220.0
_GRID = (0, 20, 40, 60, 80, 100)  # the same on every page, so that charts can be compared


@dataclass(frozen=True)
class _Position:
    """Where a release is on the horizontal axis, and its score."""

    x: float
    score: float | None


def quality_trend(about: BilingualText, points: Sequence[tuple[datetime, float | None]]) -> Chart:
    """Return the line of the releases' scores in order of time, on a scale from 0 to 100.

    A score of None could not be measured and leaves a gap.
    """
    title = BilingualText(
        f"{about.en}: quality score by release", f"{about.th}: คะแนนคุณภาพแต่ละรอบเผยแพร่"
    )
    scores = [score for _, score in points if score is not None]
    frame = _frame(len(points), head_height(title) + 10)
    positions = _positions(frame, points)
    marks = [
        *head(title, WIDTH, _HEIGHT),
        *grid(frame, _GRID),
        *_lines(frame, positions),
        *_dots(frame, positions),
        *_days(frame, points),
        *_last_score(frame, positions),
    ]
    return Chart(WIDTH, _HEIGHT, title, _alt(about, scores), tuple(marks))


def _frame(releases: int, top: float) -> Frame:
    return Frame(
        left=36,
        top=top,
        right=WIDTH - 14,
        bottom=_HEIGHT - 40,
        first=0,
        last=max(releases - 1, 1),
        low=_GRID[0],
        high=_GRID[-1],
    )


def _positions(frame: Frame, points: Sequence[tuple[datetime, float | None]]) -> list[_Position]:
    """Return one position per release; a single release is in the middle."""
    if len(points) == 1:
        return [_Position(frame.x(0.5), points[0][1])]
    return [_Position(frame.x(index), score) for index, (_, score) in enumerate(points)]


def _lines(frame: Frame, positions: Sequence[_Position]) -> Iterator[Mark]:
    for start, end in pairwise(positions):
        if start.score is not None and end.score is not None:
            start_point = (start.x, frame.y(start.score))
            end_point = (end.x, frame.y(end.score))
            yield Line((start_point, end_point), BLUE, 2)


def _dots(frame: Frame, positions: Sequence[_Position]) -> Iterator[Mark]:
    for position in positions:
        if position.score is not None:
            yield Dot(position.x, frame.y(position.score), 4, BLUE, WHITE)


def _days(frame: Frame, points: Sequence[tuple[datetime, float | None]]) -> Iterator[Mark]:
    """Yield the days of the first and of the last release; one where both are the same."""
    if not points:
        return
    first, last = (said.day(measured_at) for measured_at, _ in (points[0], points[-1]))
    yield from below(frame.left, frame.bottom + 16, first, "start")
    if last != first:
        yield from below(frame.right, frame.bottom + 16, last, "end")


def _last_score(frame: Frame, positions: Sequence[_Position]) -> Iterator[Mark]:
    """Yield the score of the last release, above its dot where there is room."""
    if not positions:
        return
    x, score = positions[-1].x, positions[-1].score
    if score is not None:
        y = frame.y(score)
        offset = -8 if y > frame.top + 20 else 18
        yield Words(x, y + offset, f"{score:.1f}", 13, INK, "end", bold=True)


def _alt(about: BilingualText, scores: Sequence[float]) -> BilingualText:
    if not scores:
        return BilingualText(
            f"{about.en}: no score could be measured yet.",
            f"{about.th}: ยังไม่มีคะแนนที่วัดได้",
        )
    latest, lowest, highest = f"{scores[-1]:.1f}", f"{min(scores):.1f}", f"{max(scores):.1f}"
    return BilingualText(
        f"{about.en}: quality score {latest} of 100 in the latest of {len(scores)} releases; "
        f"lowest {lowest}, highest {highest}.",
        f"{about.th}: คะแนนคุณภาพล่าสุด {latest} จาก 100 จากทั้งหมด {len(scores)} รอบเผยแพร่ "
        f"ต่ำสุด {lowest} สูงสุด {highest}",
    )
