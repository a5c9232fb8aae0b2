"""Thailand's working days: neither weekend nor public holiday (`holidays` package)."""

from datetime import date, timedelta
from functools import cache


def working_day(day: date) -> date:
    """Return the day itself, or the next that is a working day."""
    while day.isoweekday() > 5 or day in _holidays(day.year):
        day += timedelta(days=1)
    return day


def working_days_after(day: date, count: int) -> date:
    """Return the last of that many working days after a day."""
    for _ in range(count):
        day = working_day(day + timedelta(days=1))
    return day


@cache
def _holidays(year: int) -> frozenset[date]:
    import holidays

    return frozenset(holidays.country_holidays("TH", years=year))
