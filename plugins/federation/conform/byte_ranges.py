"""Which bytes of a Parquet file belong to nothing that its footer names.

Files joined by `cat` begin and end like one Parquet file: the pages of the first are then read
under the footer of the last. Every byte of a file is its magic, its footer, or in a column chunk, a
page index or a bloom filter. Writers leave more between these: zeros up to a block's end
(parquet-mr on HDFS), a copy of a chunk's metadata behind it (Arrow C++, the format's first
version), and fewer than a hundred bytes where a chunk's length was counted without a page's header
(PARQUET-816).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

_MAGIC = 4
_TAIL = 8  # the footer's length and the magic
_SLACK = 100  # bytes between two parts that are nobody's, see PARQUET-816
_BLOCK = 1 << 20
_DEPTH = 64  # of structs in a footer; the format has fewer than ten
# Fields of the format's Thrift structs (parquet.thrift).
_ROW_GROUPS, _COLUMNS, _PATH, _META = 4, 1, 1, 3
_OFFSET_INDEX, _COLUMN_INDEX = (4, 5), (6, 7)  # offset, length
_SIZE, _DATA, _INDEX, _DICTIONARY, _BLOOM, _BLOOM_LENGTH = 7, 9, 10, 11, 14, 15


class Unreadable(Exception):
    """What should be a Thrift struct is none."""


@dataclass(frozen=True)
class Foreign:
    """Bytes that belong to nothing, or whose pages are said to be in another file."""

    bytes: int
    message: str


def foreign_bytes(file: BinaryIO, size: int) -> Foreign | None:
    """Return the bytes that belong to nothing, or None.

    Raises Unreadable for a footer that is no Thrift struct.
    """
    file.seek(size - _TAIL)
    footer = int.from_bytes(file.read(4), "little")
    file.seek(size - _TAIL - footer)
    chunks = [
        chunk
        for group in _listed(Thrift(file.read(footer)).struct(), _ROW_GROUPS)
        for chunk in _listed(group, _COLUMNS)
    ]
    if any(chunk.get(_PATH) for chunk in chunks):
        return Foreign(0, "the footer names pages in another file")
    known = [(0, _MAGIC), *_ranges(file, chunks), (size - _TAIL - footer, size)]
    nobodys = sum(end - start for start, end in _gaps(known) if not _is_known(file, start, end))
    if not nobodys:
        return None
    return Foreign(
        nobodys, f"{nobodys:,} of {size:,} bytes belong to no column: were files joined?"
    )


def _listed(struct: dict[int, Any], field: int) -> list[dict[int, Any]]:
    entries = struct.get(field)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Unreadable(f"field {field} of the footer is no list of structs")
    return entries


def _ranges(file: BinaryIO, chunks: Iterable[dict[int, Any]]) -> Iterator[tuple[int, int]]:
    """Yield where the parts of the file begin and end that its column chunks name."""
    for chunk in chunks:
        meta = chunk.get(_META) or {}
        pages = [meta[field] for field in (_DATA, _INDEX, _DICTIONARY) if meta.get(field)]
        if pages:
            yield min(pages), min(pages) + meta.get(_SIZE, 0)
        for offset, length in (_OFFSET_INDEX, _COLUMN_INDEX):
            if chunk.get(offset):
                yield chunk[offset], chunk[offset] + chunk.get(length, 0)
        if start := meta.get(_BLOOM):
            yield start, start + (meta.get(_BLOOM_LENGTH) or _bloom_length(file, start))


def _bloom_length(file: BinaryIO, start: int) -> int:
    """Return the length of a bloom filter whose writer says only where it begins."""
    file.seek(start)
    header = Thrift(file.read(64))
    return int(header.struct().get(1, 0)) + header.place


def _gaps(known: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    reached = 0
    for start, end in sorted(known):
        if start > reached:
            yield reached, start
        reached = max(reached, end)


def _is_known(file: BinaryIO, start: int, end: int) -> bool:
    """Whether a gap is one that writers leave."""
    if end - start <= _SLACK:
        return True
    file.seek(start)
    copy = Thrift(file.read(min(_BLOCK, end - start)))
    try:
        if _DATA in copy.struct():  # the metadata of the chunk before
            start += copy.place
    except Unreadable:
        pass
    file.seek(start)
    return all(
        not file.read(min(_BLOCK, end - place)).strip(b"\0") for place in range(start, end, _BLOCK)
    )


class Thrift:
    """Reads structs of Thrift's compact protocol as field -> value; texts are left as bytes."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """Return the struct at the place reached.

        Raises Unreadable.
        """
        if depth > _DEPTH:
            raise Unreadable("structs within structs without end")
        found: dict[int, Any] = {}
        field = 0
        while (head := self._byte()) != 0:
            field = field + (head >> 4) if head >> 4 else self._signed()
            found[field] = self._value(head & 15, depth)
        return found

    def _byte(self) -> int:
        if self.place >= len(self.data):
            raise Unreadable("it ends too early")
        self.place += 1
        return self.data[self.place - 1]

    def _unsigned(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
            if shift > 63:
                raise Unreadable("a number without end")

    def _signed(self) -> int:
        value = self._unsigned()
        return (value >> 1) ^ -(value & 1)

    def _skip(self, count: int) -> bytes:
        if count > len(self.data) - self.place:
            raise Unreadable("it ends too early")
        self.place += count
        return self.data[self.place - count : self.place]

    def _value(self, kind: int, depth: int) -> Any:
        value: Any
        match kind:
            case 1 | 2:
                value = kind == 1
            case 3:
                value = self._byte()
            case 4 | 5 | 6:
                value = self._signed()
            case 7:
                value = self._skip(8)
            case 8:
                value = self._skip(self._unsigned())
            case 9 | 10:
                value = self._list(depth)
            case 11:
                value = self._map(depth)
            case 12:
                value = self.struct(depth + 1)
            case 13:
                value = self._skip(16)
            case _:
                raise Unreadable(f"a value of kind {kind}")
        return value

    def _list(self, depth: int) -> list[Any]:
        head = self._byte()
        count = head >> 4 if head >> 4 < 15 else self._unsigned()
        return [self._item(head & 15, depth + 1) for _ in range(count)]

    def _map(self, depth: int) -> list[Any]:
        count = self._unsigned()
        kinds = self._byte() if count else 0
        return [
            (self._item(kinds >> 4, depth + 1), self._item(kinds & 15, depth + 1))
            for _ in range(count)
        ]

    def _item(self, kind: int, depth: int) -> Any:
        if depth > _DEPTH:
            raise Unreadable("lists within lists without end")
        return self._byte() if kind in (1, 2) else self._value(kind, depth)
