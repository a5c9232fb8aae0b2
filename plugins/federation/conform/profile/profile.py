"""From a sample to the profile of a file: the facts of its columns; some are called ambiguous."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from federation.conform.profile import calendars, numbers, texts
from federation.conform.profile.places import places_of
from federation.conform.profile.records import ColumnProfile, Fact, FileProfile
from federation.conform.profile.sample import Leaf, Sample
from federation.reference.areas import normalise_thai

_WORDS = 2_000  # different texts that are looked at
_LONGEST_WORD = 200  # of a text in the profile
_YEARS_CE, _YEARS_BE = (1900, 2100), (2443, 2643)
_COORDINATE_WORDS = {"lat": ("lat", "ละติจูด"), "lon": ("lon", "lng", "ลองจิจูด")}
_UNITS = ("money", "mole_fraction", "area", "mass", "length", "percent")


def profile_sample(
    sample: Sample,
    rows: int,
    words: int = 0,
    schema: Mapping[str, str] | None = None,
    more: Sequence[Sample] = (),
) -> FileProfile:
    """Return the profile of a file of `rows` rows, with up to `words` texts of a column.

    `more` are samples of the same rows that were split otherwise; columns that only they have are
    in the profile too.
    """
    leaves: dict[str, Leaf] = {}
    for other in reversed((sample, *more)):
        leaves |= other.leaves
    columns = tuple(_swapped(profile_leaf(leaf, words)) for leaf in leaves.values())
    return FileProfile(rows, sample.sampled, columns, schema=tuple((schema or {}).items()))


def profile_leaf(leaf: Leaf, words: int = 0) -> ColumnProfile:
    """Return the facts of one flat column, and up to `words` of its texts."""
    if leaf.texts:
        facts = [*_text_facts(leaf)]
        distinct = len(leaf.texts)
    else:
        of_values = _time_facts if leaf.is_time else _number_facts
        facts = [*_not_a_number(leaf), *of_values(leaf.values)]
        distinct = len(np.unique(leaf.values))
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
        _words_of(leaf, words),
        _span_of(leaf) if words else (),
    )


def _words_of(leaf: Leaf, words: int) -> tuple[tuple[str, int], ...]:
    """Return the most frequent texts of a column with their rows."""
    raw = dict(leaf.texts.most_common(words)) if words else {}
    decoded = _decoded(raw, _encoding(raw).value)
    return tuple((word, rows) for word, rows in decoded.items() if len(word) <= _LONGEST_WORD)


def _decoded(raw: Mapping[bytes, int], encoding: str) -> texts.Words:
    return texts.decoded(raw, encoding if encoding in ("utf-8", "tis-620") else "utf-8")


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
    words = _decoded(raw, encoding.value)
    if not words:
        return
    yield from _mojibake(words)
    yield from _digits(words)
    yield from _content({word.translate(texts.ARABIC): rows for word, rows in words.items()})
    places = places_of(words)
    if places is not None:
        shares = [f"{province}: {share:.0%}" for province, share in places.provinces.items()]
        evidence = f"of provinces {', '.join(shares)}"
        yield Fact("area", f"{places.by} {places.level}", places.share, evidence)


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
    words_by_way: dict[str, list[str]] = {}
    for word in words:
        if how := texts.mojibake_of(word):
            words_by_way.setdefault(how, []).append(word)
    for how, broken in words_by_way.items():
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


def _times(times: Mapping[calendars.WrittenTime, int], total: int) -> Iterator[Fact]:
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
    if first == "month":
        best = "mm/dd/yyyy"
    has_clock = any(time.minutes is not None for time in times)
    clock = " hh:mi" if has_clock and best != "iso8601" else ""
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
    calendar = calendars.calendar_of(times)
    if calendar.name:
        yield Fact(
            "calendar",
            calendar.name,
            calendar.confidence * share,
            f"years {_span([time.year for time in times])}",
            calendar.candidates if calendar.name == "ambiguous" else (),
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
    plain = [word for word in figures if forms[word] != "decimal comma"]
    if plain:
        values = np.array([float(word.replace(",", "")) for word in plain])
        rows = np.array([figures[word] for word in plain])
        yield from _number_facts(np.repeat(values, rows))


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


def _swapped(column: ColumnProfile) -> ColumnProfile:
    """Return the column; where it is named lat and holds longitudes, or the reverse, it says so."""
    named, held = _coordinate_in(column.name), column.fact("coordinate")
    if held is None or not named or named == held.value:
        return column
    evidence = f"named {named}, holds {held.value}: {held.evidence}"
    swapped = Fact("coordinate", "swapped", held.confidence, evidence)
    return ColumnProfile(
        column.name,
        column.type,
        column.rows,
        column.given,
        column.distinct,
        (*column.facts, swapped),
    )


def _coordinate_in(name: str) -> str:
    """Return `lat` or `lon`, whichever a column's name says, or ''."""
    plain = normalise_thai(name).lower()
    for coordinate, words in _COORDINATE_WORDS.items():
        if any(word in plain for word in words):
            return coordinate
    return ""
