"""The hub's local time, and which local days a row is about, as SQL."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from federation.common.errors import HubError
from federation.common.sql import Sql, compose, literal

BANGKOK = ZoneInfo("Asia/Bangkok")


def today() -> date:
    """Return the local day (Asia/Bangkok)."""
    return datetime.now(BANGKOK).date()


def shown(instant: datetime | str) -> str:
    """Return an instant as people see it: local time (Asia/Bangkok) to the minute; whoever shows
    it says so."""
    if isinstance(instant, str):
        instant = datetime.fromisoformat(instant)
    return f"{instant.astimezone(BANGKOK):%Y-%m-%d %H:%M}"


# A clock may be this much ahead of ours, in another time zone than it says.
_AHEAD = timedelta(days=1)
_FIRST = datetime(1990, 1, 1, tzinfo=UTC)  # no platform is older


def is_possible(stated: datetime, seen_at: datetime) -> bool:
    """Return whether a file seen at an instant may have been changed at the stated one.

    A year of the Buddhist era, a clock of 2035 and the first second of 1970 are not possible.
    """
    return _FIRST <= stated <= seen_at + _AHEAD


def day_of(text: str, where: str) -> date:
    """Return a local day written as ISO 8601 (CE).

    Raises HubError, which names `where` it stands, for anything else.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise HubError(
            f"{text!r} is no date", where=where, todo="write it as 2026-05-31"
        ) from error


def days(value: Sql, column: str, kind: str) -> tuple[Sql, Sql]:
    """Return SQL for the first and the last day that `value`, of a column with this name and
    type, stands for.

    A year is all its days, a `month` (the date of its first day) all of them; Thailand has kept
    UTC+7 since 1920.
    """
    if kind.startswith("TIMESTAMP"):
        instant = "CAST(make_timestamp(epoch_us({value}) + 25200000000) AS DATE)"
        day = compose(instant, value=value)
        return day, day
    if kind == "DATE":
        return value, compose("last_day({value})", value=value) if column == "month" else value
    return _day_of_year(value, 1, 1), _day_of_year(value, 12, 31)


def _day_of_year(year: Sql, month: int, day: int) -> Sql:
    template = "make_date(CAST({year} AS INTEGER), {month}, {day})"
    return compose(template, year=year, month=literal(month), day=literal(day))


def period_end(kind: Sql, start: Sql) -> Sql:
    """Return SQL for the day after an indicator's period.

    A kind that is no month or quarter is a year long.
    """
    template = """
        CAST({start} + CASE {kind}
            WHEN 'month' THEN INTERVAL 1 MONTH
            WHEN 'quarter' THEN INTERVAL 3 MONTH
            ELSE INTERVAL 1 YEAR
        END AS DATE)
    """
    return compose(template, kind=kind, start=start)
