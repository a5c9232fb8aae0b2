"""The stewards' workbook of quarantined records: a sheet per dataset, a row per defect.

Values are masked as in `ops.quarantine`. Stewards fill in the yellow cells, all others are locked;
`answers` reads the workbook that comes back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import duckdb

from federation.common.letters import holdable
from federation.datasets.suites import load_suite
from federation.messages.reasons import thai
from federation.reporting.mail.context import CityReport
from federation.reporting.mail.mail import Attachment

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER_ROW = 4
# What a steward may answer, in the words of the list in the cell.
RESEND = "แก้ไขแล้วจะส่งใหม่"
CONFIRM = "ค่าถูกต้อง ขอให้รับเข้าคลัง"
STAYS_OUT = "ไม่แก้ไข ขอยกเว้นถึงวันที่"
ANSWERS = (RESEND, CONFIRM, STAYS_OUT)
HEADERS = (
    "รหัส",
    "งวด",
    "แฟ้ม",
    "แถวที่",
    "ระเบียน",
    "คอลัมน์",
    "ค่าที่พบ",
    "เหตุผล",
    "พบครั้งแรก",
    "อายุ (วัน)",
    "การดำเนินการ",
    "ถึงวันที่",
    "หมายเหตุ",
)
ANSWER_COLUMNS = HEADERS[10:]
_REASON = HEADERS.index("เหตุผล")
_WIDTHS = (16, 14, 34, 8, 40, 18, 24, 44, 12, 10, 30, 14, 40)
_GUIDE = (
    "กรอกเฉพาะช่องสีเหลือง: เลือกการดำเนินการ ใส่วันที่ (ค.ศ. 2026-12-31) เมื่อขอยกเว้น และหมายเหตุ "
    "แล้วส่งแฟ้มนี้กลับ · Fill in the yellow cells only and send the file back."
)
_QUERY = """
SELECT
  q.quarantine_id, q.partition, e.path, q.row_number, q.record_key, q.column_name,
  q.value_masked, q.reason, strftime(q.first_seen_at, '%Y-%m-%d'), q.age_days
FROM ops.quarantine AS q
JOIN ops.extracts AS e USING (extract_id)
WHERE q.city = ? AND q.dataset = ? AND q.status IN ('open', 'expired')
ORDER BY q.first_seen_at, q.extract_id, q.row_number, q.reason
LIMIT 5000
"""


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


def workbook_of(
    con: duckdb.DuckDBPyConnection, city: CityReport, release_id: str
) -> Attachment | None:
    """Return the city's workbook, or None when nothing of it is quarantined.

    `con` has the release open.
    """
    rows_of_feeds = [
        (feed, con.execute(_QUERY, [city.key, feed.dataset]).fetchall()) for feed in city.feeds
    ]
    if not any(rows for _, rows in rows_of_feeds):
        return None
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for feed, rows in rows_of_feeds:
        if rows:
            title = f"{city.name_th}: {feed.title_th} ({release_id})"
            _sheet(book.create_sheet(title_of(feed.dataset)), title, feed.dataset, rows)
    file = BytesIO()
    book.save(file)
    return Attachment(f"{city.key}-{release_id}.xlsx", MEDIA_TYPE, file.getvalue())


def title_of(dataset: str) -> str:
    """Return a sheet's name: the dataset's Thai title in the 31 characters that Excel takes."""
    return load_suite(dataset).title["th"][:31]


def _sheet(sheet: Any, title: str, dataset: str, rows: Sequence[tuple[Any, ...]]) -> None:
    _text(sheet.cell(1, 1), title, _TITLE)
    _text(sheet.cell(2, 1), _GUIDE)
    for column, name in enumerate(HEADERS, 1):
        _text(sheet.cell(HEADER_ROW, column), name, _HEADER)
    for number, row in enumerate(rows, HEADER_ROW + 1):
        _defect(sheet, number, dataset, row)
    _arrange(sheet, HEADER_ROW + len(rows))


def _defect(sheet: Any, number: int, dataset: str, row: Sequence[Any]) -> None:
    values = list(row)
    values[_REASON] = thai(dataset, row[_REASON])
    for column, value in enumerate(values, 1):
        _text(sheet.cell(number, column), "" if value is None else str(value))
    for column in range(len(values) + 1, len(HEADERS) + 1):
        _text(sheet.cell(number, column), "", _ANSWER)


def _text(cell: Any, text: str, style: _Style = _PLAIN) -> None:
    """Write a text as a text: what a city wrote is never a formula."""
    from openpyxl.styles import Alignment, Font, PatternFill, Protection

    cell.value = holdable(text) or None
    cell.data_type = "s" if text else "n"
    cell.font = Font(bold=style.bold)
    cell.protection = Protection(locked=style.locked)
    cell.alignment = Alignment(vertical="top", wrap_text=cell.row > HEADER_ROW)
    if style.fill:
        cell.fill = PatternFill("solid", fgColor=style.fill)


def _arrange(sheet: Any, last: int) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for column, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, 2)
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(HEADERS))}{last}"
    choice = DataValidation(type="list", formula1=f'"{",".join(ANSWERS)}"', allow_blank=True)
    sheet.add_data_validation(choice)
    choice.add(f"K{HEADER_ROW + 1}:K{last}")
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.autoFilter = False
