"""Excel workbooks (XLSX), written row by row."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from math import isfinite
from typing import IO, TYPE_CHECKING, Any

from federation.common.errors import HubError
from federation.common.letters import holdable
from federation.common.progress import Progress
from federation.releases.formats.columns import in_workbook, read_through

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation

# Limits of Excel: "Excel specifications and limits", support.microsoft.com.
MOST_ROWS = 1_048_576  # with the heading
_MOST_COLUMNS = 16_384
_MOST_LETTERS = 32_767
_MOST_DIGITS = 15  # of a number
_FIRST_YEAR = 1900
# What a program that writes or opens a workbook takes for a formula or an error.
_NOT_A_TEXT = ("=", "#")
_ROWS = 2_048  # held in memory at once
_LOOKED_AT = 200  # rows by which columns get their width
_WIDTHS = (8, 60)
_ABOVE_A_LETTER = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")  # Thai marks that take no room
_TODO = "take --format csv or parquet, or ask for less"


def write_workbook(
    result: "DuckDBPyRelation", sink: IO[bytes], about: Mapping[str, str], progress: Progress
) -> int:
    """Write the sheet `result`, and the sheet `about` with what is said of it.

    Texts stay texts, numbers of more digits than a cell holds become texts, and times are those of
    clocks in Thailand. Return the number of rows. Raises HubError for what no sheet can hold.
    """
    from openpyxl import Workbook

    total = _fitting(result)
    book = Workbook(write_only=True)
    with read_through(result, in_workbook).to_arrow_reader(_ROWS) as reader:
        names = reader.schema.names
        rows = chain.from_iterable(_rows(batch) for batch in reader)
        _fill(book.create_sheet("result"), names, progress.over(rows, "rows", total))
    sheet = book.create_sheet("about")
    for entry in about.items():
        sheet.append([_cell(sheet, value) for value in entry])
    book.save(sink)
    return total


def _fitting(result: "DuckDBPyRelation") -> int:
    """Return how many rows there are; raises HubError when a sheet has no room for them."""
    rows = int(result.limit(MOST_ROWS).aggregate("count(*)").fetchall()[0][0])
    if rows >= MOST_ROWS or len(result.columns) > _MOST_COLUMNS:
        raise HubError(
            f"a sheet of Excel has {MOST_ROWS:,} rows with the heading and {_MOST_COLUMNS:,} "
            "columns, and the result has more",
            todo=_TODO,
        )
    return rows


def _rows(batch: Any) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _fill(sheet: Any, names: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    from openpyxl.utils import get_column_letter

    first = list(islice(rows, _LOOKED_AT))
    sheet.freeze_panes = "A2"
    for place, values in enumerate(zip(names, *first, strict=True), 1):
        sheet.column_dimensions[get_column_letter(place)].width = _width(values)
    for row in chain([names], first, rows):
        sheet.append([_cell(sheet, value) for value in row])


def _width(values: Sequence[Any]) -> int:
    longest = max(len(_ABOVE_A_LETTER.sub("", str(value))) for value in values)
    least, most = _WIDTHS
    return min(max(longest + 2, least), most)


def _cell(sheet: Any, value: Any) -> Any:
    """Return what openpyxl writes as the value that it is."""
    if isinstance(value, str):
        return _text(sheet, value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, date):
        return value if value.year >= _FIRST_YEAR else value.isoformat()
    return value if _is_held(value) else str(value)


def _is_held(number: int | float | Decimal) -> bool:
    """Return whether a cell holds a number with every digit."""
    if isinstance(number, float):
        return isfinite(number)
    if number == int(number):
        return bool(abs(number) < 10**_MOST_DIGITS)
    return len(Decimal(number).normalize().as_tuple().digits) <= _MOST_DIGITS


def _text(sheet: Any, text: str) -> Any:
    if len(text) > _MOST_LETTERS:
        raise HubError(
            f"a cell of Excel has {_MOST_LETTERS:,} letters, a text of the result {len(text):,}",
            todo=_TODO,
        )
    text = holdable(text)
    if not text.startswith(_NOT_A_TEXT):
        return text
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell
