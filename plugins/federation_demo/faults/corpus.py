"""Plant one fault into an extract, of every kind in several cities and datasets, and write down
what was done."""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from federation.contracts.model import Feed
from federation.contracts.pattern import Partition

from federation_demo.faults import hostile, letters, schemas, times, values  # noqa: F401  they register their kinds
from federation_demo.faults.kinds import KINDS, Kind
from federation_demo.faults.native import Native, read
from federation_demo.generate.delivery import one, write
from federation_demo.generate.platforms import SHAPES

LABELS = "faults.json"
_MOST_ROWS = 80_000  # larger extracts stay clean: editing them cell by cell takes long


@dataclass(frozen=True)
class Planted:
    """One fault in one extract; `path` is relative to the platforms."""

    kind: str
    family: str
    label: str
    city: str
    dataset: str
    partition: str
    path: str
    verdicts: list[str]
    codes: list[str]


@dataclass(frozen=True)
class Place:
    file: Path
    feed: Feed
    partition: Partition


def plant(
    directory: Path,
    feeds: Iterable[Feed],
    *,
    seed: int = 1,
    each: int = 4,
    kinds: Iterable[str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[Planted]:
    """Plant every kind into up to `each` extracts below `directory`.

    Write `faults.json` there and return its entries.

    An extract gets one fault at most. The same platforms, feeds and seed give the same faults.
    """
    left = _places(directory, feeds, seed)
    planted: list[Planted] = []
    # Kinds that fit few extracts choose first; who fits everywhere takes what is left.
    for name in sorted(kinds or KINDS, key=lambda name: (_rank(KINDS[name]), name)):
        planted += _plant_kind(KINDS[name], left, directory, seed, each, progress)
    (directory / LABELS).write_text(
        json.dumps([asdict(entry) for entry in planted], ensure_ascii=False, indent=1), "utf-8"
    )
    return planted


def _rank(kind: Kind) -> int:
    return ("key", "value", "encoding", "calendar", "foreign", "volume", "schema", "bytes").index(
        kind.family
    )


def places(directory: Path, feeds: Iterable[Feed]) -> Iterator[Place]:
    """Yield every extract of the feeds below `directory`, in a stable order."""
    for feed in feeds:
        folder = directory / feed.city.key
        for file in sorted(folder.rglob("*.parquet")):
            found = feed.pattern.match(file.relative_to(folder).as_posix())
            if found:
                yield Place(file, feed, found[0])


def _places(directory: Path, feeds: Iterable[Feed], seed: int) -> list[Place]:
    found = list(places(directory, feeds))
    return sorted(
        found, key=lambda place: zlib.crc32(f"{seed}/{place.file.relative_to(directory)}".encode())
    )


def _plant_kind(
    kind: Kind,
    left: list[Place],
    directory: Path,
    seed: int,
    each: int,
    progress: Callable[[str], None] | None,
) -> Iterator[Planted]:
    used: set[tuple[str, str]] = set()
    for place in list(left):
        if len(used) == each:
            return
        if place.feed.key in used or not _plant_one(kind, place, directory, seed):
            continue
        used.add(place.feed.key)
        left.remove(place)
        entry = Planted(
            kind.name,
            kind.family,
            kind.label,
            *place.feed.key,
            str(place.partition),
            place.file.relative_to(directory).as_posix(),
            sorted(kind.verdicts),
            sorted(kind.codes),
        )
        if progress:
            progress(f"{kind.name} in {entry.path}")
        yield entry


def _plant_one(kind: Kind, place: Place, directory: Path, seed: int) -> bool:
    if kind.bytes_planter:
        broken = kind.bytes_planter(place.file.read_bytes(), place.file)
        if broken is not None:
            place.file.write_bytes(broken)
        return broken is not None
    assert kind.planter
    native = read(
        place.file,
        place.feed,
        place.partition,
        zlib.crc32(f"{seed}/{kind.name}/{place.file.name}".encode()),
    )
    if not 0 < len(native.table) <= _MOST_ROWS:
        return False
    changed = kind.planter(native)
    if changed is None or changed.table.equals(native.table):
        return False
    _write(changed, place, directory)
    return True


def _write(native: Native, place: Place, directory: Path) -> None:
    folder = directory / place.feed.city.key
    write(
        folder,
        SHAPES[place.feed.city.key],
        one(place.file.relative_to(folder).as_posix(), native.table),
    )
