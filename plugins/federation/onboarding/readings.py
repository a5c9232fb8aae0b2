"""The ways in which a time can be read, the likeliest first.

Which of them holds is for the trial to say.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from federation.conform.profile.calendars import (
    ENGLISH_MONTHS,
    THAI_MONTH_NAMES,
    ConformedFile,
    written,
)
from federation.conform.profile.texts import ARABIC, is_marker
from federation.contracts.vocabulary import THAI_DIGITS, THAI_MONTHS
from federation.onboarding.items import Item

_TYPED = {
    "timestamp[us]": "local_timestamp",
    "date32[day]": "date",
    "date64": "date",
    "date64[ms]": "date",
}


@dataclass(frozen=True)
class Reading:
    """How one national column is read: the city's columns, an expression where facts are not
    enough, and facts."""

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
    """Return how most texts are written as times, None when fewer than four fifths are times."""
    texts = {word: rows for word, rows in words.items() if not is_marker(word)}
    read = {word: time for word in texts if (time := written(word.translate(ARABIC)))}
    total = sum(texts.values())
    share = sum(texts[word] for word in read) / total if total else 0.0
    if share < 0.8:
        return None
    forms = Counter[str]()
    for word, time in read.items():
        forms[time.form] += texts[word]
    form = "mm/dd/yyyy" if forms["mm/dd/yyyy"] else forms.most_common(1)[0][0]
    ours = {word: time for word, time in read.items() if time.form in (form, "dd/mm/yyyy")}
    return _described(form, ours, share)


def _described(form: str, read: dict[str, ConformedFile], share: float) -> Times:
    times = [*read.values()]
    calendars = Counter(calendar for time in times for calendar in time.calendars)
    return Times(
        form,
        min(time.digits for time in times),
        tuple(name for name, _ in calendars.most_common()),
        any(time.minutes is not None for time in times),
        frozenset(_zone(time.zone) for time in times if time.minutes is not None),
        "thai" if any(sign in THAI_DIGITS for word in read for sign in word) else "arabic",
        all(_padded(word.translate(ARABIC)) for word in read),
        any(time.full_name for time in times),
        form.startswith("dd") and not any((time.day or 0) > 12 for time in times),
        share,
    )


def _zone(rest: str) -> str:
    return rest[-6:] if rest[-6:-5] in ("+", "-") else "Z" if rest.endswith("Z") else ""


def _padded(word: str) -> bool:
    """Whether day and month have two figures and the clock, where there is one, is hh:mi."""
    day, _, clock = word.partition(" ")
    return all(
        len(part) >= 2 for part in day.replace("-", "/").replace(".", "/").split("/")
    ) and len(clock) in (0, 5)


def time_readings(item: Item, *, day: bool) -> list[Reading]:
    """Return the readings of one column as a time.

    `day`: a day, a month or a year is asked, not an hour.
    """
    leaf, one = item.leaf, (item.column,)
    if leaf.type.startswith("timestamp[us, ") or (
        leaf.type.startswith("timestamp") and "," in leaf.type
    ):
        return [Reading(one, item.transform, {"format": "instant"})]
    if leaf.is_time:
        form = {"format": "date" if leaf.type.startswith("date") else "local_timestamp"}
        # A time without a zone may be local or UTC; a day is the day that it says.
        zones: list[dict[str, Any]] = [{}] if day else [{}, {"zone": "UTC"}]
        return [Reading(one, item.transform, form | zone) for zone in zones]
    if leaf.is_number:
        if leaf.says("time_format") == "epoch_ms":
            return [Reading(one, item.transform, {"format": "epoch_ms"})]
        times = times_of(Counter({f"{value:.0f}": 1 for value in leaf.span if value}))
    else:
        times = times_of(leaf.words)
    return _of_texts(item, times) if times else []


def _of_texts(item: Item, times: Times) -> list[Reading]:
    source = item.transform or f'"{item.column}"'
    if item.leaf.is_number:
        source = f"CAST({source} AS VARCHAR)"
    direct = _direct(item, times)
    if direct:
        return direct
    eras = [name for name in times.calendars if name in ("BE", "BE2")] + [
        name for name in times.calendars if name[:2] == "CE"
    ]
    found = []
    for form in _forms(times):
        for era in eras:
            sql = rewritten(source, form, times, era)
            facts = {
                "format": "dd/mm/yyyy hh:mi" if times.has_clock else "dd/mm/yyyy",
                "calendar": era[:2],
            }
            found += [Reading((item.column,), sql, facts | zone) for zone in _zones(times)]
    return found


def _zones(times: Times) -> list[dict[str, Any]]:
    if times.zones == {"Z"}:
        return [{"zone": "UTC"}]
    return [{}]


def _forms(times: Times) -> list[str]:
    return ["dd/mm/yyyy", "mm/dd/yyyy"] if times.ambiguous_day else [times.form]


def _direct(item: Item, times: Times) -> list[Reading]:
    """Return the reading by a format of the vocabulary, where one reads the texts as they are."""
    facts: dict[str, Any] = (
        {"digits": "thai"} if times.digits == "thai" and not item.transform else {}
    )
    one, sql = (item.column,), item.transform
    if times.form == "iso8601" and times.calendars == ("CE",):
        if not times.has_clock or "" not in times.zones:
            return [Reading(one, sql, facts | {"format": "iso8601"})]
        source = item.transform or f'"{item.column}"'
        return [
            Reading(one, f"{source} || '{zone}'", {"format": "iso8601"}) for zone in ("+07:00", "Z")
        ]
    if (
        times.form == "dd/mm/yyyy"
        and times.year_digits == 4
        and times.padded
        and not times.ambiguous_day
    ):
        form = "dd/mm/yyyy hh:mi" if times.has_clock else "dd/mm/yyyy"
        return [
            Reading(one, sql, facts | {"format": form, "calendar": era}) for era in times.calendars
        ]
    if (
        times.form in ("d mon yy", "mon yy")
        and times.year_digits == 2
        and not (times.has_clock or times.full_names)
    ):
        return [Reading(one, sql, facts | {"format": times.form})]
    if times.form == "year":
        return [
            Reading(one, sql, facts | {"format": "year", "calendar": era})
            for era in times.calendars
        ]
    if times.form == "yy":
        return [Reading(one, sql, facts | {"format": "yy"})]
    return []


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

    Others stay as they are.
    """
    text = (
        f"translate({source}, '{THAI_DIGITS}', '0123456789')" if times.digits == "thai" else source
    )
    shape = "dd/mm/yyyy" if form[:2] == "dd" else "mm/dd/yyyy" if form[:2] == "mm" else form
    day, month, year = _PARTS[shape]
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


def _extract(text: str, pattern: str) -> str:
    return f"regexp_extract({text}, '{pattern}', 1)"


def _padded_part(text: str, pattern: str) -> str:
    return f"lpad({_extract(text, pattern)}, 2, '0')"


def _month_part(text: str, pattern: str) -> str:
    part = _extract(text, pattern)
    if r"\d" in pattern.split("(", 1)[1]:
        return f"lpad({part}, 2, '0')"
    english = "A-Za-z" in pattern
    names: Sequence[Sequence[str]] = (
        (ENGLISH_MONTHS,) if english else (THAI_MONTHS, THAI_MONTH_NAMES)
    )
    part = f"lower({part})" if english else part
    places = [
        f"list_position([{', '.join(repr(name) for name in listed)}], {part})" for listed in names
    ]
    return f"lpad(CAST(coalesce({', '.join(places)}) AS VARCHAR), 2, '0')"
