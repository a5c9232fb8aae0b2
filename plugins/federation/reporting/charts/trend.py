"""How the quality of something went from release to release."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from federation.common.bilingual import BilingualText
from federation.reporting.charts.frame import HEAD, SMALL, WIDTH, Frame, grid, head
from federation.reporting.charts.marks import Chart, Dot, Line, Mark, Words
from federation.reporting.charts.palette import BLUE, INK, SOFT, WHITE

_HEIGHT = 220.0


def quality_trend(about: BilingualText, points: Sequence[tuple[datetime, float | None]]) -> Chart:
    """Return the line of scores (0 to 100) of releases in order of time.

    None could not be measured and leaves a gap.
    """
    title = BilingualText(
        f"{about.en}: quality score by release", f"{about.th}: คะแนนคุณภาพแต่ละชุดเผยแพร่"
    )
    scores = [score for _, score in points if score is not None]
    low = 0.0 if not scores or min(scores) < 50 else 50.0 if min(scores) < 90 else 90.0
    frame = Frame(44, HEAD + 10, WIDTH - 16, _HEIGHT - 30, 0, max(len(points) - 1, 1), low, 100)
    places = [
        (frame.x(index if len(points) > 1 else 0.5), score)
        for index, (_, score) in enumerate(points)
    ]
    marks = [
        *head(title, WIDTH, _HEIGHT),
        *grid(frame, [low + step * (100 - low) / 5 for step in range(6)]),
    ]
    for (x, score), (after, following) in pairwise(places):
        if score is not None and following is not None:
            marks.append(Line(((x, frame.y(score)), (after, frame.y(following))), BLUE, 2))
    marks += [Dot(x, frame.y(score), 4, BLUE, WHITE) for x, score in places if score is not None]
    return Chart(
        WIDTH, _HEIGHT, title, _alt(about, scores), (*marks, *_ends(frame, points, places))
    )


def _ends(
    frame: Frame,
    points: Sequence[tuple[datetime, float | None]],
    places: Sequence[tuple[float, float | None]],
) -> list[Mark]:
    """Return the days of the first and last release, and the last score."""
    marks: list[Mark] = []
    for index, anchor in ((0, "start"), (-1, "end")):
        if len(points) > -index:
            x = frame.left if index == 0 else frame.right
            marks.append(
                Words(
                    x, frame.bottom + 20, points[index][0].strftime("%Y-%m-%d"), SMALL, SOFT, anchor
                )
            )
    if places and (last := places[-1][1]) is not None:
        above = -8 if frame.y(last) > frame.top + 20 else 18
        marks.append(
            Words(places[-1][0], frame.y(last) + above, f"{last:.1f}", 13, INK, "end", bold=True)
        )
    return marks


def _alt(about: BilingualText, scores: Sequence[float]) -> BilingualText:
    if not scores:
        return BilingualText(
            f"{about.en}: no score could be measured yet.", (f"{about.th}: ยังไม่มีคะแนนที่วัดได้")
        )
    return BilingualText(
        f"{about.en}: quality score {scores[-1]:.1f} of 100 in the latest of {len(scores)} "
        "releases; "
        f"lowest {min(scores):.1f}, highest {max(scores):.1f}.",
        f"{about.th}: คะแนนคุณภาพล่าสุด {scores[-1]:.1f} จาก 100 จากทั้งหมด {len(scores)} "
        "ชุดเผยแพร่ "
        f"ต่ำสุด {min(scores):.1f} สูงสุด {max(scores):.1f}",
    )
