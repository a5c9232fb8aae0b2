"""Which columns say when: the hour, the day, the month or the year of a record."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from federation.conform.profile.texts import ARABIC
from federation.contracts.vocabulary import THAI_DIGITS
from federation.datasets.suites import NationalColumn
from federation.onboarding.entries import Entry, which_column
from federation.onboarding.items import Item, LayoutFound, month_of
from federation.onboarding.readings import Reading, Times, rewritten, time_readings, times_of

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


@dataclass(frozen=True)
class Timed:
    """An item that says times, and how fine they are: `clock`, `day`, `month` or `year`."""

    item: Item
    grain: str
    times: Times | None

    @property
    def given(self) -> float:
        return self.item.leaf.given / self.item.leaf.rows if self.item.leaf.rows else 0.0


def timed(items: Sequence[Item]) -> list[Timed]:
    """Return the items that say times, those first that say them in most rows."""
    found = [
        entry
        for item in items
        if not item.measure and not item.attribute and (entry := _timed(item))
    ]
    return sorted(found, key=lambda entry: -round(entry.given, 2))


def _timed(item: Item) -> Timed | None:
    leaf, said = item.leaf, item.header.concepts
    if leaf.is_time:
        return Timed(
            item, "day" if leaf.type.startswith("date") or _whole_days(item) else "clock", None
        )
    if leaf.is_number and leaf.says("time_format") == "epoch_ms":
        return Timed(item, "clock", None)
    if leaf.is_number and not said & {"year", "fiscal", "date"}:
        return None
    readings = time_readings(item, day=True)
    times = times_of(leaf.words) if leaf.is_text else None
    form = times.form if times else str(readings[0].facts["format"]) if readings else ""
    if form in _YEARS and not said & {"year", "fiscal"}:
        return None
    grain = (
        "year" if form in _YEARS else "month" if form in _MONTHS else "day" if form in _DAYS else ""
    )
    return (
        Timed(item, "clock" if times and times.has_clock else grain, times)
        if grain and readings
        else None
    )


def _whole_days(item: Item) -> bool:
    return bool(item.leaf.spans) and all(
        value % 86_400_000_000 == 0 for span in item.leaf.spans for value in span
    )


def period_entry(
    national: NationalColumn,
    found: Sequence[Timed],
    items: Sequence[Item],
    layout: LayoutFound,
    period: str,
) -> Entry | None:
    """Return how a national time column is read.

    None when nothing says it, an entry without a reading when it is asked.
    """
    reported = national.name.startswith("reported")
    ours = [entry for entry in found if ("reported" in entry.item.header.concepts) == reported]
    if layout.kind == "months":
        return _entry(
            national,
            [_year_of_months(entry, layout, period) for entry in ours if entry.grain == "year"],
            ours,
        )
    if national.type == "TIMESTAMPTZ":
        return _hours(national, ours, items, reported)
    if national.type == "INTEGER":
        return _years(national, ours, period)
    return _days(national, ours, items)


def _entry(
    national: NationalColumn, readings: Sequence[Reading], found: Sequence[Timed]
) -> Entry | None:
    if readings:
        return Entry(national.name, tuple(readings))
    if not national.key and not national.period:
        return None
    ask = which_column(national.name, "", [(entry.item.label, 0.3) for entry in found])
    return Entry(national.name, (), {"physicalName": ask})


def _asked(entry: Entry | None, rivals: Sequence[Timed]) -> Entry | None:
    """Ask which of several columns is meant, when they say equally much."""
    labels = dict.fromkeys(rival.item.label for rival in rivals)
    if entry is None or len(labels) < 2 or "physicalName" in entry.asks:
        return entry
    share = 1 / len(labels)
    return entry.asking(
        physicalName=which_column(entry.name, "", [(label, share) for label in labels])
    )


def _equals(found: Sequence[Timed], *liked: str) -> list[Timed]:
    """Return the items that say as much as the first, those whose names speak for it where any
    does."""
    if not found:
        return []
    full = [entry for entry in found if entry.given >= found[0].given - 0.01]
    named = [entry for entry in full if entry.item.header.concepts & set(liked)]
    return named or full


# -- hours -----------------------------------------------------------------------------------------


def _hours(
    national: NationalColumn, ours: Sequence[Timed], items: Sequence[Item], reported: bool
) -> Entry | None:
    clocked = _equals(
        [entry for entry in ours if entry.grain == "clock"],
        "observed",
        "occurred",
        "date",
        "time",
        "reported",
    )
    if clocked:
        top = [entry for entry in clocked if not entry.item.inside] or clocked
        return _asked(_entry(national, time_readings(top[0].item, day=False), ours), top)
    days = _equals(
        [entry for entry in ours if entry.grain == "day"], "occurred", "observed", "date"
    )
    if not days:
        return _entry(national, (), ours) if national.key or national.period else None
    hours = [
        item
        for item in items
        if is_clock(item) and ("reported" in item.header.concepts) == reported
    ]
    readings = _with_clock(days[0], hours[0]) if hours else time_readings(days[0].item, day=True)
    return _asked(
        _asked(_entry(national, readings, ours), days),
        [Timed(item, "clock", None) for item in hours],
    )


def is_clock(item: Item) -> bool:
    """Whether a column says times of day: hh:mi, or hours as numbers behind such a name."""
    leaf = item.leaf
    if item.measure or item.attribute:
        return False
    if leaf.is_number:
        return item.header.concepts == {"hour"} and leaf.span[0] >= 0 and leaf.span[2] <= 23
    total = sum(leaf.words.values())
    shaped = sum(
        rows for word, rows in leaf.words.items() if _CLOCK.fullmatch(word.translate(ARABIC))
    )
    return bool(total) and shaped > 0.9 * total


def _with_clock(day: Timed, clock: Item) -> list[Reading]:
    times = day.times
    both = (day.item.column, clock.column)
    plain = clock.leaf.is_text and all(
        _FULL_CLOCK.fullmatch(word.translate(ARABIC)) for word in clock.leaf.words
    )
    if times and plain and not day.item.transform and not times.full_names:
        thai = "thai" in (times.digits, "thai" if _has_thai(clock) else "")
        facts = {"digits": "thai"} if thai else {}
        if times.form == "d mon yy" and times.year_digits == 2:
            return [Reading(both, "", facts | {"format": "d mon yy hh:mi"})]
        exact = all(len(word) == 5 for word in clock.leaf.words)
        if (
            times.form == "dd/mm/yyyy"
            and times.padded
            and times.year_digits == 4
            and exact
            and not times.ambiguous_day
        ):
            return [
                Reading(both, "", facts | {"format": "dd/mm/yyyy hh:mi", "calendar": era})
                for era in times.calendars
            ]
    return [
        Reading(
            both,
            f"{date} || ' ' || {_clock_sql(clock)}",
            {"format": "dd/mm/yyyy hh:mi", "calendar": era},
        )
        for date, era in _as_dates(day)
    ]


def _has_thai(item: Item) -> bool:
    return any(sign in THAI_DIGITS for word in item.leaf.words for sign in word)


def _as_dates(day: Timed) -> list[tuple[str, str]]:
    source = day.item.transform or f'"{day.item.column}"'
    if day.times is None:
        return [(f"strftime({source}, '%d/%m/%Y')", "CE")]
    forms = ["dd/mm/yyyy", "mm/dd/yyyy"] if day.times.ambiguous_day else [day.times.form]
    return [
        (f"({rewritten(source, form, day.times, era)})", era[:2])
        for form in forms
        for era in day.times.calendars
    ]


def _clock_sql(clock: Item) -> str:
    source = clock.transform or f'"{clock.column}"'
    if clock.leaf.is_number:
        return f"lpad(CAST({source} AS VARCHAR), 2, '0') || ':00'"
    text = f"translate({source}, '{THAI_DIGITS}', '0123456789')"
    return (
        rf"lpad(regexp_extract({text}, '^(\d{{1,2}})', 1), 2, '0') || ':' || "
        rf"regexp_extract({text}, '^\d{{1,2}}[:.](\d\d)', 1)"
    )


# -- days, months, years ---------------------------------------------------------------------------


def _days(national: NationalColumn, ours: Sequence[Timed], items: Sequence[Item]) -> Entry | None:
    fine = ("clock", "day", "month") if national.precision == "month" else ("clock", "day")
    days = _equals(
        [entry for entry in ours if entry.grain in fine], "date", "month", "start", "observed"
    )
    pair = _year_and_month(ours, items) if national.precision == "month" else []
    if not days and pair:
        return _entry(national, pair, ours)
    starts = [entry for entry in days if "end" not in entry.item.header.concepts]
    chosen = starts or days
    if not chosen:
        return _entry(national, (), ours)
    return _asked(
        _entry(national, time_readings(chosen[0].item, day=True), ours), [] if starts else days
    )


def _year_and_month(ours: Sequence[Timed], items: Sequence[Item]) -> list[Reading]:
    years = _equals([entry for entry in ours if entry.grain == "year"], "fiscal", "year")
    months = [
        item
        for item in items
        if "month" in item.header.concepts and item.is_figures and not item.measure
    ]
    if not years or not months:
        return []
    year, month = years[0].item, months[0]
    fiscal = "fiscal" in year.header.concepts
    form = "fiscal_year fiscal_month" if fiscal else "year month"
    found = []
    for one in time_readings(year, day=True):
        thai = {"digits": "thai"} if _has_thai(month) or one.facts.get("digits") else {}
        if one.facts.get("format") == "year":
            found.append(
                Reading((year.column, month.column), "", {**one.facts, **thai, "format": form})
            )
    return found


def _year_of_months(year: Timed, layout: LayoutFound, period: str) -> Reading:
    facts = time_readings(year.item, day=True)[0].facts
    fiscal = (
        "fiscal" in year.item.header.concepts
        or period == "fiscal_year"
        or month_of(layout.months[0]) == 10
    )
    return Reading(
        (year.item.column,),
        "",
        {**facts, "format": "fiscal_year fiscal_month" if fiscal else "year month"},
    )


def _years(national: NationalColumn, ours: Sequence[Timed], period: str) -> Entry | None:
    years = _equals([entry for entry in ours if entry.grain == "year"], "year")
    days = _equals([entry for entry in ours if entry.grain in ("day", "clock")], "as_of", "date")
    chosen = years or days
    if not chosen and period == "year":
        return Entry(national.name, (Reading((), "", {"format": "partition"}),))
    if not chosen:
        return _entry(national, (), ours)
    return _asked(_entry(national, time_readings(chosen[0].item, day=True), ours), chosen)
