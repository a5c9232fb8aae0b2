"""The stewards' workbook of records on hold: a sheet per dataset, a row per defect.

Values are masked as in `ops.quarantine`. A row offers only the answers that the hub can take.
Stewards fill in the yellow cells, all others are locked; `answers` reads the workbook that comes
back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any

import duckdb

from federation.common.bilingual import BilingualText
from federation.common.reason import kind_of
from federation.common.vocabulary import IncidentState, ReasonCode
from federation.conform.unplaced import Suggestion, suggestions
from federation.contracts.model import Feed
from federation.datasets.suites import load_suite
from federation.messages import said
from federation.messages.reasons import english, thai
from federation.messages.workbook_words import (
    ANSWER_WORDS,
    COLUMNS,
    GUIDE,
    RECORDS_ASKED,
    AnswerKind,
)
from federation.quality.incidents import Incident
from federation.quality.todo import city_columns
from federation.reporting.mail.context import CityReport
from federation.reporting.mail.mail import Attachment
from federation.reporting.workbook.sheet import Row, write_sheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GUESSES = 3
_QUERY = """
SELECT
  q.quarantine_id, q.partition, e.path, q.row_number, q.record_key, q.column_name,
  q.value_masked, q.reason, q.unplaced
FROM ops.quarantine AS q
JOIN ops.extracts AS e USING (extract_id)
WHERE q.city = ? AND q.dataset = ? AND q.status IN ('open', 'expired')
ORDER BY q.first_seen_at, q.extract_id, q.row_number, q.reason
LIMIT 5000
"""


@dataclass(frozen=True)
class Asked:
    """Of whom, in which language and until when a workbook asks, and what of it can be let in."""

    feeds: Sequence[Feed]
    incidents: Sequence[Incident]
    today: date
    language: str = "th"
    # ids of records that break a rule of the national table, and so cannot be let in as they are
    unreleasable: frozenset[str] = field(default_factory=frozenset)

    def say(self, text: BilingualText) -> str:
        """Return a text in the language of the workbook."""
        return str(getattr(text, self.language))

    def by(self, city: str, dataset: str, reason: str) -> date | None:
        """Return the local day by which an open finding should be gone."""
        days = (
            entry.repair_by
            for entry in self.incidents
            if entry.state != IncidentState.CLOSED and entry.problem.key == (city, dataset, reason)
        )
        return min((day for day in days if day), default=None)

    def feed(self, dataset: str) -> Feed | None:
        return next((feed for feed in self.feeds if feed.dataset == dataset), None)


def workbook_of(
    con: duckdb.DuckDBPyConnection, city: CityReport, asked: Asked
) -> Attachment | None:
    """Return the city's workbook, or None when nothing of it is on hold.

    `con` has the release open.
    """
    rows_of = {
        feed.dataset: con.execute(_QUERY, [city.key, feed.dataset]).fetchall()
        for feed in city.feeds
    }
    rows_of = {dataset: rows for dataset, rows in rows_of.items() if rows}
    if not rows_of:
        return None
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for dataset, found in rows_of.items():
        rows = _rows(city.key, dataset, found, asked)
        sheet = book.create_sheet(title_of(dataset, asked.language))
        write_sheet(sheet, _head(city, dataset, rows, asked), _headers(asked), rows)
    file = BytesIO()
    book.save(file)
    records = sum(len({row[0] for row in rows}) for rows in rows_of.values())
    name = _name(city, asked.today)
    return Attachment(name, MEDIA_TYPE, file.getvalue(), records)


def _name(city: CityReport, today: date) -> str:
    """Return a name that tells whose it is: of a steward of one feed, that feed's."""
    only = [feed.dataset for feed in city.feeds] if len(city.feeds) == 1 else []
    return "-".join([city.key, *only, str(today)]) + ".xlsx"


def title_of(dataset: str, language: str = "th") -> str:
    """Return a sheet's name: the dataset's title in the 31 characters that Excel takes."""
    return load_suite(dataset).title[language][:31]


def _headers(asked: Asked) -> tuple[str, ...]:
    return tuple(asked.say(column) for column in COLUMNS)


def _head(
    city: CityReport, dataset: str, rows: Sequence[Row], asked: Asked
) -> tuple[str, str, str]:
    """Return what stands above the table: whose it is, what to do, until when."""
    name = BilingualText(city.name_en, city.name_th)
    title = load_suite(dataset).title
    records = said.records(len({row.values[0] for row in rows}))
    day = min((row.by for row in rows if row.by), default=None)
    due = BilingualText(
        RECORDS_ASKED.en.format(records=records.en, day=said.day(day).en),
        RECORDS_ASKED.th.format(records=records.th, day=said.day(day).th),
    )
    head = f"{asked.say(name)}: {title[asked.language]}"
    return f"{head} · {asked.say(said.day(asked.today))}", asked.say(GUIDE), asked.say(due)


def _rows(city: str, dataset: str, found: Sequence[tuple[Any, ...]], asked: Asked) -> list[Row]:
    feed = asked.feed(dataset)
    texts = dict.fromkeys(row[8] for row in found if row[8])
    near = suggestions(feed, texts) if feed else {}
    of_feed = _OfFeed(city, dataset, feed, asked)
    return [of_feed.row(row, near.get(row[8], [])) for row in found]


def may_be_meant(reason: str, text: str | None) -> bool:
    """Return whether a right value can be taken for a text: for a name of an area, no code."""
    return kind_of(reason) == ReasonCode.UNKNOWN_AREA and bool(text) and not _is_code(text)


def _is_code(text: str | None) -> bool:
    return (text or "").strip().isdigit()


@dataclass(frozen=True)
class _OfFeed:
    """The feed whose rows are written."""

    city: str
    dataset: str
    feed: Feed | None
    asked: Asked

    def row(self, found: Sequence[Any], near: Sequence[Suggestion]) -> Row:
        quarantine_id, partition, path, number, key, column, value, reason, text = found
        asked, feed = self.asked, self.feed
        words = thai if asked.language == "th" else english
        guesses = [f"{entry.name} ({entry.value})" for entry in near[:GUESSES]]
        by = asked.by(self.city, self.dataset, reason)
        possible = possible_answers(quarantine_id, reason, text, asked.unreleasable)
        values = (
            quarantine_id,
            asked.say(said.period(partition)),
            feed.pattern.short(path) if feed else path,
            str(number),
            key or "",
            asked_column(feed, column, reason) if feed else column,
            value or text or "",
            words(self.dataset, reason),
            "\n".join(guesses),
            asked.say(said.day(by)),
        )
        return Row(
            values=tuple(map(str, values)),
            answers=tuple(asked.say(ANSWER_WORDS[kind]) for kind in possible),
            guesses=tuple(guesses) if may_be_meant(reason, text) else (),
            by=by,
        )


def asked_column(feed: Feed, column: str, reason: str) -> str:
    """Return the city's own column; of an unknown area those that name areas."""
    if column or kind_of(reason) not in (ReasonCode.UNKNOWN_AREA, ReasonCode.FOREIGN_AREA):
        return city_columns(feed, column)
    names = (name for entry in feed.national if entry.area for name in entry.sources)
    return ", ".join(dict.fromkeys(names))


def possible_answers(
    quarantine_id: str, reason: str, text: str | None, unreleasable: frozenset[str]
) -> list[AnswerKind]:
    """Return the answers that the hub can take about a record with a defect; `text` is what names
    no known area."""
    possible = [AnswerKind.RESEND]
    if may_be_meant(reason, text):
        possible.append(AnswerKind.MEANT)
    if not kind_of(reason).is_of_a_record and quarantine_id not in unreleasable:
        possible.append(AnswerKind.CONFIRM)
    return [*possible, AnswerKind.STAYS_OUT]
