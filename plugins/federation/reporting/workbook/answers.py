"""A workbook that a steward sent back: each filled-in row becomes a decision, or says why it
does not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

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

_MOST_BYTES, _MOST_UNPACKED_BYTES, _MOST_ROWS = 20_000_000, 200_000_000, 100_000


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
    """What became of one answer: `release`, `waive` or `resend` taken over, or `already` or
    `refused` with the reason."""

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
    missing = [name for name in (HEADERS[0], *ANSWER_COLUMNS) if name not in header]
    if missing:
        raise HubError(
            f"sheet {sheet.title!r} lacks the column(s) {', '.join(missing)}",
            where=f"{file}, row {HEADER_ROW}",
            todo="send back the file as it came, with the yellow cells filled in",
        )
    places = [header.index(name) for name in (HEADERS[0], *ANSWER_COLUMNS)]
    for number, row in enumerate(rows, HEADER_ROW + 1):
        given = [row[place] if place < len(row) else None for place in places]
        if any(value not in (None, "") for value in given[1:]):
            yield Answer(
                sheet.title,
                number,
                str(given[0] or "").strip(),
                str(given[1] or "").strip(),
                given[2],
                str(given[3] or "").strip(),
            )


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
