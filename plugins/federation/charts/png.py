"""Charts as PNG, for mails; matplotlib draws the same marks and shapes Thai text (libraqm)."""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from federation.charts.marks import FAMILY, Area, Box, Chart, Dot, Line, Words

FONTS = Path(__file__).with_name("fonts")
_DOTS_PER_INCH = 100.0  # at which a pixel of a chart is a pixel; drawn at twice that
_POINTS_PER_PIXEL = 72 / _DOTS_PER_INCH
_ANCHORS = {"start": "left", "middle": "center", "end": "right"}


def png(chart: Chart) -> bytes:
    """Return a chart as a PNG of twice its size in at most 64 colours; the same chart gives the same bytes."""
    from matplotlib.figure import Figure

    _fonts()
    figure = Figure(figsize=(chart.width / _DOTS_PER_INCH, chart.height / _DOTS_PER_INCH), dpi=2 * _DOTS_PER_INCH,
                    facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, chart.width), ylim=(chart.height, 0))
    axes.set_axis_off()
    for order, mark in enumerate(chart.marks):
        _DRAWERS[type(mark)](axes, mark, order)
    return _small(figure)


@cache
def _fonts() -> None:
    from matplotlib import font_manager

    for file in sorted(FONTS.glob("*.ttf")):
        font_manager.fontManager.addfont(file)


def _small(figure: Any) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    picture = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba()).convert("RGB").quantize(64)
    file = BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def _box(axes: Any, mark: Box, order: int) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((mark.x, mark.y), mark.width, mark.height, facecolor=mark.fill, edgecolor=mark.stroke,
                             linewidth=_POINTS_PER_PIXEL, zorder=order))


def _line(axes: Any, mark: Line, order: int) -> None:
    axes.plot(*zip(*mark.points, strict=True), color=mark.colour, linewidth=mark.width * _POINTS_PER_PIXEL,
              linestyle="--" if mark.dashed else "-", zorder=order)


def _area(axes: Any, mark: Area, order: int) -> None:
    from matplotlib.patches import Polygon

    axes.add_patch(Polygon(mark.points, facecolor=mark.fill, alpha=mark.opacity, linewidth=0, zorder=order))


def _dot(axes: Any, mark: Dot, order: int) -> None:
    from matplotlib.patches import Circle

    axes.add_patch(Circle((mark.x, mark.y), mark.radius, facecolor=mark.fill, edgecolor=mark.ring,
                          linewidth=_POINTS_PER_PIXEL, zorder=order))


def _words(axes: Any, mark: Words, order: int) -> None:
    axes.text(mark.x, mark.y, mark.text, fontsize=mark.size * _POINTS_PER_PIXEL, color=mark.colour, zorder=order,
              ha=_ANCHORS[mark.anchor], va="baseline", fontfamily=[FAMILY, "DejaVu Sans"], parse_math=False,
              fontweight="bold" if mark.bold else "normal")


_DRAWERS: dict[type, Callable[..., None]] = {Box: _box, Line: _line, Area: _area, Dot: _dot, Words: _words}
