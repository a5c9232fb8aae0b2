"""How a sheet of the workbook looks: readable on a screen, on one page wide in print, and open for
answers in its yellow cells alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from federation.common.letters import holdable
from federation.messages.workbook_words import COLUMNS

HEADER_ROW = 4
ANSWER_COLUMNS = (10, 11, 12, 13)  # places of answer, right value, day and note
_WIDTHS = (14, 12, 22, 6, 20, 14, 14, 22, 22, 11, 24, 18, 12, 18)
_CHOICE, _RIGHT_VALUE = 11, 12  # numbers of the columns with lists
_LONGEST_LIST = 255  # characters that Excel takes inside a validation


@dataclass(frozen=True)
class Row:
    """One defect: what is written, the answers that the hub can take, and the guesses."""

    values: tuple[str, ...]
    answers: tuple[str, ...]
    guesses: tuple[str, ...]
    by: date | None


@dataclass(frozen=True)
class _Style:
    """How a cell looks, and whether it can be filled in."""

    bold: bool = False
    fill: str = ""  # colour, RRGGBB
    locked: bool = True


_PLAIN = _Style()
_TITLE = _Style(bold=True)
_HEADER = _Style(bold=True, fill="DDE6F0")
_ANSWER = _Style(fill="FFF2B3", locked=False)


def write_sheet(
    sheet: Any, head: tuple[str, str, str], headers: Sequence[str], rows: Sequence[Row]
) -> None:
    """Write what stands above the table, the headings and a row per defect."""
    for number, (text, style) in enumerate(zip(head, (_TITLE, _PLAIN, _TITLE), strict=True), 1):
        _text(sheet.cell(number, 1), text, style)
        sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=9)
    sheet.row_dimensions[2].height = 34
    for column, name in enumerate(headers, 1):
        _text(sheet.cell(HEADER_ROW, column), name, _HEADER)
    for number, row in enumerate(rows, HEADER_ROW + 1):
        for column, value in enumerate(row.values, 1):
            _text(sheet.cell(number, column), value)
        for column in range(len(row.values) + 1, len(COLUMNS) + 1):
            _text(sheet.cell(number, column), "", _ANSWER)
    _add_lists(sheet, rows)
    _arrange(sheet, HEADER_ROW + len(rows))


def _text(cell: Any, text: str, style: _Style = _PLAIN) -> None:
    """Write a text as a text: what a city wrote is never a formula, and every letter of it can be
    read again."""
    from openpyxl.styles import Alignment, Font, PatternFill, Protection

    cell.value = holdable(text) or None
    cell.data_type = "s" if text else "n"
    cell.font = Font(bold=style.bold)
    cell.protection = Protection(locked=style.locked)
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    if style.fill:
        cell.fill = PatternFill("solid", fgColor=style.fill)


def _add_lists(sheet: Any, rows: Sequence[Row]) -> None:
    """Give each row the list of the answers that can be taken, and of the near values."""
    lists: dict[tuple[int, tuple[str, ...]], Any] = {}
    for number, row in enumerate(rows, HEADER_ROW + 1):
        for column, choices in ((_CHOICE, row.answers), (_RIGHT_VALUE, row.guesses)):
            text = ",".join(choices)
            if not choices or len(text) > _LONGEST_LIST or text.count(",") >= len(choices):
                continue
            if (column, choices) not in lists:
                lists[column, choices] = _list(sheet, text, is_strict=column == _CHOICE)
            lists[column, choices].add(sheet.cell(number, column).coordinate)


def _list(sheet: Any, text: str, *, is_strict: bool) -> Any:
    from openpyxl.worksheet.datavalidation import DataValidation

    quoted = text.replace('"', '""')
    choice = DataValidation(type="list", formula1=f'"{quoted}"', allow_blank=True)
    choice.showErrorMessage = is_strict  # another right value may be typed
    sheet.add_data_validation(choice)
    return choice


def _arrange(sheet: Any, last: int) -> None:
    from openpyxl.utils import get_column_letter

    for column, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, 2)
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(COLUMNS))}{last}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_margins.left = sheet.page_margins.right = 0.3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.autoFilter = False
