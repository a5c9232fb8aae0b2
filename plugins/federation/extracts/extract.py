"""The work list: every extract of a feed with how far it has come, read from the ledger and the
files."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from federation.common.errors import DataProblem
from federation.common.hashing import sha256_of_file, short_hash
from federation.common.paths import Home
from federation.common.vocabulary import RecordDecision
from federation.contracts.model import Feed
from federation.datasets.units import units_hash
from federation.extracts.code_keys import conforming_code, judging_code
from federation.extracts.precedence import latest_arrivals, rank_of
from federation.gate.waivers import holding
from federation.ledger import Arrival, Conformed, LedgerSnapshot, RowDecision, Verdict


def conform_key(feed: Feed) -> str:
    """Return the hash of all that decides what a conformed record of this feed is."""
    columns = feed.suite.columns_hash
    return short_hash(feed.contract_hash, columns, units_hash(), conforming_code())


def work_key(feed: Feed) -> str:
    """Return the hash of all that decides a verdict on this feed's extracts."""
    waived = [vars(waiver) for waiver in holding(feed).values()]
    return short_hash(conform_key(feed), feed.suite.hash, judging_code(), *waived)


@dataclass(frozen=True)
class Extract:
    """One delivered extract and how far it has come under the contract of today."""

    feed: Feed  # the version of the contract that holds for its period
    arrival: Arrival
    landing: Path
    conformed: Path
    record: Conformed | None
    verdict: Verdict | None
    decisions: tuple[
        RowDecision, ...
    ] = ()  # the last one of people on each of its quarantined records

    @property
    def released(self) -> frozenset[int]:
        """The rows whose records a person let in."""
        return frozenset(
            entry.row_number for entry in self.decisions if entry.decision == RecordDecision.RELEASE
        )

    @property
    def decisions_seen(self) -> int:
        """The newest decision on one of its records."""
        return max((entry.decision_id for entry in self.decisions), default=0)

    @property
    def extract_id(self) -> str:
        return self.arrival.extract_id

    @property
    def name(self) -> str:
        """Feed and period, for people."""
        return f"{self.feed} {self.arrival.partition}"

    @property
    def quarantine(self) -> Path:
        return Home.quarantine(self.conformed)

    @property
    def records_valid(self) -> int:
        """Records that may enter the warehouse; 0 before the gate."""
        if self.record is None or self.verdict is None:
            return 0
        return (
            self.record.records_received
            - self.record.records_duplicate
            - self.verdict.records_quarantined
        )

    @property
    def needs_conforming(self) -> bool:
        return self.record is None or (
            bool(self.record.output_sha256) and not self.conformed.exists()
        )

    def refused_by_other_limits(self, limits: str) -> bool:
        """Whether a limit refused it, and limits with another hash hold now."""
        return self.record is not None and self.record.limits not in ("", limits)

    @property
    def conformed_since_verdict(self) -> bool:
        """Whether it was conformed once more after it was judged."""
        conformed_at = self.record.conformed_at if self.record else None
        decided_at = self.verdict.decided_at if self.verdict else None
        return bool(conformed_at and decided_at and conformed_at > decided_at)

    @property
    def needs_verdict(self) -> bool:
        if self.record is None:
            return False
        if self.verdict is None or self.verdict.decisions_seen < self.decisions_seen:
            return True
        if self.conformed_since_verdict:
            return True
        return (bool(self.verdict.records_quarantined) and not self.quarantine.exists()) or (
            self.verdict.blanks and not Home.blanks(self.conformed).exists()
        )

    def verify_conformed(self) -> None:
        """Check the bytes of the conformed file.

        Raises DataProblem when they are not those written; then the file is removed, so that it is
        made again.
        """
        assert self.record is not None
        verify_bytes(self.conformed, self.record.output_sha256)


def verify_bytes(file: Path, sha256: str) -> None:
    """Check the bytes of a conformed file.

    Raises DataProblem when they are others or the file is gone; it is removed then, so that it is
    made again.
    """
    if not file.exists() or sha256_of_file(file) != sha256:
        file.unlink(missing_ok=True)
        raise DataProblem(
            "a conformed file was damaged on disk and has been removed",
            where=str(file),
            todo="run again: it is made anew from landing",
        )


def extracts(feed: Feed, seen: LedgerSnapshot, home: Home) -> list[Extract]:
    """Return every extract of a feed that ever arrived, in order of rank, each under the
    contract of its period."""
    of_feed = []
    arrivals = seen.arrivals[feed.key]
    for arrival in latest_arrivals(arrivals, rank_of(feed, arrivals)):
        holds, partition = feed.at(arrival.partition), str(arrival.partition)
        key = conform_key(holds)
        of_feed.append(
            Extract(
                holds,
                arrival,
                home.landing(*feed.key, partition, arrival.sha256),
                home.conformed(*feed.key, partition, arrival.extract_id, key),
                seen.conformed[*feed.key, key].get(arrival.extract_id),
                seen.verdicts[*feed.key, work_key(holds)].get(arrival.extract_id),
                tuple(seen.row_decisions[arrival.extract_id]),
            )
        )
    return of_feed


def all_extracts(feeds: Iterable[Feed], seen: LedgerSnapshot, home: Home) -> list[Extract]:
    """Return the extracts of all feeds, feed by feed."""
    return [extract for feed in feeds for extract in extracts(feed, seen, home)]
