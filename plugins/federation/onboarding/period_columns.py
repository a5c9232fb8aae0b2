"""Which columns say when: the hour, the day, the month or the year of a record."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from federation.conform.profile.texts import ARABIC
from federation.contracts.vocabulary import THAI_DIGITS
from federation.datasets.suites import NationalColumn
from federation.onboarding.entries import Entry, which_column
from federation.onboarding.items import Item, SampleLayout, month_of
from federation.onboarding.readings import (
    Reading,
    Times,
    forms_of,
    is_exact,
    rewritten,
    source_of,
    time_readings,
    times_of,
)

_CLOCK = re.compile(r"\d{1,2}[:.]\d\d\b.*")
_FULL_CLOCK = re.compile(r"\d\d:\d\d($|[^0-9:].*)")
_DAYS = {
    "iso8601",
    "dd/mm/yyyy",
    "mm/dd/yyyy",
    "dd-mm-yyyy",
    "dd.mm.yyyy",
    "yyyy/mm/dd",
    "yyyymmdd",
    "d mon yy",
    "d month yyyy",
}
_MONTHS = {"mon yy", "mon yyyy", "yyyy-mm"}
_YEARS = {"year", "yy"}
_MOMENTS = ("observed", "occurred", "date", "time", "reported")
_DAY_US = 86_400_000_000


@dataclass(frozen=True)
class Timed:
    """An item that says times, and how fine they are: `clock`, `day`, `month` or `year`."""

    item: Item
    grain: str
    times: Times | None

    @property
    def given(self) -> float:
        """The share of rows with a value."""
        leaf = self.item.leaf
        return leaf.given / leaf.rows if leaf.rows else 0.0


def timed(items: Sequence[Item]) -> list[Timed]:
    """Return the items that say times, those with the most values first."""
    times = [_timed(item) for item in items if not item.measure and not item.attribute]
    return sorted((time for time in times if time), key=lambda time: -round(time.given, 2))


def _timed(item: Item) -> Timed | None:
    leaf = item.leaf
    if leaf.is_time:
        is_day = leaf.type.startswith("date") or _whole_days(item)
        return Timed(item, "day" if is_day else "clock", None)
    if leaf.is_number and leaf.says("time_format") == "epoch_ms":
        return Timed(item, "clock", None)
    if leaf.is_number and not item.header.concepts & {"year", "fiscal", "date"}:
        return None
    return _timed_by_form(item)


def _timed_by_form(item: Item) -> Timed | None:
    readings = time_readings(item, day=True)
    if not readings:
        return None
    times = times_of(item.leaf.words) if item.leaf.is_text else None
    form = times.form if times else str(readings[0].facts["format"])
    grain = _grain(form)
    if grain == "year" and not item.header.concepts & {"year", "fiscal"}:
        return None
    if grain and times and times.has_clock:
        grain = "clock"
    return Timed(item, grain, times) if grain else None


def _grain(form: str) -> str:
    """Return how fine a form of writing is, '' for an unknown form."""
    for grain, forms in (("year", _YEARS), ("month", _MONTHS), ("day", _DAYS)):
        if form in forms:
            return grain
    return ""


def _whole_days(item: Item) -> bool:
    """Whether every time that the files show is midnight."""
    moments = [value for span in item.leaf.spans for value in span]
    return bool(moments) and all(value % _DAY_US == 0 for value in moments)


def period_entry(
    national: NationalColumn,
    times: Sequence[Timed],
    items: Sequence[Item],
    layout: SampleLayout,
    period: str,
) -> Entry | None:
    """Return how a national time column is read.

    None when nothing says it, an entry without a reading when it is asked.
    """
    reported = national.name.startswith("reported")
    candidates = [time for time in times if _is_reported(time.item) == reported]
    if layout.kind == "months":
        years = _of_grain(candidates, "year")
        readings = [_year_of_months(year, layout, period) for year in years]
        return _entry(national, readings, candidates)
    if national.type == "TIMESTAMPTZ":
        clocks = [item for item in items if _is_reported(item) == reported and is_clock(item)]
        return _hours(national, candidates, clocks)
    if national.type == "INTEGER":
        return _years(national, candidates, period)
    return _days(national, candidates, items)


def _is_reported(item: Item) -> bool:
    return "reported" in item.header.concepts


def _of_grain(times: Sequence[Timed], *grains: str) -> list[Timed]:
    return [time for time in times if time.grain in grains]


def _entry(
    national: NationalColumn, readings: Sequence[Reading], candidates: Sequence[Timed]
) -> Entry | None:
    """Return the entry with its readings; without any, it asks if the column is needed."""
    if readings:
        return Entry(national.name, tuple(readings))
    if not national.key and not national.period:
        return None
    question = which_column(national.name, "", [(time.item.label, 0.3) for time in candidates])
    return Entry(national.name, (), {"physicalName": question})


def _asked(entry: Entry | None, rivals: Sequence[Item]) -> Entry | None:
    """Ask which of several columns is meant, when they say equally much."""
    labels = list(dict.fromkeys(item.label for item in rivals))
    if entry is None or len(labels) < 2 or "physicalName" in entry.asks:
        return entry
    options = [(label, 1 / len(labels)) for label in labels]
    return entry.asking(physicalName=which_column(entry.name, "", options))


def _fullest(times: Sequence[Timed], *liked: str) -> list[Timed]:
    """Return the items with about as many values as the first.

    Of these only the ones with a liked concept in their header, where any has.
    """
    if not times:
        return []
    full = [time for time in times if time.given >= times[0].given - 0.01]
    named = [time for time in full if time.item.header.concepts & set(liked)]
    return named or full


# -- hours -----------------------------------------------------------------------------------------


def _hours(
    national: NationalColumn, candidates: Sequence[Timed], clocks: Sequence[Item]
) -> Entry | None:
    clocked = _fullest(_of_grain(candidates, "clock"), *_MOMENTS)
    if clocked:
        top = [time.item for time in clocked if not time.item.inside]
        top = top or [time.item for time in clocked]
        return _asked(_entry(national, time_readings(top[0], day=False), candidates), top)
    days = _fullest(_of_grain(candidates, "day"), "occurred", "observed", "date")
    if not days:
        return _entry(national, (), candidates)
    day = days[0]
    readings = _with_clock(day, clocks[0]) if clocks else time_readings(day.item, day=True)
    entry = _asked(_entry(national, readings, candidates), [day.item for day in days])
    return _asked(entry, clocks)


def is_clock(item: Item) -> bool:
    """Whether a column says times of day: hh:mi, or hours as numbers behind such a name."""
    leaf = item.leaf
    if item.measure or item.attribute:
        return False
    if leaf.is_number:
        least, _, greatest = leaf.span
        return item.header.concepts == {"hour"} and least >= 0 and greatest <= 23
    words = leaf.words
    rows = sum(rows for word, rows in words.items() if _CLOCK.fullmatch(word.translate(ARABIC)))
    total = sum(words.values())
    return total > 0 and rows > 0.9 * total


def _with_clock(day: Timed, clock: Item) -> list[Reading]:
    """Return the readings of a day and a time of day in two columns."""
    both = (day.item.column, clock.column)
    direct = _formats_of_both(day, clock)
    if direct:
        return [Reading(both, "", facts) for facts in direct]
    readings = []
    for date, era in _as_dates(day):
        facts = {"format": "dd/mm/yyyy hh:mi", "calendar": era}
        readings.append(Reading(both, f"{date} || ' ' || {_clock_sql(clock)}", facts))
    return readings


def _formats_of_both(day: Timed, clock: Item) -> list[dict[str, Any]]:
    """Return the facts of formats of the vocabulary that read both columns as they are."""
    times = day.times
    if times is None or day.item.transform or times.full_names or not _is_full_clock(clock):
        return []
    thai = times.digits == "thai" or _has_thai(clock)
    facts: dict[str, Any] = {"digits": "thai"} if thai else {}
    if times.form == "d mon yy" and times.year_digits == 2:
        return [facts | {"format": "d mon yy hh:mi"}]
    five_signs = all(len(word) == 5 for word in clock.leaf.words)
    if times.form == "dd/mm/yyyy" and is_exact(times) and five_signs:
        facts["format"] = "dd/mm/yyyy hh:mi"
        return [facts | {"calendar": era} for era in times.calendars]
    return []


def _is_full_clock(clock: Item) -> bool:
    words = clock.leaf.words
    return clock.leaf.is_text and all(
        _FULL_CLOCK.fullmatch(word.translate(ARABIC)) for word in words
    )


def _has_thai(item: Item) -> bool:
    return any(sign in THAI_DIGITS for word in item.leaf.words for sign in word)


def _as_dates(day: Timed) -> list[tuple[str, str]]:
    """Return (SQL of the day as dd/mm/yyyy, calendar) for each way to read it."""
    source = source_of(day.item)
    if day.times is None:
        return [(f"strftime({source}, '%d/%m/%Y')", "CE")]
    return [
        (f"({rewritten(source, form, day.times, era)})", era[:2])
        for form in forms_of(day.times)
        for era in day.times.calendars
    ]


def _clock_sql(clock: Item) -> str:
    source = source_of(clock)
    if clock.leaf.is_number:
        return f"lpad(CAST({source} AS VARCHAR), 2, '0') || ':00'"
    text = f"translate({source}, '{THAI_DIGITS}', '0123456789')"
    return (
        rf"lpad(regexp_extract({text}, '^(\d{{1,2}})', 1), 2, '0') || ':' || "
        rf"regexp_extract({text}, '^\d{{1,2}}[:.](\d\d)', 1)"
    )


# -- days, months, years ---------------------------------------------------------------------------


def _days(
    national: NationalColumn, candidates: Sequence[Timed], items: Sequence[Item]
) -> Entry | None:
    by_month = national.precision == "month"
    grains = ("clock", "day", "month") if by_month else ("clock", "day")
    days = _fullest(_of_grain(candidates, *grains), "date", "month", "start", "observed")
    if not days:
        pair = _year_and_month(candidates, items) if by_month else []
        return _entry(national, pair, candidates)
    starts = [day for day in days if "end" not in day.item.header.concepts]
    chosen = (starts or days)[0].item
    entry = _entry(national, time_readings(chosen, day=True), candidates)
    return entry if starts else _asked(entry, [day.item for day in days])


def _year_and_month(candidates: Sequence[Timed], items: Sequence[Item]) -> list[Reading]:
    """Return the readings of a year and a month in two columns."""
    years = _fullest(_of_grain(candidates, "year"), "fiscal", "year")
    months = [item for item in items if _is_month_number(item)]
    if not years or not months:
        return []
    year, month = years[0].item, months[0]
    is_fiscal = "fiscal" in year.header.concepts
    readings = []
    for reading in time_readings(year, day=True):
        if reading.facts.get("format") != "year":
            continue
        facts = {**reading.facts}
        if _has_thai(month) or facts.get("digits"):
            facts["digits"] = "thai"
        facts["format"] = _format_of_pair(is_fiscal)
        readings.append(Reading((year.column, month.column), "", facts))
    return readings


def _is_month_number(item: Item) -> bool:
    return "month" in item.header.concepts and item.is_figures and not item.measure


def _format_of_pair(is_fiscal: bool) -> str:
    return "fiscal_year fiscal_month" if is_fiscal else "year month"


def _year_of_months(year: Timed, layout: SampleLayout, period: str) -> Reading:
    """Return the reading of a year whose months are columns."""
    starts_in_october = month_of(layout.months[0]) == 10
    named = "fiscal" in year.item.header.concepts or period == "fiscal_year"
    facts = {**time_readings(year.item, day=True)[0].facts}
    facts["format"] = _format_of_pair(named or starts_in_october)
    return Reading((year.item.column,), "", facts)


def _years(national: NationalColumn, candidates: Sequence[Timed], period: str) -> Entry | None:
    years = _fullest(_of_grain(candidates, "year"), "year")
    days = _fullest(_of_grain(candidates, "day", "clock"), "as_of", "date")
    chosen = [time.item for time in years or days]
    if chosen:
        entry = _entry(national, time_readings(chosen[0], day=True), candidates)
        return _asked(entry, chosen)
    if period == "year":
        return Entry(national.name, (Reading((), "", {"format": "partition"}),))
    return _entry(national, (), candidates)
