"""Thailand's working days: neither weekend nor a holiday of government offices."""

from datetime import date, timedelta

from federation.reference.holiday_calendar import holidays_of


def working_day(day: date) -> date:
    """Return the day itself, or the next that is a working day."""
    while day.isoweekday() > 5 or _is_closed(day):
        day += timedelta(days=1)
    return day


def working_days_after(day: date, count: int) -> date:
    """Return the last of that many working days after a day."""
    for _ in range(count):
        day = working_day(day + timedelta(days=1))
    return day


def _is_closed(day: date) -> bool:
    entry = holidays_of(day.year).get(day)
    return entry is not None and entry.is_government_holiday
