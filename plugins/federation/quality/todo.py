"""What the owner of a problem is asked to do: with the names of the files, the city's own columns
and the guesses that the hub has."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from federation.common.bilingual import BilingualText
from federation.common.reason import Reason, kind_of
from federation.common.vocabulary import ReasonCode
from federation.contracts.model import Feed
from federation.datasets.suites import load_suite
from federation.extracts.expected_arrivals import Expected
from federation.extracts.status import ReleaseInput
from federation.messages import said
from federation.messages.todo_words import REASON_TODO, UNKNOWN_CODE_TODO, TodoFacts

if TYPE_CHECKING:
    from federation.quarantine.decisions import Quarantined

_NAMED = 2  # files by name; of more the first, the last and how many
_GUESSES = 2  # texts of unknown areas for which the nearest names are told


def city_columns(feed: Feed, column: str) -> str:
    """Return the city's own name of a national column; another text as it is."""
    sources = next((entry.sources for entry in feed.national if entry.name == column), ())
    return ", ".join(sources) or column


def file_names(feed: Feed, paths: Iterable[str]) -> BilingualText:
    """Return files by the names by which their city calls them, each once."""
    names = list(dict.fromkeys(map(feed.pattern.short, paths)))
    if not names:
        return TodoFacts().files
    if len(names) > _NAMED:
        ends = names[0], names[-1]
        return BilingualText(
            f"{ends[0]} to {ends[1]} ({said.files(len(names)).en})",
            f"ไฟล์ {ends[0]} ถึง {ends[1]} ({said.files(len(names)).th}) ",
        )
    return BilingualText(" and ".join(names), f"ไฟล์ {' และ '.join(names)} ")


def overdue_files(feed: Feed, missing: Sequence[Expected]) -> BilingualText:
    """Return the names of the files that would bring the missing periods."""
    paths = []
    for entry in sorted(missing, key=lambda entry: entry.first_date):
        paths += feed.pattern.paths(entry.first_date, entry.last_date)
    return file_names(feed, paths)


def todo_of_files(
    feed: Feed, code: str, entries: Sequence[tuple[ReleaseInput, Reason]]
) -> BilingualText:
    """Return what to do about files that have one reason in common."""
    _, last = entries[-1]
    facts = TodoFacts(
        file_names(feed, (entry.path for entry, _ in entries)),
        city_columns(feed, last.column),
        _hint(entries[-1]),
    )
    return facts.fill(expectation_todo(feed.dataset, code))


def todo_of_records(
    feed: Feed, code: str, records: Sequence["Quarantined"], path_of: Mapping[str, str]
) -> BilingualText:
    """Return what to do about records that stay out for one reason; `path_of` has the path of
    each extract."""
    files = file_names(feed, (path_of[entry.extract_id] for entry in records))
    column = city_columns(feed, records[0].column_name)
    hint, words = said.NOTHING, expectation_todo(feed.dataset, code)
    if kind_of(code) == ReasonCode.UNKNOWN_AREA:
        hint = _guesses(feed, records)
        if all((entry.unplaced or "").strip().isdigit() for entry in records):
            words = UNKNOWN_CODE_TODO
    elif kind_of(code) == ReasonCode.OUTSIDE_PARTITION:
        hint = _dated(records)
    return TodoFacts(files, column, hint).fill(words)


def expectation_todo(dataset: str, code: str) -> BilingualText:
    """Return what a suite says to do where its expectation is not met, or what the code says."""
    for entry in load_suite(dataset).expectations:
        if entry.id == code:
            return BilingualText(entry.todo["en"], entry.todo["th"])
    return REASON_TODO[kind_of(code)]


def _hint(found: tuple[ReleaseInput, Reason]) -> BilingualText:
    """Return what else is known of a file: a column that may be the missing one, what came in
    place of what was agreed."""
    extract, reason = found
    known = reason.parameters
    if twin := known.get("renamed_to"):
        return BilingualText(
            f"{reason.column} is gone and {twin} is new.",
            f"{reason.column} หายไป และมี {twin} เพิ่มมา",
        )
    if reason.kind == ReasonCode.MISSING_COLUMN:
        extra = [
            entry.column
            for entry in extract.reasons
            if entry.kind == ReasonCode.UNEXPECTED_COLUMN and entry.column
        ]
        if extra:
            new = ", ".join(extra[:3])
            return BilingualText(
                f"{reason.column} is gone and {new} {'is' if len(extra) == 1 else 'are'} new.",
                f"{reason.column} หายไป และมี {new} เพิ่มมา",
            )
    if reason.kind == ReasonCode.RETYPED_COLUMN and known.get("delivered"):
        return BilingualText(
            f"It came as {known['delivered']}; agreed is {known['promised']}.",
            f"ได้รับเป็น {known['delivered']} แต่ตกลงไว้เป็น {known['promised']}",
        )
    return said.NOTHING


def _guesses(feed: Feed, records: Sequence["Quarantined"]) -> BilingualText:
    """Return the texts that name no known area, with what is most like each."""
    from federation.conform.unplaced import suggestions

    texts = list(dict.fromkeys(entry.unplaced for entry in records if entry.unplaced))
    known = suggestions(feed, texts[:_GUESSES])
    en, th = [], []
    for text in texts[:_GUESSES]:
        near = ", ".join(f"{entry.name} ({entry.value})" for entry in known[text][:2])
        en.append(f"“{text}” is not known{f'; perhaps {near}' if near else ''}.")
        th.append(f"ไม่รู้จัก “{text}”{f' ใกล้เคียง {near}' if near else ''}")
    more = len(texts) - _GUESSES
    if more > 0:
        en.append(f"So are {more} more.")
        th.append(f"และอีก {more} ชื่อ")
    return BilingualText(" ".join(en), " ".join(th))


def _dated(records: Sequence["Quarantined"]) -> BilingualText:
    """Return which row carries which date."""
    first = records[0]
    period = said.period(first.partition)
    if not first.value_masked:
        return said.NOTHING
    dated = _said_day(first.value_masked)
    return BilingualText(
        f"Row {first.row_number} of {period.en} is dated {dated.en}.",
        f"แถวที่ {first.row_number} ของ {period.th} ลงวันที่ {dated.th}",
    )


def _said_day(text: str) -> BilingualText:
    """Return a day or minute (2025-03-20 14:00) as a sentence writes it; another text as it is."""
    try:
        day = said.day(date.fromisoformat(text[:10]))
    except ValueError:
        return BilingualText(text, text)
    return BilingualText(f"{day.en}{text[10:]}", f"{day.th}{text[10:]}")
