"""A workbook that a steward sent back: each filled-in row becomes a decision, or gets the reason
why it does not."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from federation.common.errors import HubError
from federation.common.periods import today
from federation.common.vocabulary import IncidentState, RecordDecision
from federation.quality.incidents import acknowledge, incidents
from federation.quarantine.decisions import Decider, Decision, Quarantined
from federation.reporting.workbook.form import (
    ANSWER_COLUMNS,
    ANSWERS,
    CONFIRM,
    HEADER_ROW,
    HEADERS,
    RESEND,
)
from federation.reporting.workbook.saved import opened

_MOST_ROWS = 100_000
_SERIAL = range(36_526, 401_769)  # days as spreadsheets count them, from 2000 to 2999
_FIRST_ROWS = 20  # among them is the row of headings, also where a person put rows above it


@dataclass(frozen=True)
class Answer:
    """One filled-in row."""

    sheet: str
    row: int
    quarantine_id: str
    action: str
    until: Any
    note: str
    wrong: str = ""  # why a sheet has no rows that can be read; `row` is 0 then


@dataclass(frozen=True)
class Taken:
    """What became of one answer.

    `outcome` is `release`, `waive` or `resend` where it was taken over; else `already` or
    `refused`, and `message` is the reason.
    """

    sheet: str
    row: int
    quarantine_id: str
    outcome: str
    message: str = ""


def read_answers(file: Path) -> list[Answer]:
    """Return the filled-in rows of every sheet; a sheet that is none of the hub's is one that says
    so.

    Raises HubError for a file that is not the hub's workbook.
    """
    found: list[Answer] = []
    wrong: list[HubError] = []
    sheets = opened(file).worksheets
    for sheet in sheets:
        try:
            found += _answers(file, sheet)
        except HubError as error:
            wrong.append(error)
            found.append(Answer(sheet.title, 0, "", "", None, "", error.what))
    if len(wrong) == len(sheets):
        raise wrong[0]
    return found


def _answers(file: Path, sheet: Any) -> list[Answer]:
    """Return the filled-in rows of a sheet; raises HubError when it cannot be read."""
    try:
        rows = list(sheet.iter_rows(max_row=HEADER_ROW + _MOST_ROWS, values_only=True))
    except Exception as error:  # whatever openpyxl makes of a sheet that is damaged
        raise HubError(
            f"sheet {sheet.title!r} cannot be read: {error}",
            where=str(file),
            todo="send back the file as it came",
        ) from error
    header, places = _places(file, sheet.title, rows)
    given = (
        (number, [row[place] if place < len(row) else None for place in places])
        for number, row in enumerate(rows[header:], header + 1)
    )
    return [
        _answer(sheet.title, number, values)
        for number, values in given
        if any(value not in (None, "") for value in values[1:])
    ]


def _answer(sheet: str, row: int, values: Sequence[Any]) -> Answer:
    quarantine_id, action, until, note = values
    said = _ACTIONS.get(_folded(action), _text(action))
    return Answer(sheet, row, _text(quarantine_id), said, until, _text(note))


def _places(file: Path, sheet: str, rows: Sequence[Sequence[Any]]) -> tuple[int, list[int]]:
    """Return the number of the row of headings, and where the columns of an answer stand."""
    wanted = [_folded(name) for name in (HEADERS[0], *ANSWER_COLUMNS)]
    lacking = wanted
    for number, row in enumerate(rows[:_FIRST_ROWS], 1):
        header = list(map(_folded, row))
        missing = [name for name in wanted if name not in header]
        if not missing:
            return number, [header.index(name) for name in wanted]
        lacking = min(lacking, missing, key=len)
    raise HubError(
        f"sheet {sheet!r} lacks the column(s) {', '.join(lacking)}",
        where=f"{file}, row {HEADER_ROW}",
        todo="send back the file as it came, with the yellow cells filled in",
    )


def _text(value: Any) -> str:
    return str(value if value is not None else "").strip()


def _folded(value: Any) -> str:
    """Return a cell's text to compare, with one code for each letter: some programs write «ำ» as
    two."""
    return unicodedata.normalize("NFKC", _text(value))


_ACTIONS = {_folded(action): action for action in ANSWERS}


def take_over(
    answers: Sequence[Answer], quarantined: Sequence[Quarantined], decider: Decider
) -> list[Taken]:
    """Record each answer as a decision of a person; return what became of each.

    An answer that cannot be taken over gets the reason.
    """
    rows_of: dict[str, list[Quarantined]] = {}
    for entry in quarantined:
        rows_of.setdefault(entry.quarantine_id, []).append(entry)
    answered: set[str] = set()
    outcomes = []
    for answer in answers:
        rows = rows_of.get(answer.quarantine_id, [])
        outcomes.append(_take(answer, rows, answered, decider))
        answered.add(answer.quarantine_id)
    return outcomes


def _take(
    answer: Answer, rows: Sequence[Quarantined], answered: set[str], decider: Decider
) -> Taken:
    def taken(outcome: str, message: str = "") -> Taken:
        return Taken(answer.sheet, answer.row, answer.quarantine_id, outcome, message)

    wrong = _wrong(answer, rows)
    if wrong:
        return taken("refused", wrong)
    status = rows[0].status
    if not status.is_open or answer.quarantine_id in answered:
        return taken("already", "answered above" if status.is_open else status)
    try:
        return taken(_decide(answer, rows, decider))
    except HubError as error:
        return taken("refused", error.what)
    except OperationalError:  # the database is away: that is no answer's fault
        raise
    except Exception as error:
        return taken("refused", f"it cannot be taken over: {type(error).__name__}: {error}")


def _wrong(answer: Answer, rows: Sequence[Quarantined]) -> str:
    """Return why an answer cannot be one, or an empty text."""
    if answer.wrong:
        return answer.wrong
    if not rows:
        return f"no quarantined record has the id {answer.quarantine_id!r}"
    if answer.action not in ANSWERS:
        return f"{answer.action or 'nothing'!r} is none of: {'; '.join(ANSWERS)}"
    return ""


def _decide(answer: Answer, rows: Sequence[Quarantined], decider: Decider) -> str:
    if answer.action == RESEND:
        if not decider.dry:
            _acknowledge(rows, answer.note, decider)
        return "resend"
    reason = answer.note or answer.action
    if answer.action == CONFIRM:
        decision = Decision(RecordDecision.RELEASE, reason)
    else:
        decision = Decision(RecordDecision.WAIVE, reason, until=_day(answer.until))
    decider.decide(rows, decision)
    return decision.kind


def _acknowledge(rows: Sequence[Quarantined], note: str, decider: Decider) -> None:
    about = {(entry.city, entry.dataset, entry.reason) for entry in rows}
    for entry in incidents(decider.ledger):
        if entry.problem.key in about and entry.state == IncidentState.OPEN:
            acknowledge(entry, decider.by, note or RESEND, decider.ledger)


def _day(value: Any) -> date:
    """Return a local day; a year of the Buddhist era, as in Thai spreadsheets, is converted."""
    from openpyxl.utils.datetime import from_excel

    if isinstance(value, int | float) and value in _SERIAL:  # a date in a cell without a format
        value = from_excel(value)
    try:
        if isinstance(value, date):  # a datetime, too
            year, month, day = value.year, value.month, value.day
        else:
            year, month, day = _parts(str(value or ""))
        if year > today().year + 400:
            year -= 543
        return date(year, month, day)
    except ValueError as error:
        raise HubError(f"{value!r} is no date", todo="write it as 2026-12-31") from error


def _parts(text: str) -> list[int]:
    """Return year, month and day of 2026-12-31 or 31/12/2026."""
    parts = text.strip().replace("/", "-").split("-")
    numbers = [int(part) for part in parts]
    year_is_first = len(parts[0]) == 4
    return numbers if year_is_first else numbers[::-1]
