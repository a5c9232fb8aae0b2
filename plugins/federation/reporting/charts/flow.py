"""Where the received records went, as bands: the more records, the wider the band."""

from collections.abc import Iterator
from dataclasses import dataclass

from federation.common.bilingual import BilingualText
from federation.reporting.charts.frame import SMALL, WIDTH, head, head_height
from federation.reporting.charts.marks import Area, Box, Chart, Mark, Point, Words
from federation.reporting.charts.palette import BLUE, GREEN, INK, ORANGE, PURPLE, SKY, SOFT

_TALL = 150.0  # of the stream of all received records
_GAP = 12.0
_LABEL = 28.0  # two lines of text
_LEAST = 2.0  # so that one record among millions can be seen
_BAND_LEFT, _BAND_RIGHT = 28.0, 152.0


@dataclass(frozen=True)
class Accounting:
    """The records of accepted extracts by where they went; received is the sum of the others."""

    in_core: int
    quarantined: int
    duplicate: int
    superseded: int

    @property
    def received(self) -> int:
        return self.in_core + self.quarantined + self.duplicate + self.superseded


@dataclass(frozen=True)
class _Stream:
    name: BilingualText
    records: int
    colour: str


def accounting_flow(about: BilingualText, counts: Accounting) -> Chart:
    """Return the flow of records from received to core, quarantine, duplicate and superseded,
    with numbers and shares."""
    title = BilingualText(f"{about.en}: where every record went", f"{about.th}: ระเบียนที่รับไปอยู่ที่ใด")
    top = head_height(title) + 20
    marks: list[Mark] = [Box(14, top, 14, _TALL, BLUE), _received(counts.received, top)]
    source, target = top, top
    for stream in _streams(counts):
        tall = _tall(stream.records, counts.received)
        marks += _band(stream, source, target, tall)
        marks += _label(stream, counts.received, target + max(tall, _LABEL) / 2)
        source += tall
        target += max(tall, _LABEL) + _GAP
    height = max(target, top + _TALL + _GAP)
    return Chart(WIDTH, height, title, _alt(about, counts), (*head(title, WIDTH, height), *marks))


def _streams(counts: Accounting) -> list[_Stream]:
    return [
        _Stream(BilingualText("in the warehouse", "ในคลังข้อมูล"), counts.in_core, GREEN),
        _Stream(BilingualText("put on hold", "พักรอแก้ไข"), counts.quarantined, ORANGE),
        _Stream(BilingualText("duplicate", "ซ้ำ"), counts.duplicate, PURPLE),
        _Stream(BilingualText("sent again since", "ส่งใหม่แทนแล้ว"), counts.superseded, SKY),
    ]


def _received(records: int, top: float) -> Mark:
    return Words(14, top - 6, f"รับ received {records:,}", 13, INK, bold=True)


def _tall(records: int, received: int) -> float:
    return max(records / received * _TALL, _LEAST) if records else 0.0


def _band(stream: _Stream, source: float, target: float, tall: float) -> Iterator[Mark]:
    """Yield the band of a stream from the received records to its box; none without records."""
    if tall:
        upper = _curve(source, target)
        lower = _curve(source + tall, target + tall)
        yield Area((*upper, *reversed(lower)), stream.colour, 0.45)
        yield Box(_BAND_RIGHT, target, 10, tall, stream.colour)


def _label(stream: _Stream, received: int, middle: float) -> Iterator[Mark]:
    x = _BAND_RIGHT + 18
    name = f"{stream.name.th} {stream.name.en}"
    number = f"{stream.records:,}"
    if received:
        number += f" ({_share(stream.records, received)})"
    colour = INK if stream.records else SOFT
    yield Words(x, middle, name, SMALL, colour)
    yield Words(x, middle + 15, number, SMALL, colour, bold=bool(stream.records))


def _share(records: int, received: int) -> str:
    """Return the share in percent: some records are never 0%, and not all are never 100%."""
    tenths = round(1000 * records / received)
    if records and not tenths:
        return "<0.1%"
    return ">99.9%" if tenths == 1000 and records < received else f"{tenths / 10:g}%"


def _curve(start: float, end: float, pieces: int = 12) -> list[Point]:
    """Return an S from one height at the left to another at the right."""
    points = []
    for index in range(pieces + 1):
        step = index / pieces
        rise = step * step * (3 - 2 * step)
        points.append(
            (_BAND_LEFT + (_BAND_RIGHT - _BAND_LEFT) * step, start + (end - start) * rise)
        )
    return points


def _alt(about: BilingualText, counts: Accounting) -> BilingualText:
    return BilingualText(
        f"{about.en}: of {counts.received:,} records received, {counts.in_core:,} are in the "
        f"warehouse, {counts.quarantined:,} put on hold, {counts.duplicate:,} duplicate, "
        f"{counts.superseded:,} sent again since.",
        f"{about.th}: รับ {counts.received:,} ระเบียน ในคลังข้อมูล {counts.in_core:,} "
        f"พักรอแก้ไข {counts.quarantined:,} ซ้ำ {counts.duplicate:,} "
        f"ส่งใหม่แทนแล้ว {counts.superseded:,}",
    )
