"""From a sample to the profile of a file: every fact that its columns allow, ambiguous ones
named as such."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from federation.conform.profile import calendars, numbers, texts
from federation.conform.profile.places import places_of
from federation.conform.profile.records import ColumnProfile, Fact, FileProfile
from federation.conform.profile.sample import Leaf, Sample
from federation.reference.areas import normalise_thai

_WORDS = 2_000  # different texts that are looked at
_LONGEST_WORD = 200  # of a text that is told
_YEARS_CE, _YEARS_BE = (1900, 2100), (2443, 2643)
_UNITS = ("money", "mole_fraction", "area", "mass", "length", "percent")


def profile_sample(
    sample: Sample,
    rows: int,
    words: int = 0,
    schema: Mapping[str, str] | None = None,
    more: Sequence[Sample] = (),
) -> FileProfile:
    """Return what a sample of a file of `rows` rows tells of it, with up to `words` texts of a
    column.

    `more` are samples of the same rows that were split otherwise; what only they hold is told too.
    """
    leaves = {
        name: leaf for other in reversed((sample, *more)) for name, leaf in other.leaves.items()
    }
    columns = tuple(profile_leaf(leaf, words) for leaf in leaves.values())
    return FileProfile(
        rows,
        sample.sampled,
        _with_swapped_coordinates(columns),
        schema=tuple((schema or {}).items()),
    )


def profile_leaf(leaf: Leaf, words: int = 0) -> ColumnProfile:
    """Return the facts of one flat column, and up to `words` of its texts."""
    if leaf.texts:
        facts, distinct = [*_text_facts(leaf)], len(leaf.texts)
    else:
        values = leaf.values
        facts, distinct = (
            [
                *_not_a_number(leaf),
                *(_time_facts(values) if leaf.is_time else _number_facts(values)),
            ],
            len(np.unique(values)),
        )
    if leaf.given > 1 and distinct == leaf.given == leaf.rows:
        facts.append(Fact("key", "unique", 1.0, f"{distinct} rows, all different"))
    if not leaf.given:
        facts.append(Fact("content", "empty", 1.0, "no value"))
    return ColumnProfile(
        leaf.name,
        str(leaf.type),
        leaf.rows,
        leaf.given,
        distinct,
        tuple(facts),
        _told(leaf, words),
        _span_of(leaf) if words else (),
    )


def _told(leaf: Leaf, words: int) -> tuple[tuple[str, int], ...]:
    raw = dict(leaf.texts.most_common(words)) if words else {}
    encoding = _encoding(raw).value if raw else "utf-8"
    found = texts.decoded(raw, encoding if encoding in ("utf-8", "tis-620") else "utf-8")
    return tuple((word, rows) for word, rows in found.items() if len(word) <= _LONGEST_WORD)


def _span_of(leaf: Leaf) -> tuple[float, ...]:
    values = leaf.values
    if leaf.texts or not len(values):
        return ()
    above = values[values > 0]
    return (
        float(values.min()),
        float(np.median(above)) if len(above) else 0.0,
        float(values.max()),
    )


# -- texts -----------------------------------------------------------------------------------------


def _text_facts(leaf: Leaf) -> Iterator[Fact]:
    raw = dict(leaf.texts.most_common(_WORDS))
    encoding = _encoding(raw)
    yield encoding
    words = texts.decoded(
        raw, encoding.value if encoding.value in ("utf-8", "tis-620") else "utf-8"
    )
    if not words:
        return
    yield from _mojibake(words)
    yield from _digits(words)
    yield from _content({word.translate(texts.ARABIC): rows for word, rows in words.items()})
    if (found := places_of(words)) is not None:
        named = ", ".join(f"{province}: {share:.0%}" for province, share in found.provinces.items())
        yield Fact("area", f"{found.by} {found.level}", found.share, f"of provinces {named}")


def _encoding(raw: Mapping[bytes, int]) -> Fact:
    rows: dict[str, int] = {}
    for word, count in raw.items():
        kind = texts.encoding_of(word)
        rows[kind] = rows.get(kind, 0) + count
    foreign = {kind: count for kind, count in rows.items() if kind != "ascii"}
    if not foreign:
        return Fact("encoding", "utf-8", 1.0, "ASCII only")
    best = max(foreign, key=lambda kind: foreign[kind])
    share = foreign[best] / sum(foreign.values())
    if not best:
        return Fact(
            "encoding", "ambiguous", share, f"{foreign[best]} rows are in no known encoding"
        )
    return Fact("encoding", best, share, f"{foreign[best]} rows with letters beyond ASCII")


def _mojibake(words: texts.Words) -> Iterator[Fact]:
    found: dict[str, list[str]] = {}
    for word in words:
        if how := texts.mojibake_of(word):
            found.setdefault(how, []).append(word)
    for how, broken in found.items():
        yield Fact("mojibake", how, texts.share(words, broken), f"{len(broken)} different texts")


def _digits(words: texts.Words) -> Iterator[Fact]:
    rows = {"thai": 0, "arabic": 0, "mixed": 0}
    for word, count in words.items():
        if kind := texts.digits_of(word):
            rows[kind] += count
    for kind, count in rows.items():
        if count:
            yield Fact("digits", kind, count / sum(words.values()), f"{count} rows")


def _content(words: texts.Words) -> Iterator[Fact]:
    forms = {word: texts.number_of(word) for word in words}
    marked = [word for word in words if texts.is_marker(word) and not forms[word]]
    left = {word: rows for word, rows in words.items() if word not in marked}
    total = sum(left.values())
    if not total:
        yield Fact(
            "content", "ambiguous", 1.0, "markers of a missing value only", ("number", "text")
        )
        return
    times = {word: time for word in left if (time := calendars.written(word))}
    figures = {word: rows for word, rows in left.items() if forms[word]}
    yield from _times({time: left[word] for word, time in times.items()}, total)
    if sum(figures.values()) > 0.8 * total:
        yield from _figures(figures, forms, total)
        for word in marked:
            yield Fact("missing", word, texts.share(words, [word]), f"{words[word]} rows")
    elif len(times) < 0.8 * len(left):
        yield Fact("content", "text", 1.0, f"{len(left)} different texts")


def _times(times: Mapping[calendars.ConformedFile, int], total: int) -> Iterator[Fact]:
    if sum(times.values()) < 0.8 * total:
        return
    forms: dict[str, int] = {}
    for time, rows in times.items():
        forms[time.form] = forms.get(time.form, 0) + rows
    best = max(forms, key=lambda form: forms[form])
    first = calendars.day_first(times)
    if best == "yy" and any(time.year <= 12 for time in times):
        # months, hours, counts or years: a column of small numbers says nothing
        yield Fact(
            "calendar",
            "ambiguous",
            0.1,
            f"numbers {_span([time.year for time in times])}",
            ("BE2", "CE2", "no year"),
        )
        return
    candidates = ("dd/mm/yyyy", "mm/dd/yyyy") if first == "ambiguous" else ()
    best = "mm/dd/yyyy" if first == "month" else best
    clock = (
        " hh:mi"
        if any(time.minutes is not None for time in times) and best not in ("iso8601",)
        else ""
    )
    share = sum(times.values()) / total
    yield Fact(
        "time_format",
        "ambiguous" if candidates else best + clock,
        share,
        f"{len(times)} different times",
        candidates,
    )
    if best == "yy":
        share *= 0.5  # two digits may count anything
    found = calendars.calendar_of(times)
    if found.name:
        yield Fact(
            "calendar",
            found.name,
            found.confidence * share,
            f"years {_span([time.year for time in times])}",
            found.candidates if found.name == "ambiguous" else (),
        )


def _span(years: list[int]) -> str:
    return f"{min(years)} to {max(years)}" if min(years) < max(years) else f"{min(years)}"


def _figures(figures: texts.Words, forms: Mapping[str, str], total: int) -> Iterator[Fact]:
    grouped = [word for word in figures if forms[word] == "grouped"]
    commas = [word for word in figures if forms[word] == "decimal comma"]
    if grouped and not commas:
        yield Fact(
            "thousands",
            ",",
            sum(figures[word] for word in grouped) / total,
            f"{len(grouped)} different figures",
        )
    elif commas and not grouped:
        share = sum(figures[word] for word in commas) / total
        yield Fact("thousands", "decimal comma", share, f"{len(commas)} different figures")
    elif commas:
        yield Fact(
            "thousands",
            "ambiguous",
            1.0,
            "commas stand between thousands and before decimals",
            (",", "decimal comma"),
        )
    plain = np.array(
        [float(word.replace(",", "")) for word in figures if forms[word] != "decimal comma"]
    )
    rows = np.array([figures[word] for word in figures if forms[word] != "decimal comma"])
    if len(plain):
        yield from _number_facts(np.repeat(plain, rows))


# -- numbers and times -----------------------------------------------------------------------------


def _not_a_number(leaf: Leaf) -> Iterator[Fact]:
    for name, rows in leaf.not_numbers.items():
        yield Fact("missing", name, rows / leaf.rows, f"{rows} rows")


def _number_facts(values: np.ndarray) -> Iterator[Fact]:
    if not len(values):
        return
    for marker in numbers.markers_of(values):
        yield Fact(
            "missing",
            f"{marker.value:g}",
            marker.rows / len(values),
            f"{marker.rows} rows, far outside the rest",
        )
    markers = [marker.value for marker in numbers.markers_of(values)]
    rest = values[~np.isin(values, markers)]
    if not len(rest):
        return
    if (constant := numbers.constant_of(rest)) is not None:
        yield Fact("constant", f"{constant:g}", 1.0, f"{len(rest)} rows")
    whole = bool(np.all(rest == np.round(rest)))
    yield Fact(
        "content",
        "count" if whole and rest.min() >= 0 else "number",
        0.9,
        f"{rest.min():g} to {rest.max():g}",
    )
    if name := numbers.coordinate_of(rest):
        yield Fact("coordinate", name, 0.9, f"{rest.min():.1f} to {rest.max():.1f} degrees")
    if whole:
        yield from _whole_number_facts(rest)
    allowed = tuple(unit for quantity in _UNITS for unit in numbers.units_of(rest, quantity))
    if allowed and not name:
        unit = "ambiguous" if len(allowed) > 1 else allowed[0]
        yield Fact("unit", unit, 0.3, f"middle of {np.median(rest):g}", allowed)


def _whole_number_facts(values: np.ndarray) -> Iterator[Fact]:
    low, high = values.min(), values.max()
    if unit := numbers.epoch_of(values):
        yield Fact(
            "time_format", f"epoch_{unit}", 0.3 if unit == "s" else 0.8, f"{low:.0f} to {high:.0f}"
        )
    for name, (first, last) in (("CE", _YEARS_CE), ("BE", _YEARS_BE)):
        if first <= low and high <= last:
            yield Fact("calendar", name, 0.7, f"years {low:.0f} to {high:.0f}")
    if low >= 1 and high <= 99:
        yield Fact(
            "calendar",
            "ambiguous",
            0.3,
            f"{low:.0f} to {high:.0f}, if these are years",
            ("BE2", "CE2", "no year"),
        )


def _time_facts(values: np.ndarray) -> Iterator[Fact]:
    if not len(values):
        return
    years = numbers.common_years(values)
    whole_days = bool(np.all(numbers.off_midnight(values) == 0))
    yield Fact("content", "time", 1.0, "days" if whole_days else "times of day")
    calendar = "BE" if np.median(years) > _YEARS_CE[1] else "CE"
    yield Fact("calendar", calendar, 0.95, f"years {_span([int(years.min()), int(years.max())])}")


def _with_swapped_coordinates(columns: tuple[ColumnProfile, ...]) -> tuple[ColumnProfile, ...]:
    """Say of columns that are named lat and hold longitudes, or the reverse, that they are
    swapped."""
    return tuple(_swapped(column) for column in columns)


def _swapped(column: ColumnProfile) -> ColumnProfile:
    name, found = normalise_thai(column.name).lower(), column.fact("coordinate")
    says = (
        "lat"
        if "lat" in name or "ละติจูด" in name
        else "lon"
        if any(w in name for w in ("lon", "lng", "ลองจิจูด"))
        else ""
    )
    if found is None or not says or says == found.value:
        return column
    swapped = Fact(
        "coordinate",
        "swapped",
        found.confidence,
        f"named {says}, holds {found.value}: {found.evidence}",
    )
    return ColumnProfile(
        column.name,
        column.type,
        column.rows,
        column.given,
        column.distinct,
        (*column.facts, swapped),
    )
