"""The typed rows of the ledger that steps hand to each other.

A row's words become members of their vocabulary whoever makes it; the ledger gives plain texts.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from federation.common.periods import is_possible
from federation.common.reason import Reason, blanks_values, reasons_from
from federation.common.vocabulary import (
    ArrivalOutcome,
    CheckOutcome,
    Consequence,
    Dimension,
    ExtractDecision,
    Outcome,
    RecordDecision,
    RemarkKind,
    Severity,
    VerdictKind,
)
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
    outcome: ArrivalOutcome = ArrivalOutcome.NEW
    arrival_id: int = 0
    arrived_at: datetime | None = None

    def __post_init__(self) -> None:
        _set(self, outcome=ArrivalOutcome(self.outcome))

    @property
    def sent_at(self) -> datetime | None:
        """When the platform says it was sent; None where it says nothing, or what cannot be
        true."""
        stated, came = self.modified_at, self.arrived_at
        if stated is None or (came and not is_possible(stated, came)):
            return None
        return min(stated, came or stated)

    @property
    def rank(self) -> tuple[int, float, int]:
        """What decides between arrivals of one partition: declared version, platform's time,
        order of arrival."""
        modified = self.modified_at.timestamp() if self.modified_at else 0.0
        return self.declared_version, modified, self.arrival_id


@dataclass(frozen=True)
class Remark:
    """What a look noticed of one file; the path as people are shown it."""

    kind: RemarkKind
    path: str
    reason: str

    def __post_init__(self) -> None:
        _set(self, kind=RemarkKind(self.kind))

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True)
class Sighting:
    """A look at which a file of a feed was no longer shown, or was shown again."""

    city: str
    dataset: str
    path: str
    is_shown: bool
    outcome: CheckOutcome  # of the look
    seen_at: datetime | None = None

    def __post_init__(self) -> None:
        _set(self, outcome=CheckOutcome(self.outcome))


@dataclass(frozen=True)
class Check:
    """One look at a feed's place on its platform."""

    city: str
    dataset: str
    outcome: CheckOutcome
    seen: int = 0
    new: int = 0
    unchanged: int = 0
    unmatched: list[str] = field(default_factory=list)
    message: str = ""
    checked_at: datetime | None = None
    remarks: list[Remark] = field(default_factory=list)

    def __post_init__(self) -> None:
        remarks = [Remark(**entry) if isinstance(entry, dict) else entry for entry in self.remarks]
        _set(self, outcome=CheckOutcome(self.outcome), remarks=remarks)

    def remarked(self, kind: RemarkKind) -> list[Remark]:
        """Return the remarks of one kind."""
        return [remark for remark in self.remarks if remark.kind == kind]


@dataclass(frozen=True)
class Conformed:
    """The result of conforming one extract; `findings` are those on the extract as a whole."""

    city: str
    dataset: str
    extract_id: str
    conform_key: str
    findings: list[Reason]
    source_rows: int
    source_rows_out_of_scope: int
    records_received: int
    records_duplicate: int
    output_sha256: str
    isolation: str
    limits: str = ""  # hash of the limits that held, where one of them refused the extract
    conformed_at: datetime | None = None

    def __post_init__(self) -> None:
        _set(self, findings=reasons_from(self.findings))


@dataclass(frozen=True)
class Verdict:
    """The gate's decision on one extract."""

    city: str
    dataset: str
    extract_id: str
    work_key: str
    contract_version: str
    verdict: VerdictKind
    records_quarantined: int
    reasons: list[Reason]
    decisions_seen: int = 0  # the newest decision on quarantined records that it rests on
    decided_at: datetime | None = None

    def __post_init__(self) -> None:
        _set(self, verdict=VerdictKind(self.verdict), reasons=reasons_from(self.reasons))

    @property
    def accepted(self) -> bool:
        return self.verdict.is_accepted

    @property
    def blanks(self) -> bool:
        """Whether single values of its records stay out of the warehouse."""
        return self.accepted and blanks_values(self.reasons)


@dataclass(frozen=True)
class Decision:
    """What a person decided on one extract: `hold` keeps it out, `approve` lets it take its
    place."""

    city: str
    dataset: str
    extract_id: str
    decision: ExtractDecision
    reason: str
    decided_by: str
    decided_at: datetime | None = None

    def __post_init__(self) -> None:
        _set(self, decision=ExtractDecision(self.decision))


@dataclass(frozen=True)
class RowDecision:
    """What a person decided on one quarantined record: `release` lets it in, `waive` says that
    it may stay out."""

    city: str
    dataset: str
    extract_id: str
    row_number: int
    decision: RecordDecision
    codes: str  # why the record was quarantined when this was decided, separated by commas
    reason: str
    decided_by: str
    until: date | None = None  # last local day of a waiver
    decision_id: int = 0
    decided_at: datetime | None = None

    def __post_init__(self) -> None:
        _set(self, decision=RecordDecision(self.decision))


@dataclass(frozen=True)
class Measured:
    """One expectation's outcome on one extract or on one build (city, dataset and extract
    empty)."""

    suite: str
    expectation: str
    dimension: Dimension
    severity: Severity
    consequence: Consequence
    outcome: Outcome
    evaluated: int | None
    unexpected: int | None
    message: str = ""
    city: str = ""
    dataset: str = ""
    extract_id: str = ""
    work_key: str = ""
    waiver: str = ""  # owner and last day of the waiver that held

    def __post_init__(self) -> None:
        _set(
            self,
            dimension=Dimension(self.dimension),
            severity=Severity(self.severity),
            consequence=Consequence(self.consequence),
            outcome=Outcome(self.outcome),
        )


def _set(record: object, **values: object) -> None:
    """Set fields of a frozen record while it is made."""
    for name, value in values.items():
        object.__setattr__(record, name, value)
