"""A workbook that a steward sent back: each filled-in row becomes a decision, or says why it
does not."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from federation.common.errors import HubError
from federation.common.periods import today
from federation.common.vocabulary import IncidentState, RecordDecision
from federation.extracts.snapshot import Snapshot
from federation.ledger import Ledger
from federation.quality.incidents import acknowledge, incidents
from federation.quarantine.decisions import Quarantined, decide
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
    """What became of one answer: `release`, `waive` or `resend` taken over, or `already` or
    `refused` with the reason."""

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
    answers: Sequence[Answer],
    known: Sequence[Quarantined],
    ledger: Ledger,
    seen: Snapshot,
    by: str,
    *,
    dry: bool = False,
) -> list[Taken]:
    """Record each answer as a decision of `by`.

    Nothing is lost: what cannot be taken over says why. `dry` writes nothing.
    """
    by_id: dict[str, list[Quarantined]] = {}
    for entry in known:
        by_id.setdefault(entry.quarantine_id, []).append(entry)
    done: set[str] = set()
    found = []
    for answer in answers:
        found.append(
            _take(answer, by_id.get(answer.quarantine_id, []), done, ledger, seen, by, dry)
        )
        done.add(answer.quarantine_id)
    return found


def _take(
    answer: Answer,
    rows: Sequence[Quarantined],
    done: set[str],
    ledger: Ledger,
    seen: Snapshot,
    by: str,
    dry: bool,
) -> Taken:
    def taken(outcome: str, message: str = "") -> Taken:
        return Taken(answer.sheet, answer.row, answer.quarantine_id, outcome, message)

    if answer.wrong:
        return taken("refused", answer.wrong)
    if not rows:
        return taken("refused", f"no quarantined record has the id {answer.quarantine_id!r}")
    if answer.action not in ANSWERS:
        return taken("refused", f"{answer.action or 'nothing'!r} is none of: {'; '.join(ANSWERS)}")
    if not rows[0].status.is_open or answer.quarantine_id in done:
        return taken("already", rows[0].status if not rows[0].status.is_open else "answered above")
    try:
        return taken(_decide(answer, rows, ledger, seen, by, dry))
    except HubError as error:
        return taken("refused", error.what)
    except OperationalError:  # the database is away: that is no answer's fault
        raise
    except Exception as error:
        return taken("refused", f"it cannot be taken over: {type(error).__name__}: {error}")


def _decide(
    answer: Answer, rows: Sequence[Quarantined], ledger: Ledger, seen: Snapshot, by: str, dry: bool
) -> str:
    if answer.action == RESEND:
        if not dry:
            _acknowledge(rows, answer.note, ledger, by)
        return "resend"
    confirmed = answer.action == CONFIRM
    decision = RecordDecision.RELEASE if confirmed else RecordDecision.WAIVE
    until = None if confirmed else _day(answer.until)
    decide(rows, decision, answer.note or answer.action, ledger, seen, until=until, by=by, dry=dry)
    return decision


def _acknowledge(rows: Sequence[Quarantined], note: str, ledger: Ledger, by: str) -> None:
    about = {(entry.city, entry.dataset, entry.reason) for entry in rows}
    for entry in incidents(ledger):
        if entry.problem.key in about and entry.state == IncidentState.OPEN:
            acknowledge(entry, by, note or RESEND, ledger)


def _day(value: Any) -> date:
    """Return a local day.

    A year of the Buddhist era, which Thai spreadsheets write, is taken for what it is.
    """
    from openpyxl.utils.datetime import from_excel

    if isinstance(value, int | float) and value in _SERIAL:  # a date in a cell without a format
        value = from_excel(value)
    if isinstance(value, datetime):
        value = value.date()
    try:
        parts = (
            [value.year, value.month, value.day]
            if isinstance(value, date)
            else _parts(str(value or ""))
        )
        year, month, day = parts
        return date(year - 543 if year > today().year + 400 else year, month, day)
    except ValueError as error:
        raise HubError(f"{value!r} is no date", todo="write it as 2026-12-31") from error


def _parts(text: str) -> list[int]:
    numbers = [int(part) for part in text.strip().replace("/", "-").split("-")]
    return numbers if len(text.strip().replace("/", "-").split("-")[0]) == 4 else numbers[::-1]
