"""The hub's local time, and which local days a row is about, as SQL."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from federation.common.errors import HubError

BANGKOK = ZoneInfo("Asia/Bangkok")


def today() -> date:
    """Return the local day (Asia/Bangkok)."""
    return datetime.now(BANGKOK).date()


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


_LENGTHS = {"month": "1 MONTH", "quarter": "3 MONTH"}


def days(value: str, column: str, kind: str) -> tuple[str, str]:
    """Return SQL for the first and the last day that `value`, of a column with this name and
    type, stands for.

    A year is all its days, a `month` (the date of its first day) all of them; Thailand has kept
    UTC+7 since 1920.
    """
    if kind.startswith("TIMESTAMP"):
        day = f"CAST(make_timestamp(epoch_us({value}) + 25200000000) AS DATE)"
        return day, day
    if kind == "DATE":
        return value, f"last_day({value})" if column == "month" else value
    return (
        f"make_date(CAST({value} AS INTEGER), 1, 1)",
        f"make_date(CAST({value} AS INTEGER), 12, 31)",
    )


def period_end(kind: str, start: str) -> str:
    """Return SQL for the day after an indicator's period.

    A kind that is no month or quarter is a year long.
    """
    cases = " ".join(f"WHEN '{name}' THEN INTERVAL {length}" for name, length in _LENGTHS.items())
    return f"CAST({start} + CASE {kind} {cases} ELSE INTERVAL 1 YEAR END AS DATE)"
