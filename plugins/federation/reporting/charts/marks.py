"""What a chart is made of: marks in pixels from the top left corner, with a title and its
meaning in two languages."""

from dataclasses import dataclass, field

from federation.common.bilingual import BilingualText
from federation.reporting.charts.palette import INK

Point = tuple[float, float]
SIZE = 13.0  # of ordinary text, in pixels
FAMILY = "Noto Sans Thai"


@dataclass(frozen=True)
class Box:
    """A rectangle, filled, outlined or both."""

    x: float
    y: float
    width: float
    height: float
    fill: str = "none"
    stroke: str = "none"


@dataclass(frozen=True)
class Line:
    """A line through points."""

    points: tuple[Point, ...]
    colour: str
    width: float = 1.0
    dashed: bool = False


@dataclass(frozen=True)
class Area:
    """A filled polygon, outlined where it has a stroke."""

    points: tuple[Point, ...]
    fill: str
    opacity: float = 1.0
    stroke: str = "none"


@dataclass(frozen=True)
class Dot:
    """A circle; `ring` is its outline."""

    x: float
    y: float
    radius: float
    fill: str
    ring: str = "none"


@dataclass(frozen=True)
class Words:
    """One line of text; `y` is its base line, `anchor` start, middle or end."""

    x: float
    y: float
    text: str
    size: float = SIZE
    colour: str = INK
    anchor: str = "start"
    bold: bool = False


Mark = Box | Line | Area | Dot | Words


@dataclass(frozen=True)
class Chart:
    """A chart of `width` × `height` pixels, from which `svg` and `png` make a picture.

    `alt` says in a sentence what it shows, for readers who cannot see it.
    """

    width: float
    height: float
    title: BilingualText
    alt: BilingualText
    marks: tuple[Mark, ...] = field(repr=False)

    @property
    def alt_th(self) -> str:
        return self.alt.th

    @property
    def alt_en(self) -> str:
        return self.alt.en
