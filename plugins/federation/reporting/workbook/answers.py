"""A workbook that a steward sent back: each filled-in row becomes a decision, or gets the reason
why it does not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

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

_MOST_BYTES = 20_000_000
_MOST_UNPACKED_BYTES = 200_000_000
_MOST_ROWS = 100_000
_READ_COLUMNS = (HEADERS[0], *ANSWER_COLUMNS)


@dataclass(frozen=True)
class Answer:
    """One filled-in row."""

    sheet: str
    row: int
    quarantine_id: str
    action: str
    until: Any
    note: str


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
    """Return the filled-in rows of every sheet.

    Raises HubError for a file that is not the hub's workbook.
    """
    _refuse_odd_files(file)
    from openpyxl import load_workbook

    try:
        book = load_workbook(file, read_only=True, data_only=True)
        return [answer for sheet in book.worksheets for answer in _answers(file, sheet)]
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise HubError(
            f"no workbook that can be read: {error}",
            where=str(file),
            todo="send back the file as it came",
        ) from error


def _refuse_odd_files(file: Path) -> None:
    if not file.is_file():
        raise HubError("no such file", where=str(file))
    try:
        with ZipFile(file) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except BadZipFile as error:
        raise HubError(
            "no workbook (.xlsx)", where=str(file), todo="save it as an Excel workbook"
        ) from error
    if file.stat().st_size > _MOST_BYTES or unpacked > _MOST_UNPACKED_BYTES:
        raise HubError("the workbook is larger than any that the hub sends", where=str(file))


def _answers(file: Path, sheet: Any) -> Iterator[Answer]:
    rows = sheet.iter_rows(min_row=HEADER_ROW, max_row=HEADER_ROW + _MOST_ROWS, values_only=True)
    header = [str(name or "").strip() for name in next(rows, ())]
    missing = [name for name in _READ_COLUMNS if name not in header]
    if missing:
        raise HubError(
            f"sheet {sheet.title!r} lacks the column(s) {', '.join(missing)}",
            where=f"{file}, row {HEADER_ROW}",
            todo="send back the file as it came, with the yellow cells filled in",
        )
    columns = [header.index(name) for name in _READ_COLUMNS]
    for number, row in enumerate(rows, HEADER_ROW + 1):
        quarantine_id, *answer = [_value(row, column) for column in columns]
        if any(value not in (None, "") for value in answer):
            action, until, note = answer
            yield Answer(
                sheet.title, number, _text(quarantine_id), _text(action), until, _text(note)
            )


def _value(row: Sequence[Any], column: int) -> Any:
    """Return a cell's value; openpyxl leaves out the empty cells at the end of a row."""
    return row[column] if column < len(row) else None


def _text(value: Any) -> str:
    return str(value or "").strip()


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

    if not rows:
        return taken("refused", f"no quarantined record has the id {answer.quarantine_id!r}")
    if answer.action not in ANSWERS:
        return taken("refused", f"{answer.action or 'nothing'!r} is none of: {'; '.join(ANSWERS)}")
    status = rows[0].status
    if not status.is_open:
        return taken("already", status)
    if answer.quarantine_id in answered:
        return taken("already", "answered above")
    try:
        return taken(_decide(answer, rows, decider))
    except HubError as error:
        return taken("refused", error.what)


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
