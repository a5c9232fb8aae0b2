"""What a steward is asked about a feed: records on hold, together where one answer may do for all.

It is what the workbook asks, with the same answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from federation.common.bilingual import BilingualText
from federation.common.hashing import short_hash
from federation.common.paths import Home
from federation.common.vocabulary import IncidentState
from federation.conform.unplaced import Suggestion, suggestions
from federation.contracts.model import Feed
from federation.extracts.snapshot import Snapshot, read_snapshot
from federation.ledger import Ledger
from federation.messages import said
from federation.messages.reasons import english, thai
from federation.messages.workbook_words import AnswerKind
from federation.quality.incidents import incidents
from federation.quarantine.decisions import Quarantined, quarantined, unreleasable
from federation.reporting.workbook.form import GUESSES, asked_column, possible_answers

RECORDS_SHOWN = 100  # of a group, each with an answer of its own


@dataclass(frozen=True)
class AskedRecord:
    """One record on hold, and where its city finds it."""

    quarantine_id: str
    period: BilingualText
    file: str
    row_number: int
    record_key: str


@dataclass(frozen=True)
class Group:
    """Records on hold for one reason and with one value: one answer may do for all of them."""

    group_id: str  # the same each time the page is made
    why: BilingualText
    column: str
    value: str
    near: Sequence[Suggestion]  # what the value may mean, best first
    answers: Sequence[AnswerKind]  # that the hub can take
    by: date | None  # local day by which it should be gone
    records: Sequence[AskedRecord]

    @property
    def shown(self) -> Sequence[AskedRecord]:
        return self.records[:RECORDS_SHOWN]

    @property
    def takes_a_value(self) -> bool:
        return AnswerKind.MEANT in self.answers


@dataclass(frozen=True)
class Asking:
    """What is on hold of some feeds now."""

    feeds: Sequence[Feed]
    seen: Snapshot
    ledger: Ledger

    @cached_property
    def records(self) -> list[Quarantined]:
        """Every record on hold of these feeds, the oldest first; one row per defect."""
        return [entry for entry in quarantined(self.seen) if entry.status.is_open]

    @cached_property
    def due(self) -> Mapping[tuple[str, str, str], date]:
        """The local day by which each open finding should be gone."""
        return {
            entry.problem.key: entry.repair_by
            for entry in incidents(self.ledger)
            if entry.state != IncidentState.CLOSED and entry.repair_by
        }

    def on_hold(self, feed: Feed) -> int:
        """Return how many records of a feed wait for an answer."""
        return len({entry.quarantine_id for entry in self._of(feed)})

    def due_by(self, feed: Feed) -> date | None:
        """Return the first local day by which something of a feed should be gone."""
        days = [self.due.get((*feed.key, entry.reason)) for entry in self._of(feed)]
        return min((day for day in days if day), default=None)

    def groups(self, feed: Feed) -> list[Group]:
        """Return what is asked about a feed: the most records first."""
        together: dict[tuple[str, str, str], list[Quarantined]] = {}
        for entry in self._of(feed):
            key = entry.reason, entry.column_name, _value(entry)
            together.setdefault(key, []).append(entry)
        near = suggestions(feed, {entry.unplaced for entry in self._of(feed) if entry.unplaced})
        groups = [self._group(feed, entries, near) for entries in together.values()]
        return sorted(groups, key=lambda group: -len(group.records))

    def _of(self, feed: Feed) -> list[Quarantined]:
        return [entry for entry in self.records if (entry.city, entry.dataset) == feed.key]

    @cached_property
    def _unreleasable(self) -> frozenset[str]:
        return unreleasable(self.records, self.seen)

    @cached_property
    def _paths(self) -> Mapping[str, str]:
        return {entry.extract_id: entry.path for entry in self.seen.inputs}

    def _group(
        self, feed: Feed, entries: Sequence[Quarantined], near: Mapping[str, list[Suggestion]]
    ) -> Group:
        first = entries[0]
        reason, text = first.reason, first.unplaced
        possible = [
            possible_answers(entry.quarantine_id, reason, text, self._unreleasable)
            for entry in entries
        ]
        answers = [kind for kind in AnswerKind if any(kind in kinds for kinds in possible)]
        return Group(
            group_id=short_hash(f"{feed.key} {reason} {first.column_name} {_value(first)}"),
            why=BilingualText(english(feed.dataset, reason), thai(feed.dataset, reason)),
            column=asked_column(feed, first.column_name, reason),
            value=_value(first),
            near=near.get(text or "", [])[:GUESSES],
            answers=answers,
            by=self.due.get((*feed.key, reason)),
            records=[self._record(feed, entry) for entry in entries],
        )

    def _record(self, feed: Feed, entry: Quarantined) -> AskedRecord:
        return AskedRecord(
            entry.quarantine_id,
            said.period(entry.partition),
            feed.pattern.short(self._paths[entry.extract_id]),
            entry.row_number,
            entry.record_key,
        )


def asking(feeds: Sequence[Feed], ledger: Ledger, home: Home) -> Asking:
    """Return what is on hold of these feeds at this moment."""
    return Asking(feeds, read_snapshot(ledger, home).only(feeds), ledger)


def _value(entry: Quarantined) -> str:
    return entry.value_masked or entry.unplaced or ""
