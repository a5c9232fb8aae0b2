"""Sheets of an OpenDocument spreadsheet (ISO/IEC 26300), as LibreOffice saves it unless asked
otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET
from zipfile import ZipFile

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_MOST_ROWS, _MOST_COLUMNS = 100_000, 200  # the rest of a sheet is said by repeating empty cells


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, and its rows of cells from the first on."""

    title: str
    rows: list[tuple[Any, ...]]


def sheets(archive: ZipFile) -> list[Sheet]:
    """Return every sheet; raises ElementTree.ParseError for a content that is none."""
    root = ET.fromstring(archive.read("content.xml"))
    return [
        Sheet(table.get(f"{_TABLE}name", ""), list(_rows(table)))
        for table in root.iter(f"{_TABLE}table")
    ]


def _rows(table: ET.Element) -> Iterator[tuple[Any, ...]]:
    given = 0
    for row in table.iter(f"{_TABLE}table-row"):
        cells = tuple(_cells(row))
        repeated = int(row.get(f"{_TABLE}number-rows-repeated", 1))
        if not any(cell not in (None, "") for cell in cells):
            repeated = min(repeated, 10)  # blank rows between others; a sheet ends with a million
        for _ in range(repeated):
            given += 1
            if given > _MOST_ROWS:
                return
            yield cells


def _cells(row: ET.Element) -> Iterator[Any]:
    given = 0
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        value = _value(cell)
        for _ in range(int(cell.get(f"{_TABLE}number-columns-repeated", 1))):
            given += 1
            if given > _MOST_COLUMNS:
                return
            yield value


def _value(cell: ET.Element) -> Any:
    """Return a date for a date, else the text as it is shown."""
    if stated := cell.get(f"{_OFFICE}date-value"):
        return date.fromisoformat(stated[:10])
    lines = ["".join(line.itertext()) for line in cell.iter(f"{_TEXT}p")]
    return "\n".join(lines) or None
