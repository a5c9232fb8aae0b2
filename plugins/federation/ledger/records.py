"""The typed rows of the ledger that steps hand to each other."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from federation.contracts.pattern import Partition


@dataclass(frozen=True)
class Arrival:
    """Bytes of one extract that came from a platform."""

    city: str
    dataset: str
    path: str
    token: str
    partition: Partition
    declared_version: int
    modified_at: datetime | None
    size_bytes: int
    sha256: str
    extract_id: str
    outcome: str = "new"
    arrival_id: int = 0
    arrived_at: datetime | None = None

    @property
    def rank(self) -> tuple[int, float, int]:
        """What decides between arrivals of one partition: declared version, platform's time,
        order of arrival."""
        modified = self.modified_at.timestamp() if self.modified_at else 0.0
        return self.declared_version, modified, self.arrival_id


@dataclass(frozen=True)
class Check:
    """One look at a feed's place on its platform."""

    city: str
    dataset: str
    outcome: str  # ok, unreachable, broken_contract
    seen: int = 0
    new: int = 0
    unchanged: int = 0
    unmatched: list[str] = field(default_factory=list)
    message: str = ""
    checked_at: datetime | None = None


@dataclass(frozen=True)
class Conformed:
    """What conforming one extract came to; `findings` are those on the extract as a whole."""

    city: str
    dataset: str
    extract_id: str
    conform_key: str
    findings: list[dict[str, Any]]
    source_rows: int
    source_rows_out_of_scope: int
    records_received: int
    records_duplicate: int
    output_sha256: str
    isolation: str
    limits: str = ""  # hash of the limits that held, where one of them refused the extract
    conformed_at: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """The gate's decision on one extract."""

    city: str
    dataset: str
    extract_id: str
    work_key: str
    contract_version: str
    verdict: str  # accepted, accepted_with_warning, rejected
    records_quarantined: int
    reasons: list[dict[str, Any]]  # {code, consequence, column, records, message}
    decisions_seen: int = 0  # the newest decision on quarantined records that it rests on
    decided_at: datetime | None = None

    @property
    def accepted(self) -> bool:
        return self.verdict != "rejected"


@dataclass(frozen=True)
class Decision:
    """What a person decided on one extract: `hold` keeps it out, `approve` lets it take its
    place."""

    city: str
    dataset: str
    extract_id: str
    decision: str
    reason: str
    decided_by: str
    decided_at: datetime | None = None


@dataclass(frozen=True)
class RowDecision:
    """What a person decided on one quarantined record: `release` lets it in, `waive` says that
    it may stay out."""

    city: str
    dataset: str
    extract_id: str
    row_number: int
    decision: str  # release, waive, reopen
    codes: str  # why the record was quarantined when this was decided, separated by commas
    reason: str
    decided_by: str
    until: date | None = None  # last local day of a waiver
    decision_id: int = 0
    decided_at: datetime | None = None


@dataclass(frozen=True)
class Measured:
    """One expectation's outcome on one extract or on one build (city, dataset and extract
    empty)."""

    suite: str
    expectation: str
    dimension: str
    severity: str
    consequence: str
    outcome: str  # passed, failed, could_not_be_measured, not_applicable
    evaluated: int | None
    unexpected: int | None
    message: str = ""
    city: str = ""
    dataset: str = ""
    extract_id: str = ""
    work_key: str = ""
    waiver: str = ""  # owner and last day of the waiver that held
