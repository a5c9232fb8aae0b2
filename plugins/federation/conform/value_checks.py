"""The bytes of an extract compared with what its contract promises: findings on the whole extract.

Single rows that cannot be read are quarantined by the SELECT. The findings here say why many
cannot, and what can be read but means something else (a year of the other era, a day that begins at
17:00).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from federation.common.letters import has_control_letters, shown
from federation.common.reason import Reason, rejecting
from federation.common.vocabulary import Consequence, ReasonCode
from federation.conform.profile import calendars, numbers, texts
from federation.conform.profile.sample import Leaf, Sample
from federation.conform.sandbox.job import ExpectedColumn
from federation.contracts.vocabulary import CODECS
from federation.messages.reason_words import REASON_WORDS

# From this share of a column's values on it is no slip of single rows: the suites' `readable_share`
# says the same.
WHOLE_FILE = 0.2
_FEWEST = 8  # values or records; fewer are single rows, not a file
_LOST_LETTERS = 0.03  # names with «???» are published as they are; more of them are a broken export
_SEVEN_HOURS_US = 25_200_000_000
_TYPED = {"instant", "local_timestamp", "date", "epoch_ms"}
_FORMS = {"dd/mm/yyyy hh:mi": "dd/mm/yyyy", "d mon yy hh:mi": "d mon yy"}
_YEAR_DIGITS = {"d mon yy": 2, "d mon yy hh:mi": 2, "mon yy": 2, "yy": 2}


def hold_against(
    sample: Sample, expected_columns: Iterable[ExpectedColumn], years: range
) -> list[Reason]:
    """Return the findings of a sample, column by column.

    `years` are the CE years that the extract is about.
    """
    reasons: list[Reason] = []
    for promise in expected_columns:
        for leaf in (leaf for leaf in _leaves(sample, promise) if _looked_at(leaf) >= _FEWEST):
            reasons += _of_leaf(leaf, promise, years)
    return _once(reasons)


def repeated_delivery(received: int, duplicates: int, rows: int, measures: int) -> list[Reason]:
    """Return a finding when a fifth or more of the records are further copies, which are never
    carried.

    `measures` is the number of measures of a long layout, else 0. In a long layout up to that many
    of the source rows (`rows`) make one record, and only more equal ones are copies.
    """
    if measures:
        received, duplicates = rows, max(0, rows - received * measures)
    if received < _FEWEST or duplicates < WHOLE_FILE * received:
        return []
    return [
        _finding(
            ReasonCode.REPEATED_DELIVERY,
            Consequence.WARN,
            "",
            f"{duplicates} of {received} are further copies",
            duplicates,
            received=received,
        )
    ]


def hours_to_24(column: str, records: int) -> Reason:
    """Return the finding on a file that counts hours from 1 to 24, with the records of its last
    hour."""
    evidence = f"{records} records"
    return _finding(ReasonCode.HOURS_TO_24, Consequence.WARN, column, evidence, records)


def _leaves(sample: Sample, promise: ExpectedColumn) -> list[Leaf]:
    if promise.column in sample.leaves:
        return [sample.leaves[promise.column]]
    nested = [
        leaf
        for name, leaf in sample.leaves.items()
        if name.startswith((f"{promise.column}.", f"{promise.column}["))
    ]
    return [leaf for leaf in nested if promise.kind != "number" or not leaf.texts]


def _looked_at(leaf: Leaf) -> int:
    return leaf.given + leaf.not_numbers.total()


def _once(reasons: list[Reason]) -> list[Reason]:
    """Return one finding per code and column, the gravest."""
    best: dict[tuple[str, str], Reason] = {}
    for finding in reasons:
        key = finding.code, finding.column
        if key not in best or rejecting([finding]):
            best[key] = finding
    return list(best.values())


def _finding(
    code: ReasonCode,
    consequence: Consequence,
    column: str,
    evidence: str,
    records: int = 0,
    **parameters: Any,
) -> Reason:
    message = f"{REASON_WORDS[code].en}: {evidence}"
    return Reason(code, consequence, column, message, records, parameters)


def _by_share(code: ReasonCode, promise: ExpectedColumn, share: float, evidence: str) -> Reason:
    rejects = share >= WHOLE_FILE and promise.is_read
    consequence = Consequence.REJECT if rejects else Consequence.WARN
    return _finding(
        code,
        consequence,
        promise.name,
        f"{share:.1%} of the values looked at in {promise.column!r}: {evidence}",
        share=float(share),
        source_column=promise.column,
        seen=evidence,
    )


def _of_leaf(leaf: Leaf, promise: ExpectedColumn, years: range) -> Iterator[Reason]:
    if leaf.texts:
        yield from _texts(leaf, promise, years)
    elif promise.kind == "time" and leaf.given:
        yield from _typed_times(leaf, promise, years)
    elif promise.kind == "number":
        yield from _not_a_number(leaf, promise)
        yield from _numbers(leaf.values, promise)


# -- texts -----------------------------------------------------------------------------------------


def _texts(leaf: Leaf, promise: ExpectedColumn, years: range) -> Iterator[Reason]:
    yield from _encoding(leaf, promise)
    yield from _control_letters(leaf, promise)
    words = texts.decoded(leaf.texts, promise.encoding)
    words = {
        word.removeprefix(promise.prefix): rows
        for word, rows in words.items()
        if word not in promise.missing
    }
    if promise.kind == "text":
        yield from _mojibake(words, promise)
        return
    yield from _digits(words, promise)
    plain: dict[str, int] = {}
    for word, rows in words.items():
        arabic = word.translate(texts.ARABIC)
        plain[arabic] = plain.get(arabic, 0) + rows
    if promise.kind == "number":
        yield from _figures(plain, promise)
    elif promise.format not in _TYPED:
        yield from _times(plain, promise, years)


def _encoding(leaf: Leaf, promise: ExpectedColumn) -> Iterator[Reason]:
    foreign = {word: rows for word, rows in leaf.texts.items() if not word.isascii()}
    if promise.encoding == "utf-8":
        wrong = [word for word in foreign if texts.encoding_of(word) != "utf-8"]
    else:
        wrong = [word for word in foreign if texts.encoding_of(word) == "utf-8"]
    if wrong:
        share = sum(foreign[word] for word in wrong) / leaf.texts.total()
        yield _by_share(ReasonCode.OTHER_ENCODING, promise, share, f"not {promise.encoding}")


def _control_letters(leaf: Leaf, promise: ExpectedColumn) -> Iterator[Reason]:
    found = {
        text: rows
        for word, rows in leaf.texts.items()
        if has_control_letters(text := word.decode(CODECS[promise.encoding], "replace"))
    }
    if found:
        evidence = f"«{shown(min(found))[:60]}» in {promise.column!r}"
        yield control_letters(promise.name, evidence, sum(found.values()))


def control_letters(column: str, evidence: str, values: int) -> Reason:
    """Return the finding on texts with letters that are left out."""
    return _finding(
        ReasonCode.CONTROL_LETTERS, Consequence.WARN, column, evidence, values=int(values)
    )


def _mojibake(words: texts.Words, promise: ExpectedColumn) -> Iterator[Reason]:
    kinds: dict[str, list[str]] = {}
    for word in words:
        if not word.isascii() or "?" in word:
            kinds.setdefault(texts.mojibake_of(word), []).append(word)
    kinds.pop("", None)
    for how, broken in kinds.items():
        share = texts.share(words, broken)
        if how != "lost" or (share >= _LOST_LETTERS and promise.encoding == "utf-8"):
            yield _by_share(ReasonCode.MOJIBAKE, promise, share, how)


def _digits(words: texts.Words, promise: ExpectedColumn) -> Iterator[Reason]:
    other = "arabic" if promise.digits == "thai" else "thai"
    wrong = [word for word in words if texts.digits_of(word) in (other, "mixed")]
    if not wrong:
        return
    share = texts.share(words, wrong)
    if other == "thai":
        yield _by_share(ReasonCode.OTHER_DIGITS, promise, share, "Thai digits")
    elif share >= WHOLE_FILE:  # both are read where Thai digits are promised
        yield _finding(
            ReasonCode.OTHER_DIGITS,
            Consequence.WARN,
            promise.name,
            f"{share:.1%} of {promise.column!r} are in Arabic digits",
            share=float(share),
            source_column=promise.column,
            seen="Arabic digits",
        )


def _figures(words: texts.Words, promise: ExpectedColumn) -> Iterator[Reason]:
    forms = {word: texts.number_of(word) for word in words}
    allowed = {"plain", "grouped"} if promise.thousands == "," else {"plain"}
    for form in sorted({"grouped", "decimal comma"} - allowed):
        wrong = [word for word in words if forms[word] == form]
        if wrong:
            yield _by_share(
                ReasonCode.OTHER_NUMBER_FORMAT, promise, texts.share(words, wrong), form
            )
    marked = [
        word for word in words if not forms[word] and (texts.is_marker(word) or words[word] >= 3)
    ]
    if marked:
        markers = [word for word in marked if texts.is_marker(word)]
        shown = ", ".join(f"«{word[:20]}»" for word in markers) or f"{len(marked)} words"
        yield _marker(promise, shown, sum(words[word] for word in marked), markers)
    values = [
        (float(word.replace(",", "")), rows)
        for word, rows in words.items()
        if forms[word] in ("plain", "grouped")
    ]
    if values:
        yield from _numbers(np.repeat(*map(np.array, zip(*values, strict=True))), promise)


def _marker(
    promise: ExpectedColumn, shown: str, rows: int, markers: Sequence[str | float]
) -> Reason:
    evidence = f"{shown} in {rows} of the values looked at in {promise.column!r}"
    return _finding(
        ReasonCode.UNDECLARED_MARKER,
        Consequence.WARN,
        promise.name,
        evidence,
        source_column=promise.column,
        markers=shown,
        missing=[*markers],
        values=int(rows),
    )


def _times(words: texts.Words, promise: ExpectedColumn, years: range) -> Iterator[Reason]:
    times = {word: calendars.written(word) for word in words}
    wrong: dict[tuple[ReasonCode, str], list[str]] = {}
    for word, time in times.items():
        if time is not None and (how := _differs(time, promise, years)):
            wrong.setdefault(how, []).append(word)
    for (code, what), chosen in sorted(wrong.items()):
        yield _by_share(code, promise, texts.share(words, chosen), what)
    if promise.is_hour:
        off = [word for word, time in times.items() if time and (time.seconds or _minute_of(time))]
        yield from _off_the_hour(texts.share(words, off), off[0] if off else "", promise)


def _differs(
    time: calendars.WrittenTime, promise: ExpectedColumn, years: range
) -> tuple[ReasonCode, str] | None:
    form, digits = _FORMS.get(promise.format, promise.format), _YEAR_DIGITS.get(promise.format, 4)
    if time.form != form or time.full_name:
        if {time.form, form} == {"year", "yy"}:
            return ReasonCode.OTHER_CALENDAR, f"years of {time.digits} digits"
        return ReasonCode.OTHER_TIME_FORMAT, f"{time.form}, not {promise.format}"
    if time.digits != digits:
        return ReasonCode.OTHER_CALENDAR, f"years of {time.digits} digits"
    if promise.is_day and time.minutes is not None and _local_minutes(time):
        return (
            ReasonCode.TIME_ZONE_SHIFT,
            f"{time.minutes // 60:02}:{time.minutes % 60:02}{time.zone}",
        )
    promised = "BE2" if digits == 2 else promise.calendar
    if time.common_year(promised) in years:
        return None
    other = next((name for name in time.calendars if time.common_year(name) in years), "")
    return (
        (ReasonCode.OTHER_CALENDAR, f"{other.removesuffix('2')}, not {promised.removesuffix('2')}")
        if other
        else None
    )


def _minute_of(time: calendars.WrittenTime) -> int:
    return (time.minutes or 0) % 60


def _off_the_hour(share: float, seen: str, promise: ExpectedColumn) -> Iterator[Reason]:
    if share:
        yield _finding(
            ReasonCode.OFF_THE_HOUR,
            Consequence.WARN,
            promise.name,
            f"{share:.1%} of the values looked at in {promise.column!r}: {seen}",
            share=float(share),
            source_column=promise.column,
            seen=seen,
        )


def _local_minutes(time: calendars.WrittenTime) -> int:
    """Return the minutes since the local midnight; a zone of Z is UTC."""
    return ((time.minutes or 0) + 420 * time.zone.endswith(("Z", "+00:00", "+0000"))) % 1440


# -- times with a type, numbers --------------------------------------------------------------------


def _typed_times(leaf: Leaf, promise: ExpectedColumn, years: range) -> Iterator[Reason]:
    values = leaf.values
    if promise.format in ("year", "yy"):
        yield from _times(_counted(values), promise, years)
        return
    if promise.format == "epoch_ms":
        yield from _epoch_unit(values, promise)
        values = values * 1000
    elif not leaf.is_time:
        return
    years_found = numbers.common_years(np.clip(values, -3e16, 3e16))
    buddhist = float(np.mean(np.isin(years_found - calendars.ERA, np.array(years))))
    if buddhist:
        yield _by_share(ReasonCode.OTHER_CALENDAR, promise, buddhist, "BE, not CE")
    if promise.is_day:
        has_zone = promise.format == "epoch_ms" or bool(getattr(leaf.type, "tz", None))
        yield from _off_midnight(values + _SEVEN_HOURS_US * has_zone, promise)
    if promise.is_hour:
        off = numbers.off_the_hour(values)
        middle = float(np.median(off[off != 0])) / 1e6 if off.any() else 0.0
        yield from _off_the_hour(float(np.mean(off != 0)), f"{middle:+g} s", promise)


def _counted(values: np.ndarray) -> dict[str, int]:
    different, rows = np.unique(values, return_counts=True)
    return {f"{value:.0f}": int(count) for value, count in zip(different, rows, strict=True)}


def _epoch_unit(values: np.ndarray, promise: ExpectedColumn) -> Iterator[Reason]:
    for unit in ("s", "us", "ns"):
        wrong = numbers.in_epoch(values, unit)
        if wrong.any():
            yield _by_share(
                ReasonCode.OTHER_TIME_FORMAT,
                promise,
                float(np.mean(wrong)),
                f"{unit} since 1970, not ms",
            )


def _off_midnight(local: np.ndarray, promise: ExpectedColumn) -> Iterator[Reason]:
    off = numbers.off_midnight(local)
    share = float(np.mean(off != 0))
    if share:
        hours = float(np.median(off[off != 0])) / 3.6e9
        yield _by_share(ReasonCode.TIME_ZONE_SHIFT, promise, share, f"{hours:+.1f} h from midnight")


def _not_a_number(leaf: Leaf, promise: ExpectedColumn) -> Iterator[Reason]:
    declared = {str(marker).lower() for marker in promise.missing}
    found = {name: rows for name, rows in leaf.not_numbers.items() if name.lower() not in declared}
    if found:
        yield _marker(promise, ", ".join(found), sum(found.values()), [*found])


def _numbers(values: np.ndarray, promise: ExpectedColumn) -> Iterator[Reason]:
    declared = frozenset(float(marker) for marker in promise.missing if _is_number(marker))
    for marker in numbers.markers_of(values, declared):
        written = int(marker.value) if marker.value.is_integer() else marker.value
        yield _marker(promise, f"{marker.value:g}", marker.rows, [written])
    if (
        promise.is_measure
        and (constant := numbers.constant_of(values[~np.isin(values, list(declared))])) is not None
    ):
        yield _finding(
            ReasonCode.CONSTANT_COLUMN,
            Consequence.WARN,
            promise.name,
            f"{constant:g} in {promise.column!r}",
            len(values),
            source_column=promise.column,
            value=float(constant),
        )


def _is_number(marker: str | float) -> bool:
    return not isinstance(marker, str) or texts.number_of(marker) == "plain"
