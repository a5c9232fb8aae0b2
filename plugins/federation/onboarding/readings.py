"""The ways in which a time can be read, the likeliest first; the trial shows which is right."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from federation.conform.profile.calendars import (
    ENGLISH_MONTHS,
    THAI_MONTH_NAMES,
    WrittenTime,
    written,
)
from federation.conform.profile.texts import ARABIC, is_marker
from federation.contracts.vocabulary import THAI_DIGITS, THAI_MONTHS
from federation.onboarding.delivered_fields import DeliveredField


@dataclass(frozen=True)
class Reading:
    """How one national column is read: from which columns, by which expression and facts."""

    sources: tuple[str, ...]
    transform: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Times:
    """What the texts of a column are as times."""

    form: str
    year_digits: int
    calendars: tuple[str, ...]
    has_clock: bool
    zones: frozenset[str]
    digits: str
    padded: bool
    full_names: bool
    ambiguous_day: bool
    share: float


def times_of(words: Counter[str]) -> Times | None:
    """Return how most texts are written as times; None when under four fifths are times."""
    texts = {word: rows for word, rows in words.items() if not is_marker(word)}
    times = {word: time for word in texts if (time := written(word.translate(ARABIC)))}
    total = sum(texts.values())
    share = sum(texts[word] for word in times) / total if total else 0.0
    if share < 0.8:
        return None
    form = _main_form(times, texts)
    alike = {word: time for word, time in times.items() if time.form in (form, "dd/mm/yyyy")}
    return _described(form, alike, share)


def _main_form(times: Mapping[str, WrittenTime], rows: Mapping[str, int]) -> str:
    """Return the form of most rows; one date that can only be mm/dd/yyyy decides alone."""
    forms = Counter[str]()
    for word, time in times.items():
        forms[time.form] += rows[word]
    return "mm/dd/yyyy" if forms["mm/dd/yyyy"] else forms.most_common(1)[0][0]


def _described(form: str, read: Mapping[str, WrittenTime], share: float) -> Times:
    times = [*read.values()]
    clocked = [time for time in times if time.minutes is not None]
    calendars = Counter(calendar for time in times for calendar in time.calendars)
    is_thai = any(sign in THAI_DIGITS for word in read for sign in word)
    has_large_day = any((time.day or 0) > 12 for time in times)
    return Times(
        form=form,
        year_digits=min(time.digits for time in times),
        calendars=tuple(name for name, _ in calendars.most_common()),
        has_clock=bool(clocked),
        zones=frozenset(_zone(time.zone) for time in clocked),
        digits="thai" if is_thai else "arabic",
        padded=all(_padded(word.translate(ARABIC)) for word in read),
        full_names=any(time.full_name for time in times),
        ambiguous_day=form.startswith("dd") and not has_large_day,
        share=share,
    )


def _zone(rest: str) -> str:
    """Return the offset at the end of a time, `Z`, or '' where it names none."""
    if rest[-6:-5] in ("+", "-"):
        return rest[-6:]
    return "Z" if rest.endswith("Z") else ""


def _padded(word: str) -> bool:
    """Whether day and month have two figures and the clock, where there is one, is hh:mi."""
    day, _, clock = word.partition(" ")
    parts = day.replace("-", "/").replace(".", "/").split("/")
    return len(clock) in (0, 5) and all(len(part) >= 2 for part in parts)


def time_readings(field: DeliveredField, *, day: bool) -> list[Reading]:
    """Return the readings of one column as a time.

    `day`: a day, a month or a year is asked for, not an hour.
    """
    leaf = field.leaf
    if leaf.type.startswith("timestamp") and "," in leaf.type:
        return [_reading(field, {"format": "instant"})]
    if leaf.is_time:
        form = {"format": "date" if leaf.type.startswith("date") else "local_timestamp"}
        # A time without a zone may be local or UTC; a day is the day that it says.
        zones: list[dict[str, Any]] = [{}] if day else [{}, {"zone": "UTC"}]
        return [_reading(field, form | zone) for zone in zones]
    if leaf.is_number and leaf.says("time_format") == "epoch_ms":
        return [_reading(field, {"format": "epoch_ms"})]
    times = times_of(_numbers_as_texts(field) if leaf.is_number else leaf.words)
    if times is None:
        return []
    return _direct(field, times) or _rewritten_readings(field, times)


def _reading(field: DeliveredField, facts: dict[str, Any]) -> Reading:
    return Reading((field.column,), field.transform, facts)


def _numbers_as_texts(field: DeliveredField) -> Counter[str]:
    return Counter({f"{value:.0f}": 1 for value in field.leaf.span if value})


def _rewritten_readings(field: DeliveredField, times: Times) -> list[Reading]:
    """Return readings by an expression that writes the texts as dd/mm/yyyy first."""
    source = source_of(field)
    if field.leaf.is_number:
        source = f"CAST({source} AS VARCHAR)"
    form = "dd/mm/yyyy hh:mi" if times.has_clock else "dd/mm/yyyy"
    zone = {"zone": "UTC"} if times.zones == {"Z"} else {}
    readings = []
    for written_form in forms_of(times):
        for era in _eras(times):
            sql = rewritten(source, written_form, times, era)
            facts = {"format": form, "calendar": era[:2], **zone}
            readings.append(Reading((field.column,), sql, facts))
    return readings


def _eras(times: Times) -> list[str]:
    """Return the calendars, Buddhist ones first."""
    buddhist = [name for name in times.calendars if name in ("BE", "BE2")]
    return buddhist + [name for name in times.calendars if name[:2] == "CE"]


def source_of(field: DeliveredField) -> str:
    """Return the SQL of a field's value."""
    return field.transform or f'"{field.column}"'


def forms_of(times: Times) -> list[str]:
    """Return the forms that the texts may have: two where day and month can be exchanged."""
    return ["dd/mm/yyyy", "mm/dd/yyyy"] if times.ambiguous_day else [times.form]


def _direct(field: DeliveredField, times: Times) -> list[Reading]:
    """Return the readings by a format of the vocabulary; [] where none reads the texts."""
    facts: dict[str, Any] = {}
    if times.digits == "thai" and not field.transform:
        facts["digits"] = "thai"
    if times.form == "iso8601" and times.calendars == ("CE",):
        return _iso_readings(field, times, facts)
    if times.form == "dd/mm/yyyy" and is_exact(times):
        form = "dd/mm/yyyy hh:mi" if times.has_clock else "dd/mm/yyyy"
        return _per_calendar(field, times, facts | {"format": form})
    if times.form in ("d mon yy", "mon yy") and _is_short(times):
        return [_reading(field, facts | {"format": times.form})]
    if times.form == "year":
        return _per_calendar(field, times, facts | {"format": "year"})
    if times.form == "yy":
        return [_reading(field, facts | {"format": "yy"})]
    return []


def _iso_readings(field: DeliveredField, times: Times, facts: dict[str, Any]) -> list[Reading]:
    if not times.has_clock or "" not in times.zones:
        return [_reading(field, facts | {"format": "iso8601"})]
    source = source_of(field)
    return [
        Reading((field.column,), f"{source} || '{zone}'", {"format": "iso8601"})
        for zone in ("+07:00", "Z")
    ]


def _per_calendar(field: DeliveredField, times: Times, facts: dict[str, Any]) -> list[Reading]:
    return [_reading(field, facts | {"calendar": era}) for era in times.calendars]


def is_exact(times: Times) -> bool:
    """Return whether texts are written just as dd/mm/yyyy, with a day that can be no month."""
    return times.year_digits == 4 and times.padded and not times.ambiguous_day


def _is_short(times: Times) -> bool:
    return times.year_digits == 2 and not times.has_clock and not times.full_names


# -- other ways of writing, as dd/mm/yyyy hh:mi ----------------------------------------------------

_HOUR, _MINUTE = r"[ T](\d{1,2})[:.]\d\d", r"[ T]\d{1,2}[:.](\d\d)"
_PARTS = {  # form -> regular expressions of day, month and year
    "dd/mm/yyyy": (
        r"^(\d{1,2})[/.-]",
        r"^\d{1,2}[/.-](\d{1,2})",
        r"^\d{1,2}[/.-]\d{1,2}[/.-](\d{2,4})",
    ),
    "mm/dd/yyyy": (
        r"^\d{1,2}[/.-](\d{1,2})",
        r"^(\d{1,2})[/.-]",
        r"^\d{1,2}[/.-]\d{1,2}[/.-](\d{2,4})",
    ),
    "iso8601": (r"^\d{4}-\d\d-(\d\d)", r"^\d{4}-(\d\d)", r"^(\d{4})"),
    "yyyy/mm/dd": (r"^\d{4}[/.]\d\d[/.](\d\d)", r"^\d{4}[/.](\d\d)", r"^(\d{4})"),
    "yyyymmdd": (r"^\d{6}(\d\d)", r"^\d{4}(\d\d)", r"^(\d{4})"),
    "yyyy-mm": ("", r"^\d{4}-(\d\d)", r"^(\d{4})"),
    "d mon yy": (r"^(\d{1,2}) ", r"^\d{1,2} (\S+) ", r"^\d{1,2} \S+ (\d{2,4})"),
    "mon yy": ("", r"^(\S+) ", r"^\S+ (\d{2,4})"),
    "d month yyyy": (r"^(\d{1,2})[ -]", r"^\d{1,2}[ -]([A-Za-z]{3})", r"(\d{2,4})(?: |$)"),
    "mon yyyy": ("", r"^([A-Za-z]{3})", r"(\d{2,4})$"),
}


def rewritten(source: str, form: str, times: Times, era: str) -> str:
    """Return a DuckDB expression that writes a text as dd/mm/yyyy, with hh:mi where it has a clock.

    Texts of another form stay as they are.
    """
    text = source
    if times.digits == "thai":
        text = f"translate({source}, '{THAI_DIGITS}', '0123456789')"
    day, month, year = _PARTS[_shape(form)]
    century = {"BE2": "25", "CE2": "20"}.get(era, "")
    parts = [
        _padded_part(text, day) if day else "'01'",
        _month_part(text, month),
        f"'{century}' || {_extract(text, year)}",
    ]
    joined = " || '/' || ".join(parts)
    if times.has_clock:
        joined += f" || ' ' || {_padded_part(text, _HOUR)} || ':' || {_extract(text, _MINUTE)}"
    return f"CASE WHEN {_extract(text, year)} <> '' THEN {joined} ELSE {source} END"


def _shape(form: str) -> str:
    """Return the form whose parts a text of this form has, whatever its separators."""
    if form.startswith("dd"):
        return "dd/mm/yyyy"
    return "mm/dd/yyyy" if form.startswith("mm") else form


def _extract(text: str, pattern: str) -> str:
    return f"regexp_extract({text}, '{pattern}', 1)"


def _padded_part(text: str, pattern: str) -> str:
    return f"lpad({_extract(text, pattern)}, 2, '0')"


def _month_part(text: str, pattern: str) -> str:
    part = _extract(text, pattern)
    if r"\d" in pattern.split("(", 1)[1]:
        return f"lpad({part}, 2, '0')"
    lists: Sequence[Sequence[str]] = (THAI_MONTHS, THAI_MONTH_NAMES)
    if "A-Za-z" in pattern:
        part, lists = f"lower({part})", (ENGLISH_MONTHS,)
    places = [_place_in(names, part) for names in lists]
    return f"lpad(CAST(coalesce({', '.join(places)}) AS VARCHAR), 2, '0')"


def _place_in(names: Sequence[str], part: str) -> str:
    listed = ", ".join(map(repr, names))
    return f"list_position([{listed}], {part})"
