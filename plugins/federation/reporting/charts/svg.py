"""Charts as SVG elements, to stand in a page."""

from collections.abc import Callable, Sequence
from html import escape
from itertools import groupby

from federation.reporting.charts.frame import SMALL
from federation.reporting.charts.marks import (
    FAMILY,
    Area,
    Box,
    Chart,
    Dot,
    Line,
    Mark,
    Point,
    Words,
)
from federation.reporting.charts.palette import SOFT


def svg(chart: Chart) -> str:
    """Return a chart as an `<svg>` element of its own size, which a page may narrow.

    All texts are escaped.
    """
    alt = escape(f"{chart.alt.th} / {chart.alt.en}")
    body = "".join(_drawn(look, [*marks]) for look, marks in groupby(chart.marks, _look))
    width, height = _n(chart.width), _n(chart.height)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    title = escape(f"{chart.title.th} / {chart.title.en}")
    text = f'font-family="{FAMILY}, sans-serif" font-size="{_n(SMALL)}" fill="{SOFT}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {text}>'
        f"<title>{title}</title><desc>{alt}</desc>{body}</svg>"
    )


def _look(mark: Mark) -> tuple[str, str] | None:
    """Return the colours of a shape that may be drawn in one path with its neighbours; None of
    others."""
    if isinstance(mark, Box) or (isinstance(mark, Area) and mark.opacity == 1):
        return mark.fill, mark.stroke
    return None


def _drawn(look: tuple[str, str] | None, marks: Sequence[Mark]) -> str:
    """Return marks that follow each other: shapes of one look as one path, which is a third as
    long."""
    if look is None or len(marks) == 1:
        return "".join(_WRITERS[type(mark)](mark) for mark in marks)
    fill, stroke = look
    line = f' stroke="{stroke}"' if stroke != "none" else ""
    return f'<path d="{"".join(map(_outline, marks))}" fill="{fill}"{line}/>'


def _outline(mark: Mark) -> str:
    if isinstance(mark, Box):
        width = _n(mark.width)
        return f"M{_n(mark.x)},{_n(mark.y)}h{width}v{_n(mark.height)}h-{width}z"
    assert isinstance(mark, Area)
    return f"M{_points(mark.points)}z"


def _box(mark: Box) -> str:
    stroke = f' stroke="{mark.stroke}"' if mark.stroke != "none" else ""
    return (
        f'<rect x="{_n(mark.x)}" y="{_n(mark.y)}" '
        f'width="{_n(mark.width)}" height="{_n(mark.height)}" fill="{mark.fill}"{stroke}/>'
    )


def _line(mark: Line) -> str:
    dash = ' stroke-dasharray="4 3"' if mark.dashed else ""
    stroke = f'stroke="{mark.colour}" stroke-width="{_n(mark.width)}"{dash}'
    return f'<polyline points="{_points(mark.points)}" fill="none" {stroke}/>'


def _area(mark: Area) -> str:
    opacity = f' fill-opacity="{_n(mark.opacity)}"' if mark.opacity < 1 else ""
    stroke = f' stroke="{mark.stroke}"' if mark.stroke != "none" else ""
    points = _points(mark.points)
    return f'<polygon points="{points}" fill="{mark.fill}"{opacity}{stroke}/>'


def _dot(mark: Dot) -> str:
    ring = f' stroke="{mark.ring}"' if mark.ring != "none" else ""
    return (
        f'<circle cx="{_n(mark.x)}" cy="{_n(mark.y)}" r="{_n(mark.radius)}" '
        f'fill="{mark.fill}"{ring}/>'
    )


def _words(mark: Words) -> str:
    anchor = f' text-anchor="{mark.anchor}"' if mark.anchor != "start" else ""
    bold = ' font-weight="bold"' if mark.bold else ""
    size = f' font-size="{_n(mark.size)}"' if mark.size != SMALL else ""
    colour = f' fill="{mark.colour}"' if mark.colour != SOFT else ""
    return (
        f'<text x="{_n(mark.x)}" y="{_n(mark.y)}"{size}{colour}{anchor}{bold}>'
        f"{escape(mark.text)}</text>"
    )


_WRITERS: dict[type, Callable[..., str]] = {
    Box: _box,
    Line: _line,
    Area: _area,
    Dot: _dot,
    Words: _words,
}


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _n(number: float) -> str:
    """Return a number as short as a tenth of a pixel allows."""
    return f"{number:.1f}".removesuffix(".0")
