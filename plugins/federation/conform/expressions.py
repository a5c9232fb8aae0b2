"""DuckDB expressions that read one declared fact each: times, numbers, text.

Every function takes SQL text and returns SQL text. A value that cannot be read becomes NULL, never
an error: the caller compares with the raw value and gives the record the reason
`unreadable:<column>`. Text arrives trimmed and Thai-normalised (see `stream.Normal`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from federation.common.sql import literal
from federation.contracts.vocabulary import (
    CALENDARS,
    THAI_DIGITS,
    THAI_MONTHS,
    ZONES_UTC_OFFSET_HOURS,
)

_MINUTE_US, _HOUR_US = 60_000_000, 3_600_000_000
# Milliseconds outside these years are no date of ours but another unit (seconds, microseconds).
_EPOCH_MS_1900, _EPOCH_MS_2100 = -2208988800000, 4102444800000


def without_markers(raw: str, markers: Sequence[Any], text: bool) -> str:
    """Return `raw`, or NULL where it is one of the city's markers for a missing value.

    Not-a-number is one however it is written: `.nan`, or the text.
    """
    of_type = [marker for marker in markers if isinstance(marker, str) == text]
    if text:
        of_type.append("")
    elif any(str(marker).lower() == "nan" for marker in markers):
        of_type = [*(marker for marker in of_type if marker == marker), float("nan")]
    if not of_type:
        return raw
    return f"CASE WHEN {raw} NOT IN ({', '.join(map(literal, of_type))}) THEN {raw} END"


def arabic_digits(text: str) -> str:
    """Return text with Thai digits written as Arabic ones."""
    return f"translate({text}, '{THAI_DIGITS}', '0123456789')"


# -- numbers ---------------------------------------------------------------------------------------


def number(raw: str, *, text: bool, thousands: str = "") -> str:
    """Return a finite DOUBLE.

    Thousands separators must stand where they belong («1,23» is unreadable).
    """
    if not text:
        return f"CASE WHEN isfinite(CAST({raw} AS DOUBLE)) THEN CAST({raw} AS DOUBLE) END"
    if thousands:
        mark = literal(thousands)
        grouped = rf"regexp_full_match({raw}, '-?(\d+|\d{{1,3}}({thousands}\d{{3}})+)(\.\d+)?')"
        raw = f"CASE WHEN {grouped} THEN replace({raw}, {mark}, '') END"
    value = f"TRY_CAST({raw} AS DOUBLE)"
    return f"CASE WHEN isfinite({value}) THEN {value} END"


def in_unit(value: str, factor: float) -> str:
    """Return `value` times `factor`, keeping six decimals of the source's unit.

    Without the rounding 0.028 ppm is 28.000000000000004 ppb.
    """
    if factor == 1:
        return value
    decimals = max(0, 6 - len(f"{factor:.0f}") + 1) if factor > 1 else 6
    return f"round(({value}) * {factor!r}, {decimals})"


def added_up(values: Sequence[str]) -> str:
    """Return the sum, to six decimals; NULL where one of the values is."""
    return f"round({' + '.join(f'({value})' for value in values)}, 6)"


def whole(value: str) -> str:
    """Return a BIGINT, or NULL where the number has a fraction."""
    return f"CASE WHEN {value} = trunc({value}) THEN TRY_CAST({value} AS BIGINT) END"


# -- words -----------------------------------------------------------------------------------------


def translated(raw: str, words: Mapping[str, str]) -> str:
    """Return the word that stands for `raw`, or NULL where none does."""
    whens = [f"WHEN {literal(word)} THEN {literal(meaning)}" for word, meaning in words.items()]
    return f"CASE {raw} {' '.join(whens)} END"


# -- times: each returns a local TIMESTAMP without a zone ------------------------------------------


def local_time(form: str, raws: Sequence[str], *, calendar: str, zone: str) -> str:
    """Return the local time that the columns `raws` state in the declared format.

    Raises KeyError for a format outside the vocabulary.
    """
    era = CALENDARS[calendar]
    return _FORMATS[form](raws, era, _offset_microseconds(zone))


def _instant(raws: Sequence[str], era: int, offset: int) -> str:
    return f"TRY(make_timestamp(epoch_us({raws[0]}) + {offset}))"


def _naive(raws: Sequence[str], era: int, offset: int) -> str:
    return f"TRY(CAST({raws[0]} AS TIMESTAMP))"


def _epoch_ms(raws: Sequence[str], era: int, offset: int) -> str:
    raw = raws[0]
    plausible = f"{raw} BETWEEN {_EPOCH_MS_1900} AND {_EPOCH_MS_2100}"
    return f"CASE WHEN {plausible} THEN make_timestamp({raw} * 1000 + {offset}) END"


def _iso8601(raws: Sequence[str], era: int, offset: int) -> str:
    raw, hours = raws[0], offset // _HOUR_US
    is_local = (
        f"length({raw}) = 10 OR (length({raw}) = 25 AND substr({raw}, 20) = '{hours:+03d}:00')"
    )
    other = f"make_timestamp(epoch_us(TRY_CAST({raw} AS TIMESTAMPTZ)) + {offset})"
    return (
        f"CASE WHEN {is_local} THEN TRY_CAST(substr({raw}, 1, 19) AS TIMESTAMP) "
        rf"WHEN regexp_matches({raw}, '(Z|[+-]\d\d:?\d\d)$') THEN {other} END"
    )


def _slashed(raws: Sequence[str], era: int, offset: int) -> str:
    raw = " || ' ' || ".join(raws)
    parts = [
        _int(raw, 7, 4) + f" - {era}",
        _int(raw, 4, 2),
        _int(raw, 1, 2),
        _int(raw, 12, 2),
        _int(raw, 15, 2),
    ]
    shaped = rf"regexp_full_match({raw}, '\d\d/\d\d/\d{{4}} \d\d:\d\d')"
    return f"CASE WHEN {shaped} THEN {_minute_of_day(*parts)} END"


def _slashed_date(raws: Sequence[str], era: int, offset: int) -> str:
    return _slashed([f"({raws[0]} || ' 00:00')"], era, offset)


def _thai_short(raws: Sequence[str], era: int, offset: int) -> str:
    word = f"string_split({raws[0]}, ' ')"
    time = raws[1] if len(raws) > 1 else "'00:00'"
    parts = [
        _two_digit_be_year(f"{word}[3]"),
        _month(f"{word}[2]"),
        _digits(f"{word}[1]"),
        _int(time, 1, 2),
        _int(time, 4, 2),
    ]
    shaped = rf"len({word}) = 3 AND regexp_matches({time}, '^\d\d:\d\d($|[^0-9:])')"
    return f"CASE WHEN {shaped} THEN {_minute_of_day(*parts)} END"


def _minute_of_day(year: str, month: str, day: str, hour: str, minute: str) -> str:
    # Where hours are counted from 1, 24:00 is 00:00 of the next day.
    is_24 = f"{hour} = 24 AND {minute} = 0"
    first = f"make_timestamp({year}, {month}, {day}, 0, 0, 0.0) + INTERVAL 1 DAY"
    other = f"make_timestamp({year}, {month}, {day}, {hour}, {minute}, 0.0)"
    return f"TRY(CASE WHEN {is_24} THEN {first} ELSE {other} END)"


def _thai_month(raws: Sequence[str], era: int, offset: int) -> str:
    word = f"string_split({raws[0]}, ' ')"
    return (
        f"CASE WHEN len({word}) = 2 THEN TRY(make_timestamp({_two_digit_be_year(f'{word}[2]')}, "
        f"{_month(f'{word}[1]')}, 1, 0, 0, 0.0)) END"
    )


def _year(raws: Sequence[str], era: int, offset: int) -> str:
    return f"TRY(make_timestamp({_four_digits(raws[0])} - {era}, 1, 1, 0, 0, 0.0))"


def _two_digit_year(raws: Sequence[str], era: int, offset: int) -> str:
    return f"TRY(make_timestamp({_two_digit_be_year(raws[0])}, 1, 1, 0, 0, 0.0))"


def _year_month(raws: Sequence[str], era: int, offset: int) -> str:
    year, month = _four_digits(raws[0]), _digits(raws[1])
    return f"TRY(make_timestamp({year} - {era}, {month}, 1, 0, 0, 0.0))"


def _fiscal_month(raws: Sequence[str], era: int, offset: int) -> str:
    year, month = _four_digits(raws[0]), _digits(raws[1])
    calendar_month = f"(({month} + 8) % 12 + 1)"  # month 1 is October
    calendar_year = f"({year} - {era} - CASE WHEN {month} <= 3 THEN 1 ELSE 0 END)"
    return (
        f"CASE WHEN {month} BETWEEN 1 AND 12 THEN "
        f"TRY(make_timestamp({calendar_year}, {calendar_month}, 1, 0, 0, 0.0)) END"
    )


def _digits(value: str) -> str:
    # A cast alone would read 1.6 as 2 and take signs and blanks.
    return (
        rf"CASE WHEN regexp_full_match(CAST({value} AS VARCHAR), '\d{{1,4}}') THEN CAST({value} "
        r"AS INTEGER) END"
    )


def _four_digits(value: str) -> str:
    # A year of fewer digits is another format; taken as it is, 36 B.E. would lie before Christ.
    return (
        rf"CASE WHEN regexp_full_match(CAST({value} AS VARCHAR), '\d{{4}}') THEN CAST({value} AS "
        r"INTEGER) END"
    )


def _int(text: str, start: int, length: int) -> str:
    return f"TRY_CAST(substr({text}, {start}, {length}) AS INTEGER)"


def _month(name: str) -> str:
    return f"nullif(list_position([{', '.join(map(literal, THAI_MONTHS))}], {name}), 0)"


def _two_digit_be_year(text: str) -> str:
    # All two-digit years mean 25xx; a four-digit year here is another format, so unreadable.
    return f"CASE WHEN length({text}) = 2 THEN 2500 - 543 + {_digits(text)} END"


def _offset_microseconds(zone: str) -> int:
    return ZONES_UTC_OFFSET_HOURS[zone] * _HOUR_US


_FORMATS: dict[str, Callable[[Sequence[str], int, int], str]] = {
    "instant": _instant,
    "local_timestamp": _naive,
    "date": _naive,
    "epoch_ms": _epoch_ms,
    "iso8601": _iso8601,
    "dd/mm/yyyy": _slashed_date,
    "dd/mm/yyyy hh:mi": _slashed,
    "d mon yy": _thai_short,
    "d mon yy hh:mi": _thai_short,
    "mon yy": _thai_month,
    "year": _year,
    "yy": _two_digit_year,
    "year month": _year_month,
    "fiscal_year fiscal_month": _fiscal_month,
    "partition": _iso8601,
}


def as_instant(local: str, zone: str) -> str:
    """Return the UTC TIMESTAMPTZ of a local TIMESTAMP."""
    return f"TRY(make_timestamptz(epoch_us({local}) - {_offset_microseconds(zone)}))"


def on_the_hour(instant: str) -> str:
    """Return the nearest hour of a TIMESTAMPTZ that is at most a minute off, else what it is.

    Times that went through a spreadsheet's days come a microsecond or a second early: what is taken
    at 09:59:59.999999 belongs to 10:00.
    """
    given = f"epoch_us({instant})"
    hour = f"(({given} + {_HOUR_US // 2}) // {_HOUR_US}) * {_HOUR_US}"
    return (
        f"CASE WHEN abs({given} - {hour}) BETWEEN 1 AND {_MINUTE_US} "
        f"THEN make_timestamptz({hour}) ELSE {instant} END"
    )


def as_month(local: str) -> str:
    """Return the DATE of the first day of the month of a local TIMESTAMP."""
    return f"CAST(date_trunc('month', {local}) AS DATE)"


def as_day(local: str) -> str:
    """Return the DATE of a local TIMESTAMP."""
    return f"CAST({local} AS DATE)"


def as_year(local: str) -> str:
    """Return the CE year of a local TIMESTAMP as INTEGER."""
    return f"CAST(year({local}) AS INTEGER)"
