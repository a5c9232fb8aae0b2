"""Where the received records went, as a flow whose widths are their numbers."""

from collections.abc import Iterator
from dataclasses import dataclass

from federation.common.bilingual import BilingualText
from federation.reporting.charts.frame import HEAD, SMALL, WIDTH, head
from federation.reporting.charts.marks import Area, Box, Chart, Mark, Words
from federation.reporting.charts.palette import BLUE, GREEN, INK, ORANGE, PURPLE, SKY, SOFT

_TALL = 150.0  # of the stream of all received records
_GAP = 12.0
_LABEL = 28.0  # two lines of text
_LEAST = 2.0  # so that one record among millions can be seen


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
    streams = [
        _Stream(BilingualText("in the warehouse", "เข้าคลัง"), counts.in_core, GREEN),
        _Stream(BilingualText("quarantined", "กักไว้"), counts.quarantined, ORANGE),
        _Stream(BilingualText("duplicate", "ซ้ำ"), counts.duplicate, PURPLE),
        _Stream(BilingualText("superseded", "ถูกแทนที่"), counts.superseded, SKY),
    ]
    top = HEAD + 20
    marks: list[Mark] = [Box(14, top, 14, _TALL, BLUE), *_received(counts.received, top)]
    source, target = top, top
    for stream in streams:
        tall = _tall(stream.records, counts.received)
        marks += _stream(stream, counts.received, source, target, tall)
        source, target = source + tall, target + max(tall, _LABEL) + _GAP
    height = max(target, top + _TALL + _GAP)
    return Chart(WIDTH, height, title, _alt(about, counts), (*head(title, WIDTH, height), *marks))


def _received(records: int, top: float) -> Iterator[Mark]:
    yield Words(14, top - 6, f"รับ received {records:,}", 13, INK, bold=True)


def _tall(records: int, received: int) -> float:
    return max(records / received * _TALL, _LEAST) if records else 0.0


def _stream(
    stream: _Stream, received: int, source: float, target: float, tall: float
) -> Iterator[Mark]:
    left, right = 28.0, 262.0
    if tall:
        upper, lower = (
            _curve(left, source, right, target),
            _curve(left, source + tall, right, target + tall),
        )
        yield Area((*upper, *reversed(lower)), stream.colour, 0.45)
        yield Box(right, target, 10, tall, stream.colour)
    middle = target + max(tall, _LABEL) / 2
    share = f" ({_share(stream.records, received)})" if received else ""
    yield Words(
        right + 18,
        middle,
        f"{stream.name.th} {stream.name.en}",
        SMALL,
        SOFT if not stream.records else INK,
    )
    yield Words(
        right + 18,
        middle + 15,
        f"{stream.records:,}{share}",
        SMALL,
        SOFT if not stream.records else INK,
        bold=bool(stream.records),
    )


def _share(records: int, received: int) -> str:
    """Return the share in percent; what is there is never called 0, nor 100 what is not all."""
    tenths = round(1000 * records / received)
    if records and not tenths:
        return "<0.1%"
    return ">99.9%" if tenths == 1000 and records < received else f"{tenths / 10:g}%"


def _curve(
    left: float, start: float, right: float, end: float, pieces: int = 12
) -> list[tuple[float, float]]:
    """Return an S from one height to another."""
    steps = [index / pieces for index in range(pieces + 1)]
    return [
        (left + (right - left) * step, start + (end - start) * step * step * (3 - 2 * step))
        for step in steps
    ]


def _alt(about: BilingualText, counts: Accounting) -> BilingualText:
    return BilingualText(
        f"{about.en}: of {counts.received:,} records received, {counts.in_core:,} are in the "
        "warehouse, "
        f"{counts.quarantined:,} quarantined, {counts.duplicate:,} duplicate, "
        f"{counts.superseded:,} superseded.",
        f"{about.th}: รับ {counts.received:,} ระเบียน เข้าคลัง {counts.in_core:,} กักไว้ "
        f"{counts.quarantined:,} "
        f"ซ้ำ {counts.duplicate:,} ถูกแทนที่ {counts.superseded:,}",
    )
