"""Days as people write them into a cell: ISO, day first, with Thai or English months, of either
era."""

import re
import unicodedata
from datetime import date
from typing import Any

from federation.common.periods import today
from federation.messages.said import BE, LONG_MONTHS_TH, MONTHS_EN, MONTHS_TH

_SERIAL = range(36_526, 401_769)  # days as spreadsheets count them, from 2000 to 2999
_ERA = re.compile(r"พ\.?ศ\.?|ค\.?ศ\.?|วันที่")
_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def _plain(month: str) -> str:
    return unicodedata.normalize("NFKC", month).replace(".", "").lower()


_MONTHS = {
    _plain(name): place
    for names in (MONTHS_TH, LONG_MONTHS_TH, MONTHS_EN)
    for place, name in enumerate(names, 1)
}


def day_in(value: Any) -> date:
    """Return the local day that a cell holds; a year of the Buddhist era is converted.

    Raises ValueError for what is no day.
    """
    from openpyxl.utils.datetime import from_excel

    if isinstance(value, int | float) and value in _SERIAL:  # a date in a cell without a format
        value = from_excel(value)
    if isinstance(value, date):  # a datetime, too
        year, month, day = value.year, value.month, value.day
    else:
        year, month, day = _parts(str(value or ""))
    if year > today().year + 400:
        year -= BE
    return date(year, month, day)


def _parts(text: str) -> tuple[int, int, int]:
    """Return year, month and day of 2026-12-31, 31/12/2569, 31 ธ.ค. 2569 or 31 December 2026."""
    plain = _ERA.sub(" ", unicodedata.normalize("NFKC", text).translate(_DIGITS))
    plain = re.sub(r"[T ]\d\d:\d\d(:\d\d)?(\.\d+)?$", "", plain.strip())
    parts = [part for part in re.split(r"[\s/,-]+", plain) if part]
    if len(parts) == 1:
        parts = parts[0].split(".")  # 31.12.2569
    first, month, last = parts
    if len(first) == 4:
        return int(first), _month(month), int(last)
    return int(last), _month(month), int(first)


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    plain = _plain(text)
    found = {place for name, place in _MONTHS.items() if name == plain or plain[:3] == name}
    if len(found) != 1:
        raise ValueError(f"{text!r} is no month")
    return found.pop()
