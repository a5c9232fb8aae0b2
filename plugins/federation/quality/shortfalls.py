"""What has not come of a feed as promised: late, empty, incomplete, and silent for long."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from federation.common.bilingual import BilingualText
from federation.common.vocabulary import Dimension, ExtractState, PeriodState, ProblemKind, Severity
from federation.contracts.model import Feed
from federation.extracts.dated import NEWEST_PERIODS
from federation.extracts.expected_arrivals import Expected, is_dormant, silent
from federation.extracts.status import ReleaseInput
from federation.messages import said
from federation.messages.todo_words import MEANWHILE_OF_PROBLEM, TodoFacts, todo_of_problem
from federation.quality.contacts import stakeholders
from federation.quality.incidents import EVIDENCE, Problem
from federation.quality.todo import overdue_files

# An extract that came and does not serve: its own incident tells why its period is missing.
_STANDS_APART = (ExtractState.REJECTED, ExtractState.OVERLAPPING, ExtractState.HELD)
_RECORDS = {
    "hour": BilingualText("hourly records", "ระเบียนรายชั่วโมง"),
    "day": BilingualText("daily records", "ระเบียนรายวัน"),
    "month": BilingualText("monthly records", "ระเบียนรายเดือน"),
    "year": BilingualText("yearly records", "ระเบียนรายปี"),
}


def shortfalls(
    feed: Feed, expected: Sequence[Expected], standing: Sequence[ReleaseInput]
) -> Iterator[Problem]:
    """Yield what a feed owes, each kind once: of one that is dormant only that.

    `standing` are its extracts that no later one replaced. Fewer records than promised are looked
    for in the periods that a score rests on.
    """
    if is_dormant(expected):
        yield _dormant(feed, expected)
        return
    late = [
        entry
        for entry in expected
        if entry.state == PeriodState.LATE and not _is_told(entry, standing)
    ]
    if late:
        yield _late(feed, late)
    empty = [entry for entry in expected if entry.state == PeriodState.EMPTY]
    if empty:
        yield _empty(feed, empty)
    partly = [entry for entry in expected[-NEWEST_PERIODS:] if entry.state == PeriodState.PARTLY]
    if partly:
        yield _incomplete(feed, partly)


def _is_told(entry: Expected, standing: Sequence[ReleaseInput]) -> bool:
    last_day = str(entry.last_date)
    return any(
        other.state in _STANDS_APART and other.first_date <= last_day <= other.last_date
        for other in standing
    )


def _late(feed: Feed, missing: Sequence[Expected]) -> Problem:
    span, count = _span(missing), said.periods(len(missing))
    words = BilingualText(f"{count.en} overdue ({span.en})", f"ขาดส่ง {count.th} ({span.th})")
    files = overdue_files(feed, missing)
    return _problem(feed, ProblemKind.LATE, Dimension.TIMELINESS, words, missing, files)


def _empty(feed: Feed, empty: Sequence[Expected]) -> Problem:
    span, count = _span(empty), said.periods(len(empty))
    words = BilingualText(
        f"the file came and holds nothing of {count.en} ({span.en})",
        f"ไฟล์มาแล้วแต่ไม่มีข้อมูล {count.th} ({span.th})",
    )
    files = overdue_files(feed, empty)
    return _problem(feed, ProblemKind.EMPTY_PERIOD, Dimension.COMPLETENESS, words, empty, files)


def _incomplete(feed: Feed, partly: Sequence[Expected]) -> Problem:
    came = sum(entry.records or 0 for entry in partly)
    owed = sum(entry.owed or 0 for entry in partly)
    span, share, of = _span(partly), said.share(came / owed), _RECORDS[feed.suite.step]
    words = BilingualText(
        f"{came:,} of {owed:,} {of.en} came ({share}): {span.en}",
        f"มา {came:,} จาก {owed:,} {of.th} ({share}) ใน {span.th}",
    )
    files = overdue_files(feed, partly)
    problem = _problem(feed, ProblemKind.INCOMPLETE, Dimension.COMPLETENESS, words, partly, files)
    return replace(problem, records=owed - came)


def _dormant(feed: Feed, expected: Sequence[Expected]) -> Problem:
    missing = silent(expected)
    since = missing[0].first_date
    length = said.length((missing[-1].last_date - since).days + 1)
    newest = max((entry.newest for entry in expected if entry.newest), default=None)
    words = BilingualText(
        f"nothing new for {length.en}{_newest(newest).en}",
        f"ไม่มีข้อมูลใหม่ {length.th}{_newest(newest).th}",
    )
    problem = _problem(feed, ProblemKind.DORMANT, Dimension.TIMELINESS, words, missing)
    office = next((contact.email for contact in stakeholders()), problem.owner)
    return replace(problem, owner=office, severity=Severity.INFO)


def _newest(day: date | None) -> BilingualText:
    if day is None:
        return said.NOTHING
    text = said.day(day)
    return BilingualText(f"; the newest is of {text.en}", f" (ล่าสุด {text.th})")


def _span(periods: Sequence[Expected]) -> BilingualText:
    return said.span(
        min(entry.first_date for entry in periods), max(entry.last_date for entry in periods)
    )


def _problem(  # noqa: PLR0913  each says one thing of the problem
    feed: Feed,
    kind: ProblemKind,
    dimension: Dimension,
    words: BilingualText,
    periods: Sequence[Expected],
    files: BilingualText | None = None,
) -> Problem:
    evidence = [
        {"partition": f"{entry.first_date}..{entry.last_date}"} for entry in periods[:EVIDENCE]
    ]
    return Problem(
        *feed.key,
        kind,
        Severity.WARNING,
        dimension,
        words.th,
        words.en,
        owner_of(feed),
        extracts=len(periods),
        evidence=evidence,
    ).asking(todo_of(feed, kind, files), MEANWHILE_OF_PROBLEM)


def owner_of(feed: Feed) -> str:
    """Return the address of who is asked to act on a feed."""
    return next(iter((*feed.stewards, *feed.city.stewards))).email


def todo_of(feed: Feed, kind: str, files: BilingualText | None = None) -> BilingualText:
    """Return what to do about a problem of this kind, with the names of the files if any."""
    facts = TodoFacts(hint=BilingualText(feed.pattern.text, feed.pattern.text))
    return todo_of_problem(kind, replace(facts, files=files) if files else facts)
