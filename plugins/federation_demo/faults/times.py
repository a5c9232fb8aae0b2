"""Faults of calendars, ways of writing times, and zones."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from federation.conform.sandbox.job import ExpectedColumn
from federation.contracts.vocabulary import THAI_MONTHS

from federation_demo.faults.kinds import EITHER, REJECTED, fault
from federation_demo.faults.native import Change, Native, Rows

ERA = 543
_CALENDAR = "other_calendar other_time_format readable_share unreadable outside_partition"


def _period(native: Native) -> ExpectedColumn | None:
    for entry in native.expected_columns():
        if entry.kind == "time" and entry.format != "partition":
            return entry
    return None


def _years_moved(native: Native, by: int, where: Rows | None = None) -> Native | None:
    promise = _period(native)
    return native.change(promise, _moved(promise, by), where) if promise else None


def _moved(promise: ExpectedColumn, by: int) -> Change:
    """Return a change of the year in a delivered time, whatever its type."""

    def moved(value: Any) -> Any:
        if isinstance(value, (date, datetime)):
            return value.replace(year=value.year + by, day=min(value.day, 28))
        if isinstance(value, int) and promise.format == "epoch_ms":
            moment = _moment(value)
            there = moment.replace(year=moment.year + by, day=min(moment.day, 28))
            return value + round((there - moment) / timedelta(milliseconds=1))
        if isinstance(value, int):
            return value + by
        return _year_in(value, by) if isinstance(value, str) else value

    return moved


def _year_in(text: str, by: int) -> str:
    """Return the text with its year moved, in the digits that it has."""
    is_thai = any("๐" <= sign <= "๙" for sign in text)
    plain = text.translate(_TO_ARABIC)
    if re.search(r"\d{4}", plain):
        plain = re.sub(r"\d{4}", lambda year: str(int(year[0]) + by), plain, count=1)
    else:
        plain = re.sub(r"\d\d$", lambda year: f"{(int(year[0]) + by) % 100:02}", plain)
    return plain.translate(_TO_THAI) if is_thai else plain


_TO_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_TO_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_TYPED = ("instant", "local_timestamp", "date", "epoch_ms")


def _other_era(native: Native) -> int:
    promise = _period(native)
    is_buddhist = promise and promise.calendar == "BE" and promise.format not in _TYPED
    return -ERA if is_buddhist else ERA


@fault("calendar", _CALENDAR, REJECTED)
def other_era(native: Native) -> Native | None:
    """Years are of the other era: CE where BE is promised, or the reverse."""
    return _years_moved(native, _other_era(native))


@fault("calendar", _CALENDAR, EITHER)
def other_era_in_some_rows(native: Native) -> Native | None:
    """One row in ten has its year in the other era."""
    if len(native.table) < 20:
        return None
    return _years_moved(native, _other_era(native), native.some(0.1))


@fault("calendar", _CALENDAR, REJECTED)
def another_year(native: Native) -> Native | None:
    """The file holds another year than its name says."""
    years = native.partition.end.year - native.partition.start.year
    return _years_moved(native, -7 if years < 5 else -40)


@fault("calendar", _CALENDAR, REJECTED)
def two_digit_years(native: Native) -> Native | None:
    """Years of four digits are cut to two."""
    promise = _period(native)
    if promise is None or promise.format not in ("dd/mm/yyyy", "dd/mm/yyyy hh:mi", "year"):
        return None
    return native.change(promise, _cut)


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub(r"\d\d(\d\d)", r"\1", value, count=1)
    return value % 100


@fault("calendar", _CALENDAR, REJECTED)
def four_digit_years(native: Native) -> Native | None:
    """Years of two digits are written in full."""
    promise = _period(native)
    if promise is None or promise.format not in ("d mon yy", "d mon yy hh:mi", "mon yy", "yy"):
        return None
    return native.change(promise, lambda text: re.sub(r"(\S\S)$", r"25\1", text))


@fault("calendar", _CALENDAR, REJECTED)
def month_before_day(native: Native) -> Native | None:
    """Slashed dates have the month first."""
    promise = _period(native)
    if promise is None or not promise.format.startswith("dd/mm") or len(native.table) < 40:
        return None
    return native.change(promise, lambda text: re.sub(r"^(\d\d)/(\d\d)", r"\2/\1", text))


@fault("calendar", _CALENDAR, REJECTED)
def iso_dates(native: Native) -> Native | None:
    """Dates are written yyyy-mm-dd."""
    promise = _period(native)
    if promise is None or not promise.format.startswith("dd/mm"):
        return None
    return native.change(promise, lambda text: re.sub(r"^(\d\d)/(\d\d)/(\d{4})", r"\3-\2-\1", text))


@fault("calendar", _CALENDAR, REJECTED)
def english_months(native: Native) -> Native | None:
    """Thai names of months are English."""
    promise = _period(native)
    if promise is None or "mon" not in promise.format:
        return None
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    english = dict(zip(THAI_MONTHS, names, strict=True))

    def translated(text: str) -> str:
        return " ".join(english.get(word, word) for word in text.split(" "))

    return native.change(promise, translated)


@fault("calendar", _CALENDAR, REJECTED)
def seconds_for_milliseconds(native: Native) -> Native | None:
    """Epochs count seconds instead of milliseconds."""
    promise = _period(native)
    if promise is None or promise.format != "epoch_ms":
        return None
    return native.change(promise, lambda value: value // 1000)


# -- zones -----------------------------------------------------------------------------------------


def _shifted(native: Native, hours: int) -> Native | None:
    promise = _period(native)
    if promise is None or native.feed.dataset == "road_accidents":
        # a year of accidents has too few at its ends, and no daily cycle in generated data
        return None
    formats: dict[str, Callable[[Any, int], Any]] = {
        "instant": _shift_time,
        "local_timestamp": _shift_time,
        "epoch_ms": _shift_epoch,
        "iso8601": _shift_iso,
        "dd/mm/yyyy hh:mi": _shift_slashed,
    }
    if promise.format not in formats:
        return None
    changed = native.change(promise, lambda value: formats[promise.format](value, hours))
    return changed if _leaves_the_period(native, promise, hours) else None


def _leaves_the_period(native: Native, promise: ExpectedColumn, hours: int) -> bool:
    """Whether a time moves out of the period: the first month of a collector may begin late."""
    if promise.is_day or hours > 0:
        return True
    moments: list[datetime] = []

    def note(value: Any) -> Any:
        moments.append(_moment(value))
        return value

    native.change(promise, note)
    first = datetime.combine(native.partition.start, datetime.min.time())
    return min(moments) <= first + timedelta(hours=7)


def _moment(value: Any) -> datetime:
    """Return the time of a delivered value, without its zone."""
    if isinstance(value, date):
        return datetime.fromisoformat(value.isoformat()).replace(tzinfo=None)
    if isinstance(value, int):
        return datetime(1970, 1, 1) + timedelta(milliseconds=value)
    if "/" in value:
        day_and_month, year, clock = value[:6], int(value[6:10]) - ERA, value[10:]
        return datetime.strptime(f"{day_and_month}{year}{clock}", "%d/%m/%Y %H:%M")
    return datetime.fromisoformat(value).replace(tzinfo=None)


def _shift_time(value: datetime, hours: int) -> datetime:
    return value + timedelta(hours=hours)


def _shift_epoch(value: int, hours: int) -> int:
    return value + hours * 3_600_000


def _shift_iso(value: str, hours: int) -> str:
    moment = datetime.fromisoformat(value) + timedelta(hours=hours)
    return moment.isoformat()


def _shift_slashed(value: str, hours: int) -> str:
    moment = _moment(value) + timedelta(hours=hours)
    year = moment.year + ERA
    return f"{moment:%d/%m}/{year} {moment:%H:%M}"


_ZONE = "time_zone_shift time_zone_slip hours_beyond_the_month other_time_format"


@fault("value", _ZONE, EITHER)
def utc_for_local_time(native: Native) -> Native | None:
    """All times are seven hours early: UTC written as local time."""
    return _shifted(native, -7)


@fault("value", _ZONE, EITHER)
def local_time_for_utc(native: Native) -> Native | None:
    """All times are seven hours late: local time written as UTC."""
    return _shifted(native, 7)
