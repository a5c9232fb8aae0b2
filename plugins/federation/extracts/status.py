"""The status of every extract: current, superseded, held for a person, in conflict, rejected or not
yet judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from federation.common.hashing import short_hash
from federation.common.paths import Home
from federation.common.periods import BANGKOK
from federation.common.reason import Reason, blanks_values, reasons_from
from federation.common.vocabulary import (
    Consequence,
    Dimension,
    ExtractState,
    ReasonCode,
    VerdictKind,
)
from federation.contracts.model import Feed
from federation.extracts.extract import Extract, extracts, work_key
from federation.extracts.precedence import (
    Precedence,
    PrecedenceRules,
    Rank,
    decide_precedence,
    rank_of,
)
from federation.ledger import LedgerSnapshot
from federation.messages.reason_words import REASON_WORDS

REJECTED = (ExtractState.REJECTED, ExtractState.OVERLAPPING)


@dataclass(frozen=True)
class ReleaseInput:
    """One extract as a release reports it: an entry of release.json, enough without the ledger."""

    city: str
    city_code: str
    dataset: str
    partition: str
    first_date: str
    last_date: str
    extract_id: str
    path: str
    declared_version: int
    modified_at: str | None
    arrived_at: str | None
    size_bytes: int
    sha256: str
    contract_version: str
    identity: str
    state: ExtractState
    verdict: VerdictKind
    reasons: list[Reason]
    conformed: str  # relative to the home
    conformed_sha256: str
    source_rows: int
    source_rows_out_of_scope: int
    records_received: int
    records_duplicate: int
    records_quarantined: int

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> "ReleaseInput":
        """Return the input of an entry of release.json."""
        typed = {
            "state": ExtractState(entry["state"]),
            "verdict": VerdictKind(entry["verdict"]),
            "reasons": reasons_from(entry["reasons"]),
        }
        return cls(**{**entry, **typed})

    @property
    def key(self) -> tuple[str, str]:
        return self.city, self.dataset

    @property
    def has_blanks(self) -> bool:
        """Whether single values of its records stay out of the warehouse."""
        return blanks_values(self.reasons)

    @property
    def counts_to_24(self) -> bool:
        """Whether its last hour is the first one of the day after its period."""
        return any(reason.kind == ReasonCode.HOURS_TO_24 for reason in self.reasons)

    def overlaps(self, other: "ReleaseInput") -> bool:
        return (
            self.key == other.key
            and self.first_date <= other.last_date
            and other.first_date <= self.last_date
        )


@dataclass(frozen=True)
class ExtractStatus:
    """An extract with its place among those of its feed."""

    extract: Extract
    state: ExtractState
    other: str = (
        ""  # extract that took its place, that it is in conflict with, or that it would replace
    )

    @property
    def verdict(self) -> VerdictKind:
        """The verdict that people see: `held` for one that waits for a person, `rejected` for
        one in conflict too."""
        if self.state == ExtractState.HELD:
            return VerdictKind.HELD
        if self.state == ExtractState.OVERLAPPING:
            return VerdictKind.REJECTED
        if self.extract.verdict is None:
            return VerdictKind.WAITING
        given = self.extract.verdict
        is_warned = given.verdict == VerdictKind.ACCEPTED_WITH_WARNING
        is_clear = is_warned and not self.reasons and not given.records_quarantined
        return VerdictKind.ACCEPTED if is_clear else given.verdict

    @property
    def reasons(self) -> list[Reason]:
        """Why: the reasons of the gate, and the one of a conflict or a hold.

        That a file lacks days which were to come when it was fetched is none: the calendar of
        arrivals tells when they are due.
        """
        given = list(self.extract.verdict.reasons) if self.extract.verdict else []
        if self._came_before_its_end:
            given = [reason for reason in given if not self._is_of_what_lacks(reason)]
        return [*given, *self._reason_of_place()]

    @property
    def _came_before_its_end(self) -> bool:
        arrival = self.extract.arrival
        arrived = arrival.arrived_at
        return bool(arrived and arrived.astimezone(BANGKOK).date() <= arrival.partition.end)

    def _is_of_what_lacks(self, reason: Reason) -> bool:
        """Whether a reason says that the file as a whole lacks records."""
        return any(
            entry.id == reason.code
            and entry.about_the_file
            and entry.dimension == Dimension.COMPLETENESS
            and reason.consequence == Consequence.WARN
            for entry in self.extract.feed.suite.expectations
        )

    def _reason_of_place(self) -> list[Reason]:
        parameters = {"other": self.other} if self.other else {}
        if self.state == ExtractState.OVERLAPPING:
            code, consequence = ReasonCode.OVERLAPPING_PARTITION, Consequence.REJECT
            return [Reason(code, consequence, "", REASON_WORDS[code].en, 0, parameters)]
        if self.state == ExtractState.HELD:
            code, consequence = ReasonCode.HELD_FOR_APPROVAL, Consequence.HOLD
            message = f"a person must look first: hub release show {self.extract.extract_id}"
            return [Reason(code, consequence, "", message, 0, parameters)]
        return []

    @property
    def identity(self) -> str:
        """The hash of all that decides the records of this extract."""
        return short_hash(
            self.extract.extract_id, work_key(self.extract.feed), *sorted(self.extract.released)
        )

    def as_input(self, home: Home) -> "ReleaseInput":
        """Return what a release says of this extract."""
        arrival, feed = self.extract.arrival, self.extract.feed
        record, verdict = self.extract.record, self.extract.verdict
        return ReleaseInput(
            city=feed.city.key,
            city_code=feed.city.code,
            dataset=feed.dataset,
            partition=str(arrival.partition),
            first_date=str(arrival.partition.start),
            last_date=str(arrival.partition.end),
            extract_id=arrival.extract_id,
            path=arrival.path,
            declared_version=arrival.declared_version,
            modified_at=_iso(arrival.sent_at),
            arrived_at=_iso(arrival.arrived_at),
            size_bytes=arrival.size_bytes,
            sha256=arrival.sha256,
            contract_version=feed.version,
            identity=self.identity,
            state=self.state,
            verdict=self.verdict,
            reasons=self.reasons,
            conformed=self.extract.conformed.relative_to(home.root).as_posix(),
            conformed_sha256=record.output_sha256 if record else "",
            source_rows=record.source_rows if record else 0,
            source_rows_out_of_scope=record.source_rows_out_of_scope if record else 0,
            records_received=record.records_received if record else 0,
            records_duplicate=record.records_duplicate if record else 0,
            records_quarantined=verdict.records_quarantined if verdict else 0,
        )


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def newest_rejected(statuses: Iterable[ExtractStatus]) -> list[ExtractStatus]:
    """Return what is rejected and not mended, of each path the newest."""
    newest = {
        (str(entry.extract.feed), entry.extract.arrival.path): entry
        for entry in statuses
        if entry.state in REJECTED
    }
    return list(newest.values())


def extract_statuses(
    feeds: Sequence[Feed], seen: LedgerSnapshot, home: Home
) -> list[ExtractStatus]:
    """Return the status of every known extract, feed by feed in order of rank."""
    return [placed for feed in feeds for placed in _feed_statuses(feed, seen, home)]


def _feed_statuses(feed: Feed, seen: LedgerSnapshot, home: Home) -> list[ExtractStatus]:
    of_feed, rank = extracts(feed, seen, home), rank_of(feed, seen.arrivals[feed.key])
    accepted = [entry for entry in of_feed if entry.verdict and entry.verdict.accepted]
    standing = decide_precedence(
        (entry.arrival for entry in accepted), _rules(feed, accepted, seen), rank
    )
    return [_status(entry, standing, rank) for entry in of_feed]


def _rules(feed: Feed, accepted: Sequence[Extract], seen: LedgerSnapshot) -> PrecedenceRules:
    # A file without any row, whole in all else, says that there is nothing in its period: that is
    # no truncated file.
    records = {
        entry.extract_id: entry.records_valid
        for entry in accepted
        if entry.record and entry.record.source_rows
    }
    return PrecedenceRules(
        feed.delivery, feed.shrink_tolerance_pct, records, seen.decisions[feed.key]
    )


def _status(entry: Extract, standing: Mapping[str, Precedence], rank: Rank) -> ExtractStatus:
    if entry.extract_id in standing:
        return ExtractStatus(
            entry, standing[entry.extract_id].state, standing[entry.extract_id].other
        )
    if entry.verdict is None:
        return ExtractStatus(entry, ExtractState.WAITING)
    # A rejected file is nobody's trouble any more once a later, accepted one is about its whole
    # period.
    current = {
        key: other.arrival for key, other in standing.items() if other.state == ExtractState.CURRENT
    }
    mended = next(
        (
            key
            for key, other in current.items()
            if rank(other) > rank(entry.arrival) and other.partition.covers(entry.arrival.partition)
        ),
        "",
    )
    return ExtractStatus(
        entry, ExtractState.SUPERSEDED if mended else ExtractState.REJECTED, mended
    )
