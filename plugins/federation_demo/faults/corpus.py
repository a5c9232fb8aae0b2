"""Faults in generated extracts: every kind in several cities and datasets, with a list of them."""

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


@dataclass(frozen=True)
class Planting:
    """Faults in the extracts below `directory`, of every kind in up to `each` of them.

    The same platforms, feeds and seed give the same faults.
    """

    directory: Path
    seed: int = 1
    each: int = 4
    progress: Callable[[str], None] = lambda _: None

    def plant(self, feeds: Iterable[Feed], kinds: Iterable[str] | None = None) -> list[Planted]:
        """Plant the faults, at most one in an extract; return the entries of `faults.json`,
        which is written too."""
        left = self._places(feeds)
        planted: list[Planted] = []
        # Kinds that fit few extracts choose first; kinds that fit everywhere take the rest.
        for name in sorted(kinds or KINDS, key=lambda name: (_rank(KINDS[name]), name)):
            planted += self._plant_kind(KINDS[name], left)
        entries = [asdict(entry) for entry in planted]
        text = json.dumps(entries, ensure_ascii=False, indent=1)
        (self.directory / LABELS).write_text(text, "utf-8")
        return planted

    def _places(self, feeds: Iterable[Feed]) -> list[Place]:
        """Return every extract of the feeds, in an order that the seed decides."""

        def number(place: Place) -> int:
            return zlib.crc32(f"{self.seed}/{place.file.relative_to(self.directory)}".encode())

        return sorted(places(self.directory, feeds), key=number)

    def _plant_kind(self, kind: Kind, left: list[Place]) -> Iterator[Planted]:
        """Plant a kind into one extract each of several feeds; takes these out of `left`."""
        used: set[tuple[str, str]] = set()
        for place in list(left):
            if len(used) == self.each:
                return
            if place.feed.key in used or not self._plant_one(kind, place):
                continue
            used.add(place.feed.key)
            left.remove(place)
            entry = Planted(
                kind.name,
                kind.family,
                kind.label,
                *place.feed.key,
                str(place.partition),
                place.file.relative_to(self.directory).as_posix(),
                sorted(kind.verdicts),
                sorted(kind.codes),
            )
            self.progress(f"{kind.name} in {entry.path}")
            yield entry

    def _plant_one(self, kind: Kind, place: Place) -> bool:
        """Return whether the kind fits the extract; then it has the fault."""
        if kind.bytes_planter:
            broken = kind.bytes_planter(place.file.read_bytes(), place.file)
            if broken is not None:
                place.file.write_bytes(broken)
            return broken is not None
        assert kind.planter
        seed = zlib.crc32(f"{self.seed}/{kind.name}/{place.file.name}".encode())
        native = read(place.file, place.feed, place.partition, seed)
        if not 0 < len(native.table) <= _MOST_ROWS:
            return False
        changed = kind.planter(native)
        if changed is None or changed.table.equals(native.table):
            return False
        _write(changed, place, self.directory)
        return True


_FAMILIES = ("key", "value", "encoding", "calendar", "foreign", "volume", "schema", "bytes")


def _rank(kind: Kind) -> int:
    return _FAMILIES.index(kind.family)


def places(directory: Path, feeds: Iterable[Feed]) -> Iterator[Place]:
    """Yield every extract of the feeds below `directory`, in a stable order."""
    for feed in feeds:
        folder = directory / feed.city.key
        for file in sorted(folder.rglob("*.parquet")):
            match = feed.pattern.match(file.relative_to(folder).as_posix())
            if match:
                yield Place(file, feed, match[0])


def _write(native: Native, place: Place, directory: Path) -> None:
    folder = directory / place.feed.city.key
    write(
        folder,
        SHAPES[place.feed.city.key],
        one(place.file.relative_to(folder).as_posix(), native.table, place.partition.end),
    )
