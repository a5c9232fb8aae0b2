"""How texts are written as times, and in which calendar their years count.

A Buddhist year is 543 more than that of the Common Era. Four digits tell the two apart (2569 and
2026); two do not (69 is 2569 or 1969, 26 is 2026 or 2526), unless it is known which years are
meant.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from federation.contracts.vocabulary import THAI_MONTHS

ERA = 543
_CE, _BE = range(1900, 2101), range(2443, 2644)
THAI_MONTH_NAMES = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
ENGLISH_MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_CLOCK = r"(?:[ T]+(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?P<rest>\S*))?"
_MONTHS = "|".join(map(re.escape, (*THAI_MONTHS, *THAI_MONTH_NAMES)))
_FORMS = tuple(
    (name, re.compile(form))
    for name, form in (
        ("iso8601", r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)" + _CLOCK),
        (
            "dd/mm/yyyy",
            r"(?P<day>\d{1,2})(?P<mark>[/.-])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4}|\d\d)"
            + _CLOCK,
        ),
        ("yyyy/mm/dd", r"(?P<year>\d{4})[/.](?P<month>\d\d)[/.](?P<day>\d\d)" + _CLOCK),
        ("d mon yy", rf"(?P<day>\d{{1,2}}) (?P<word>{_MONTHS}) (?P<year>\d{{4}}|\d\d)" + _CLOCK),
        ("mon yy", rf"(?P<word>{_MONTHS}) (?P<year>\d{{4}}|\d\d)"),
        (
            "d month yyyy",
            r"(?P<day>\d{1,2})[ -](?P<english>[A-Za-z]{3,9})[ -](?P<year>\d{4}|\d\d)" + _CLOCK,
        ),
        ("mon yyyy", r"(?P<english>[A-Za-z]{3,9})[ -](?P<year>\d{4}|\d\d)"),
        (
            "yyyymmdd",
            r"(?P<year>(?:19|20|24|25)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])",
        ),
        ("yyyy-mm", r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])"),
        ("year", r"(?P<year>\d{4})"),
        ("yy", r"(?P<year>\d\d)"),
    )
)


@dataclass(frozen=True)
class WrittenTime:
    """One text read as a time: its form, its year as written, and the time of day where there is
    one."""

    form: str
    year: int
    digits: int  # of the year
    month: int | None
    day: int | None
    minutes: int | None  # since midnight, as written
    zone: str = ""  # what stands behind the time of day
    full_name: bool = False  # a month's whole name where its short form is usual

    @property
    def seconds(self) -> float:
        """The seconds of the time of day, 0 where none are written."""
        found = re.match(r":(\d\d(?:\.\d+)?)", self.zone)
        return float(found[1]) if found else 0.0

    @property
    def calendars(self) -> tuple[str, ...]:
        """The calendars that this year can be of, with nothing else known."""
        if self.digits == 2:
            return ("BE2", "CE2")
        return ("CE",) * (self.year in _CE) + ("BE",) * (self.year in _BE)

    def common_year(self, calendar: str) -> int:
        """Return the CE year when the year is of `calendar` (CE, BE, BE2, CE2)."""
        return self.year + {"CE": 0, "BE": -ERA, "BE2": 2500 - ERA, "CE2": 2000}[calendar]


def written(text: str) -> WrittenTime | None:
    """Return how a text (Arabic digits, single blanks) is a time or a year, or None."""
    for form, pattern in _FORMS:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        parts = {name: part for name, part in match.groupdict().items() if part is not None}
        time = _read(form, parts)
        if time:
            return time
    return None


def _read(form: str, parts: dict[str, str]) -> WrittenTime | None:
    year = parts["year"]
    month, full = _month(parts)
    day = int(parts["day"]) if parts.get("day") else None
    if month is None and ("word" in parts or "english" in parts):
        return None
    if form == "dd/mm/yyyy" and month and day and month > 12 >= day:
        form, day, month = "mm/dd/yyyy", month, day
    if (day or 1) > 31 or not 0 < (month or 1) <= 12:
        return None
    if form.startswith(("dd", "mm")):
        form = form.replace("/", parts["mark"])
    minutes = int(parts["hour"]) * 60 + int(parts["minute"]) if parts.get("hour") else None
    return WrittenTime(form, int(year), len(year), month, day, minutes, parts.get("rest", ""), full)


def _month(parts: dict[str, str]) -> tuple[int | None, bool]:
    if word := parts.get("word"):
        full = word in THAI_MONTH_NAMES
        return (THAI_MONTH_NAMES if full else THAI_MONTHS).index(word) + 1, full
    if english := parts.get("english"):
        short = english[:3].lower()
        return (ENGLISH_MONTHS.index(short) + 1 if short in ENGLISH_MONTHS else None), False
    return (int(parts["month"]) if parts.get("month") else None), False


@dataclass(frozen=True)
class Calendar:
    """Which calendar a column's years are of: one name, or several candidates that the column
    cannot tell apart."""

    name: str  # CE, BE, BE2, CE2, `ambiguous`, or '' when no year fits any
    candidates: tuple[str, ...]
    confidence: float


def calendar_of(times: Mapping[WrittenTime, int], years: Iterable[int] = ()) -> Calendar:
    """Return the calendar of the years.

    `years` are those that the file is about (CE), where they are known. Without them two-digit
    years stay ambiguous, and the contract must name the calendar.
    """
    expected, total = set(years), sum(times.values())
    if not total:
        return Calendar("", (), 0.0)
    rows = dict.fromkeys(("CE", "BE", "BE2", "CE2"), 0)
    for time, count in times.items():
        for calendar in time.calendars:
            if not expected or time.common_year(calendar) in expected:
                rows[calendar] += count
    best = max(rows.values())
    fitting = tuple(calendar for calendar, count in rows.items() if count and count >= 0.8 * best)
    if not fitting:
        return Calendar("", (), 0.0)
    return Calendar(fitting[0] if len(fitting) == 1 else "ambiguous", fitting, best / total)


def day_first(times: Iterable[WrittenTime]) -> str:
    """Return `day`, `month` or `ambiguous`: what stands first in slashed dates; '' without such
    dates."""
    forms = {time.form for time in times}
    if not forms & {"dd/mm/yyyy", "mm/dd/yyyy"}:
        return ""
    if "mm/dd/yyyy" in forms:
        return "month"
    days = [time.day or 0 for time in times if time.form == "dd/mm/yyyy"]
    return "day" if any(day > 12 for day in days) else "ambiguous"
