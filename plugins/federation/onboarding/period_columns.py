"""How a draft reads times: the hour, the day, the month or the year of a record."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from federation.conform.profile.texts import ARABIC
from federation.contracts.vocabulary import THAI_DIGITS
from federation.datasets.suites import NationalColumn
from federation.onboarding.column_draft import ColumnDraft, which_column
from federation.onboarding.delivered_fields import DeliveredField, SampleLayout, month_of
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
    """A field of times, and their grain: `clock`, `day`, `month` or `year`."""

    field: DeliveredField
    grain: str
    times: Times | None

    @property
    def given(self) -> float:
        """The share of rows with a value."""
        leaf = self.field.leaf
        return leaf.given / leaf.rows if leaf.rows else 0.0


def timed(fields: Sequence[DeliveredField]) -> list[Timed]:
    """Return the fields that say times, those with the most values first."""
    candidates = [_timed(field) for field in fields if not field.measure and not field.attribute]
    times = [time for time in candidates if time]
    return sorted(times, key=lambda time: -round(time.given, 2))


def _timed(field: DeliveredField) -> Timed | None:
    leaf = field.leaf
    if leaf.is_time:
        is_day = leaf.type.startswith("date") or _whole_days(field)
        return Timed(field, "day" if is_day else "clock", None)
    if leaf.is_number and leaf.says("time_format") == "epoch_ms":
        return Timed(field, "clock", None)
    if leaf.is_number and not field.header.concepts & {"year", "fiscal", "date"}:
        return None
    return _timed_by_form(field)


def _timed_by_form(field: DeliveredField) -> Timed | None:
    readings = time_readings(field, day=True)
    if not readings:
        return None
    times = times_of(field.leaf.words) if field.leaf.is_text else None
    form = times.form if times else str(readings[0].facts["format"])
    grain = _grain(form)
    if grain == "year" and not field.header.concepts & {"year", "fiscal"}:
        return None
    if grain and times and times.has_clock:
        grain = "clock"
    return Timed(field, grain, times) if grain else None


def _grain(form: str) -> str:
    """Return how fine a form of writing is, '' for an unknown form."""
    for grain, forms in (("year", _YEARS), ("month", _MONTHS), ("day", _DAYS)):
        if form in forms:
            return grain
    return ""


def _whole_days(field: DeliveredField) -> bool:
    """Whether every time that the files show is midnight."""
    moments = [value for span in field.leaf.spans for value in span]
    return bool(moments) and all(value % _DAY_US == 0 for value in moments)


def draft_period(
    national: NationalColumn,
    times: Sequence[Timed],
    fields: Sequence[DeliveredField],
    layout: SampleLayout,
    period: str,
) -> ColumnDraft | None:
    """Return the draft of a national time column.

    It is None where no field holds it, and has no reading where its column is asked for.
    """
    reported = national.name.startswith("reported")
    candidates = [time for time in times if _is_reported(time.field) == reported]
    if layout.kind == "months":
        years = _of_grain(candidates, "year")
        readings = [_year_of_months(year, layout, period) for year in years]
        return _draft(national, readings, candidates)
    if national.type == "TIMESTAMPTZ":
        clocks = [field for field in fields if _is_reported(field) == reported and is_clock(field)]
        return _hours(national, candidates, clocks)
    if national.type == "INTEGER":
        return _years(national, candidates, period)
    return _days(national, candidates, fields)


def _is_reported(field: DeliveredField) -> bool:
    return "reported" in field.header.concepts


def _of_grain(times: Sequence[Timed], *grains: str) -> list[Timed]:
    return [time for time in times if time.grain in grains]


def _draft(
    national: NationalColumn, readings: Sequence[Reading], candidates: Sequence[Timed]
) -> ColumnDraft | None:
    """Return the draft with its readings; without any, a needed column is asked for."""
    if readings:
        return ColumnDraft(national.name, tuple(readings))
    if not national.key and not national.period:
        return None
    question = which_column(national.name, "", [(time.field.label, 0.3) for time in candidates])
    return ColumnDraft(national.name, (), {"physicalName": question})


def _asked(draft: ColumnDraft | None, rivals: Sequence[DeliveredField]) -> ColumnDraft | None:
    """Ask which of several columns is meant, when they say equally much."""
    labels = list(dict.fromkeys(field.label for field in rivals))
    if draft is None or len(labels) < 2 or "physicalName" in draft.asks:
        return draft
    options = [(label, 1 / len(labels)) for label in labels]
    return draft.asking(physicalName=which_column(draft.name, "", options))


def _fullest(times: Sequence[Timed], *liked: str) -> list[Timed]:
    """Return the fields with about as many values as the first.

    Of these only the ones with a liked concept in their header, where any has.
    """
    if not times:
        return []
    full = [time for time in times if time.given >= times[0].given - 0.01]
    named = [time for time in full if time.field.header.concepts & set(liked)]
    return named or full


# -- hours -----------------------------------------------------------------------------------------


def _hours(
    national: NationalColumn, candidates: Sequence[Timed], clocks: Sequence[DeliveredField]
) -> ColumnDraft | None:
    clocked = _fullest(_of_grain(candidates, "clock"), *_MOMENTS)
    if clocked:
        top = [time.field for time in clocked if not time.field.inside]
        top = top or [time.field for time in clocked]
        return _asked(_draft(national, time_readings(top[0], day=False), candidates), top)
    days = _fullest(_of_grain(candidates, "day"), "occurred", "observed", "date")
    if not days:
        return _draft(national, (), candidates)
    day = days[0]
    readings = _with_clock(day, clocks[0]) if clocks else time_readings(day.field, day=True)
    draft = _asked(_draft(national, readings, candidates), [day.field for day in days])
    return _asked(draft, clocks)


def is_clock(field: DeliveredField) -> bool:
    """Whether a column says times of day: hh:mi, or hours as numbers behind such a name."""
    leaf = field.leaf
    if field.measure or field.attribute:
        return False
    if leaf.is_number:
        least, _, greatest = leaf.span
        return field.header.concepts == {"hour"} and least >= 0 and greatest <= 23
    words = leaf.words
    rows = sum(rows for word, rows in words.items() if _CLOCK.fullmatch(word.translate(ARABIC)))
    total = sum(words.values())
    return total > 0 and rows > 0.9 * total


def _with_clock(day: Timed, clock: DeliveredField) -> list[Reading]:
    """Return the readings of a day and a time of day in two columns."""
    both = (day.field.column, clock.column)
    direct = _formats_of_both(day, clock)
    if direct:
        return [Reading(both, "", facts) for facts in direct]
    readings = []
    for date, era in _as_dates(day):
        facts = {"format": "dd/mm/yyyy hh:mi", "calendar": era}
        readings.append(Reading(both, f"{date} || ' ' || {_clock_sql(clock)}", facts))
    return readings


def _formats_of_both(day: Timed, clock: DeliveredField) -> list[dict[str, Any]]:
    """Return the facts of formats of the vocabulary that read both columns as they are."""
    times = day.times
    if times is None or day.field.transform or times.full_names or not _is_full_clock(clock):
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


def _is_full_clock(clock: DeliveredField) -> bool:
    words = clock.leaf.words
    return clock.leaf.is_text and all(
        _FULL_CLOCK.fullmatch(word.translate(ARABIC)) for word in words
    )


def _has_thai(field: DeliveredField) -> bool:
    return any(sign in THAI_DIGITS for word in field.leaf.words for sign in word)


def _as_dates(day: Timed) -> list[tuple[str, str]]:
    """Return (SQL of the day as dd/mm/yyyy, calendar) for each way to read it."""
    source = source_of(day.field)
    if day.times is None:
        return [(f"strftime({source}, '%d/%m/%Y')", "CE")]
    return [
        (f"({rewritten(source, form, day.times, era)})", era[:2])
        for form in forms_of(day.times)
        for era in day.times.calendars
    ]


def _clock_sql(clock: DeliveredField) -> str:
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
    national: NationalColumn, candidates: Sequence[Timed], fields: Sequence[DeliveredField]
) -> ColumnDraft | None:
    by_month = national.precision == "month"
    grains = ("clock", "day", "month") if by_month else ("clock", "day")
    days = _fullest(_of_grain(candidates, *grains), "date", "month", "start", "observed")
    if not days:
        pair = _year_and_month(candidates, fields) if by_month else []
        return _draft(national, pair, candidates)
    starts = [day for day in days if "end" not in day.field.header.concepts]
    chosen = (starts or days)[0].field
    draft = _draft(national, time_readings(chosen, day=True), candidates)
    return draft if starts else _asked(draft, [day.field for day in days])


def _year_and_month(candidates: Sequence[Timed], fields: Sequence[DeliveredField]) -> list[Reading]:
    """Return the readings of a year and a month in two columns."""
    years = _fullest(_of_grain(candidates, "year"), "fiscal", "year")
    months = [field for field in fields if _is_month_number(field)]
    if not years or not months:
        return []
    year, month = years[0].field, months[0]
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


def _is_month_number(field: DeliveredField) -> bool:
    return "month" in field.header.concepts and field.is_figures and not field.measure


def _format_of_pair(is_fiscal: bool) -> str:
    return "fiscal_year fiscal_month" if is_fiscal else "year month"


def _year_of_months(year: Timed, layout: SampleLayout, period: str) -> Reading:
    """Return the reading of a year whose months are columns."""
    starts_in_october = month_of(layout.months[0]) == 10
    named = "fiscal" in year.field.header.concepts or period == "fiscal_year"
    facts = {**time_readings(year.field, day=True)[0].facts}
    facts["format"] = _format_of_pair(named or starts_in_october)
    return Reading((year.field.column,), "", facts)


def _years(
    national: NationalColumn, candidates: Sequence[Timed], period: str
) -> ColumnDraft | None:
    years = _fullest(_of_grain(candidates, "year"), "year")
    days = _fullest(_of_grain(candidates, "day", "clock"), "as_of", "date")
    chosen = [time.field for time in years or days]
    if chosen:
        draft = _draft(national, time_readings(chosen[0], day=True), candidates)
        return _asked(draft, chosen)
    if period == "year":
        return ColumnDraft(national.name, (Reading((), "", {"format": "partition"}),))
    return _draft(national, (), candidates)
