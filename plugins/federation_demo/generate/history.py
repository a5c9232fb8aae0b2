"""How far back the generated platforms go, and when each of their files was sent.

Without `Request.until` they end as the cities' real extracts do. With it they are alive: each
dataset ends with the newest period that was sent by that day, files keep the real layout, and the
histories are only as long as their use needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from federation_demo.generate.thai_text import ERA
from federation_demo.generate.world import LOCAL, Month, Request


@dataclass(frozen=True)
class Habit:
    """How a dataset is sent: what period at a time, days after its end (half of what the contracts
    allow), and how many years a platform that is alive shows."""

    months: int
    days: int
    years: int = 0


_HABITS = {
    "air_quality": Habit(1, 5),
    "road_accidents": Habit(12, 45, 2),
    "population": Habit(12, 30, 3),
    "tourism": Habit(3, 30, 3),
    "dengue_cases": Habit(1, 30, 8),
    "dengue_cases_of_years": Habit(12, 30, 8),
    "crop_production": Habit(12, 90, 4),
    "rainfall": Habit(0, 2),
}
Span = tuple[int, int]
_SENDING_HOUR = 9  # local


def year_end(year: int) -> date:
    """Return the last day of a year."""
    return date(year, 12, 31)


def fiscal_end(year: int) -> date:
    """Return the last day of a fiscal year, which bears a year of the Buddhist era."""
    return date(year - ERA, 9, 30)


def last_told(dataset: str, until: date) -> date:
    """Return the last day of the newest calendar period that was sent by a day."""
    habit = _HABITS[dataset]
    following = until - timedelta(days=habit.days) + timedelta(days=1)
    month = (following.month - 1) // habit.months * habit.months + 1
    return date(following.year, month, 1) - timedelta(days=1)


def is_told(dataset: str, request: Request, first: date) -> bool:
    """Return whether a month that begins on that day was sent already."""
    return request.until is None or first <= last_told(dataset, request.until)


def years_told(dataset: str, request: Request, real: Sequence[int]) -> list[int]:
    """Return the years of a dataset, oldest first; `real` are those of the cities' extracts."""
    if request.until is None:
        return list(real)
    last = last_told(dataset, request.until).year
    return list(range(last - _HABITS[dataset].years + 1, last + 1))


def spans_told(dataset: str, request: Request, real: Sequence[Span]) -> list[Span]:
    """Return the first and last years of files that hold several; `real` are those of the city's
    extracts, whose division is kept."""
    if request.until is None:
        return list(real)
    years = years_told(dataset, request, ())
    later = years[-1] - real[-1][1]
    moved = [(first + later, last + later) for first, last in real]
    return [(max(first, years[0]), last) for first, last in moved if last >= years[0]]


def months_told(dataset: str, request: Request, real_last: Month) -> list[Month]:
    """Return `request.months` months, the newest one last."""
    end = last_told(dataset, request.until) if request.until else real_last.first
    last = end.year * 12 + end.month - 1
    indices = range(last - request.months + 1, last + 1)
    return [Month(index // 12, index % 12 + 1) for index in indices]


def was_sent(dataset: str, last_day: date, until: date) -> bool:
    """Return whether what ended on that day was sent already."""
    return sent_on(dataset, last_day) <= until


def sent_on(dataset: str, last_day: date) -> date:
    """Return the day on which a period that ended on `last_day` is sent."""
    return last_day + timedelta(days=_HABITS[dataset].days)


def sent_at(dataset: str, last_day: date, until: date) -> datetime:
    """Return when a file was sent that is about days up to `last_day`; one of a running year was
    sent with its newest period."""
    newest = last_day if was_sent(dataset, last_day, until) else last_told(dataset, until)
    return datetime.combine(sent_on(dataset, newest), time(_SENDING_HOUR), LOCAL)
