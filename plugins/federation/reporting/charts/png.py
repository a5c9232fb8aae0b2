"""Charts as PNG, for mails; matplotlib draws the same marks and shapes Thai text (libraqm)."""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from federation.reporting.charts.marks import FAMILY, Area, Box, Chart, Dot, Line, Words

FONTS = Path(__file__).with_name("fonts")
_DOTS_PER_INCH = 100.0  # at which a pixel of a chart is a pixel; drawn at twice that
_POINTS_PER_PIXEL = 72 / _DOTS_PER_INCH
_ANCHORS = {"start": "left", "middle": "center", "end": "right"}


def png(chart: Chart) -> bytes:
    """Return a chart as a PNG of twice its size in at most 64 colours.

    The same chart gives the same bytes.
    """
    from matplotlib.figure import Figure
    from matplotlib.transforms import Affine2D

    _fonts()
    figure = Figure(
        figsize=(chart.width / _DOTS_PER_INCH, chart.height / _DOTS_PER_INCH),
        dpi=2 * _DOTS_PER_INCH,
        facecolor="white",
    )
    # Without axes, which take longer to draw than all marks.
    from_top = Affine2D().scale(2, -2).translate(0, 2 * chart.height)
    for order, mark in enumerate(chart.marks):
        figure.add_artist(_ARTISTS[type(mark)](mark, transform=from_top, zorder=order))
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
    picture = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba())
    file = BytesIO()
    picture.convert("RGB").quantize(64, Image.Quantize.FASTOCTREE).save(file, "PNG")
    return file.getvalue()


def _box(mark: Box, **placed: Any) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle(
        (mark.x, mark.y),
        mark.width,
        mark.height,
        facecolor=mark.fill,
        edgecolor=mark.stroke,
        linewidth=_POINTS_PER_PIXEL,
        **placed,
    )


def _line(mark: Line, **placed: Any) -> Any:
    from matplotlib.lines import Line2D

    return Line2D(
        *zip(*mark.points, strict=True),
        color=mark.colour,
        linewidth=mark.width * _POINTS_PER_PIXEL,
        linestyle="--" if mark.dashed else "-",
        **placed,
    )


def _area(mark: Area, **placed: Any) -> Any:
    from matplotlib.patches import Polygon

    return Polygon(
        mark.points,
        facecolor=mark.fill,
        edgecolor=mark.stroke,
        alpha=mark.opacity,
        linewidth=0 if mark.stroke == "none" else _POINTS_PER_PIXEL,
        **placed,
    )


def _dot(mark: Dot, **placed: Any) -> Any:
    from matplotlib.patches import Circle

    return Circle(
        (mark.x, mark.y),
        mark.radius,
        facecolor=mark.fill,
        edgecolor=mark.ring,
        linewidth=_POINTS_PER_PIXEL,
        **placed,
    )


def _words(mark: Words, **placed: Any) -> Any:
    from matplotlib.text import Text

    return Text(
        mark.x,
        mark.y,
        mark.text,
        fontsize=mark.size * _POINTS_PER_PIXEL,
        color=mark.colour,
        ha=_ANCHORS[mark.anchor],
        va="baseline",
        fontfamily=[FAMILY, "DejaVu Sans"],
        parse_math=False,
        fontweight="bold" if mark.bold else "normal",
        **placed,
    )


_ARTISTS: dict[type, Callable[..., Any]] = {
    Box: _box,
    Line: _line,
    Area: _area,
    Dot: _dot,
    Words: _words,
}
