"""Thai spellings of numbers and dates, as city offices write them."""

from collections.abc import Sequence
from datetime import date, datetime

MONTHS = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
SHORT_MONTHS = (
    "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.",
    "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
)  # fmt: skip
ERA = 543
_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def thai_digits(text: object) -> str:
    """Return the text of a number or code in Thai digits."""
    return str(text).translate(_DIGITS)


def era_date(day: date) -> str:
    """Return dd/mm/BBBB in the Buddhist era."""
    return f"{day.day:02d}/{day.month:02d}/{day.year + ERA}"


def era_datetime(moment: datetime) -> str:
    """Return dd/mm/BBBB HH:MM in the Buddhist era."""
    return f"{era_date(moment)} {moment:%H:%M}"


def short_date(day: date) -> str:
    """Return day, month abbreviation and two-digit Buddhist year, such as `1 ม.ค. 69`."""
    return f"{day.day} {short_month(day)}"


def short_month(day: date) -> str:
    """Return month abbreviation and two-digit Buddhist year, such as `ม.ค. 69`."""
    return f"{SHORT_MONTHS[day.month - 1]} {(day.year + ERA) % 100:02d}"


def trimmed(number: float) -> str:
    """Return a number with thousands commas, at most two decimals and no trailing zeros."""
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def counted(number: int | None) -> str:
    """Return a count with thousands commas, or a dash for a blank figure."""
    return "-" if number is None else f"{number:,}"


def tis620(texts: Sequence[str]) -> list[bytes]:
    """Return the texts as TIS-620 bytes."""
    return [text.encode("tis-620") for text in texts]
