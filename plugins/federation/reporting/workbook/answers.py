"""A workbook that a steward sent back: each filled-in row becomes a decision, or gets the reason
why it does not."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from federation.common.bilingual import BilingualText
from federation.common.errors import HubError
from federation.common.reason import kind_of
from federation.common.vocabulary import IncidentState, ReasonCode, RecordDecision
from federation.messages import said
from federation.messages.workbook_words import ANSWER_WORDS, COLUMNS, REFUSALS, AnswerKind
from federation.quality.incidents import acknowledge, incidents
from federation.quarantine.decisions import Decider, Decision, Quarantined, Undecidable
from federation.reporting.workbook.days import day_in
from federation.reporting.workbook.ods import Sheet
from federation.reporting.workbook.saved import opened
from federation.reporting.workbook.sheet import ANSWER_COLUMNS, HEADER_ROW
from federation.reporting.workbook.spellings import Spellings, is_code

_FIRST_ROWS = 20  # among them is the row of headings, also where a person put rows above it


@dataclass(frozen=True)
class Answer:
    """One filled-in row."""

    sheet: str
    row: int
    quarantine_id: str
    action: str  # an AnswerKind, or what else stands in the cell
    until: Any
    note: str
    wrong: str = ""  # why a sheet has no rows that can be read; `row` is 0 then
    right_value: str = ""


@dataclass(frozen=True)
class Taken:
    """What became of one answer.

    `outcome` is `release`, `waive`, `resend` or `meant` where it was taken over; else `already` or
    `refused`, and `message` is the reason.
    """

    sheet: str
    row: int
    quarantine_id: str
    outcome: str
    message: BilingualText = said.NOTHING


class _Refused(Exception):
    """An answer that cannot be taken over, for a reason of `REFUSALS`."""

    def __init__(self, code: str, given: object = "") -> None:
        super().__init__(code)
        words = REFUSALS[code]
        self.words = BilingualText(words.en.format(given=given), words.th.format(given=given))


def read_answers(file: Path) -> list[Answer]:
    """Return the filled-in rows of every sheet; a sheet that is none of the hub's is one that says
    so.

    Raises HubError for a file that is not the hub's workbook.
    """
    found: list[Answer] = []
    wrong: list[HubError] = []
    sheets = opened(file)
    for sheet in sheets:
        try:
            found += _answers(file, sheet)
        except HubError as error:
            wrong.append(error)
            found.append(Answer(sheet.title, 0, "", "", None, "", error.what))
    if len(wrong) == len(sheets):
        raise wrong[0]
    return found


def _answers(file: Path, sheet: Sheet) -> list[Answer]:
    """Return the filled-in rows of a sheet; raises HubError when it has no headings."""
    header, places = _places(file, sheet)
    given = (
        (number, [row[place] if place < len(row) else None for place in places])
        for number, row in enumerate(sheet.rows[header:], header + 1)
    )
    return [
        _answer(sheet.title, number, values)
        for number, values in given
        if any(value not in (None, "") for value in values[1:])
    ]


def _answer(sheet: str, row: int, values: Sequence[Any]) -> Answer:
    quarantine_id, action, right_value, until, note = values
    kind = _ACTIONS.get(_folded(action), _text(action))
    return Answer(
        sheet, row, _text(quarantine_id), kind, until, _text(note), "", _text(right_value)
    )


def _places(file: Path, sheet: Sheet) -> tuple[int, list[int]]:
    """Return the number of the row of headings, and where the columns of an answer stand."""
    lacking: list[str] = [COLUMNS[0].th]
    for language in ("th", "en"):
        wanted = [_folded(getattr(COLUMNS[place], language)) for place in (0, *ANSWER_COLUMNS)]
        for number, row in enumerate(sheet.rows[:_FIRST_ROWS], 1):
            header = list(map(_folded, row))
            missing = [name for name in wanted if name not in header]
            if not missing:
                return number, [header.index(name) for name in wanted]
            if len(missing) < len(wanted):
                lacking = missing
    raise HubError(
        f"sheet {sheet.title!r} lacks the column(s) {', '.join(lacking)}",
        where=f"{file}, row {HEADER_ROW}",
        todo="send back the file as it came, with the yellow cells filled in",
    )


def _text(value: Any) -> str:
    return str(value if value is not None else "").strip()


def _folded(value: Any) -> str:
    """Return a cell's text to compare, with one code for each letter: some programs write «ำ» as
    two."""
    return unicodedata.normalize("NFKC", _text(value))


_ACTIONS = {
    _folded(text): kind for kind, words in ANSWER_WORDS.items() for text in (words.th, words.en)
}


def take_over(
    answers: Sequence[Answer], quarantined: Sequence[Quarantined], decider: Decider
) -> list[Taken]:
    """Record each answer as a decision of a person; return what became of each.

    An answer that cannot be taken over gets the reason. Right values become a proposed change of
    the cities' spellings.
    """
    rows_of: dict[str, list[Quarantined]] = {}
    for entry in quarantined:
        rows_of.setdefault(entry.quarantine_id, []).append(entry)
    taking = _Taking(decider, rows_of)
    outcomes = [taking.take(answer) for answer in answers]
    if not decider.dry:
        taking.spellings.write(decider.seen.home)
        taking.acknowledge()
    return outcomes


@dataclass
class _Taking:
    """One workbook being taken over."""

    decider: Decider
    rows_of: Mapping[str, Sequence[Quarantined]]
    answered: set[str] = field(default_factory=set)
    noted: dict[tuple[str, str, str], str] = field(default_factory=dict)  # incident -> what is said
    spellings: Spellings = field(default_factory=Spellings)

    def take(self, answer: Answer) -> Taken:
        place = answer.sheet, answer.row, answer.quarantine_id
        try:
            outcome = self._outcome(answer)
        except _Refused as refused:
            return Taken(*place, "refused", refused.words)
        except Undecidable as error:
            words = _Refused(error.code, answer.until).words
            return Taken(*place, "refused", words)
        except OperationalError:  # the database is away: that is no answer's fault
            raise
        except Exception as error:
            words = REFUSALS["of_the_hub"]
            why = f"{words.en} ({type(error).__name__}: {error})"
            return Taken(*place, "refused", BilingualText(why, words.th))
        finally:
            self.answered.add(answer.quarantine_id)
        return Taken(*place, outcome)

    def _outcome(self, answer: Answer) -> str:
        rows = self.rows_of.get(answer.quarantine_id, [])
        _refuse_what_is_none(answer, rows)
        if not rows[0].status.is_open or answer.quarantine_id in self.answered:
            return "already"
        if answer.action == AnswerKind.RESEND:
            self._note(rows, answer.note or ANSWER_WORDS[AnswerKind.RESEND].th)
            return "resend"
        if answer.action == AnswerKind.MEANT:
            self._note_spelling(answer, rows)
            return "meant"
        reason = answer.note or ANSWER_WORDS[AnswerKind(answer.action)].th
        if answer.action == AnswerKind.CONFIRM:
            decision = Decision(RecordDecision.RELEASE, reason)
        else:
            decision = Decision(RecordDecision.WAIVE, reason, until=_day(answer.until))
        self.decider.decide(rows, decision)
        return str(decision.kind)

    def _note(self, rows: Sequence[Quarantined], said_of_it: str) -> None:
        for entry in rows:
            self.noted[entry.city, entry.dataset, entry.reason] = said_of_it

    def acknowledge(self) -> None:
        """Say that somebody works on an incident, once all its records have an answer: one answer
        is not about the others."""
        for entry in incidents(self.decider.ledger):
            about = entry.problem.key
            if about in self.noted and entry.state == IncidentState.OPEN and self._is_all(about):
                acknowledge(entry, self.decider.by, self.noted[about], self.decider.ledger)

    def _is_all(self, about: tuple[str, str, str]) -> bool:
        return all(
            entry.quarantine_id in self.answered
            for rows in self.rows_of.values()
            for entry in rows
            if (entry.city, entry.dataset, entry.reason) == about and entry.status.is_open
        )

    def _note_spelling(self, answer: Answer, rows: Sequence[Quarantined]) -> None:
        """Note which area a text means; raises _Refused where it cannot mean one."""
        row = next((it for it in rows if kind_of(it.reason) == ReasonCode.UNKNOWN_AREA), None)
        if row is None or not row.unplaced or is_code(row.unplaced):
            raise _Refused("not_meant")
        if not answer.right_value:
            raise _Refused("no_value")
        feed = next(feed for feed in self.decider.seen.feeds if feed.key == (row.city, row.dataset))
        if not self.spellings.note(feed, row.unplaced, answer.right_value):
            raise _Refused("other_value", answer.right_value)
        self._note(rows, f"{row.unplaced} = {answer.right_value}")


def _refuse_what_is_none(answer: Answer, rows: Sequence[Quarantined]) -> None:
    """Raise _Refused for what cannot be an answer."""
    if answer.wrong:
        raise _Refused("other_sheet")
    if not rows:
        raise _Refused("unknown_id")
    if not answer.action:
        raise _Refused("no_answer")
    if answer.action not in {*AnswerKind}:
        raise _Refused("other_answer", answer.action)


def _day(value: Any) -> Any:
    if value in (None, ""):
        raise _Refused("no_day")
    try:
        return day_in(value)
    except ValueError as error:
        raise _Refused("other_day", value) from error
