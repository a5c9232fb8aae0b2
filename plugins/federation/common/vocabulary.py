"""The closed vocabularies of the hub: every state, verdict, consequence and outcome that there is.

Each is a `StrEnum`, so a member is written to JSON, YAML, SQL and the ledger as its plain text.
"""

from enum import StrEnum


class Verdict(StrEnum):
    """The gate's decision on an extract."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_WARNING = "accepted_with_warning"
    REJECTED = "rejected"


class ExtractState(StrEnum):
    """Where an extract stands among those of its feed."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    HELD = "held"
    OVERLAPPING = "overlapping"
    REJECTED = "rejected"
    WAITING = "waiting"


class Consequence(StrEnum):
    """What follows for an extract or a record; `hold` waits for the decision of a person."""

    REJECT = "reject"
    QUARANTINE = "quarantine"
    WARN = "warn"
    HOLD = "hold"


class Severity(StrEnum):
    """How grave a finding is, in the words of Great Expectations."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Dimension(StrEnum):
    """The dimension of data quality that an expectation serves."""

    COMPLETENESS = "completeness"
    VALIDITY = "validity"
    UNIQUENESS = "uniqueness"
    CONSISTENCY = "consistency"
    TIMELINESS = "timeliness"
    ACCURACY = "accuracy"


class ExpectationKind(StrEnum):
    """What an expectation judges, and so which SQL finds what fails."""

    RECORDS = "records"  # each record by itself
    METER = "meter"  # the records of a meter that repeats one value
    WHOLE_EXTRACT = "whole_extract"  # an extract as a whole
    HISTORY = "history"  # an extract as a whole, by what its feed sent before


class Outcome(StrEnum):
    """What became of one expectation on one extract or build."""

    PASSED = "passed"
    FAILED = "failed"
    COULD_NOT_BE_MEASURED = "could_not_be_measured"
    NOT_APPLICABLE = "not_applicable"


class Delivery(StrEnum):
    """What the files of a feed are."""

    # a file is all there is of its period; files of one feed do not overlap in part
    FULL_PARTITION = "full_partition"
    # files may overlap (rolling windows); what both tell, the file of the later period tells
    APPEND = "append"
    # a file tells what changed in its period; the latest state of a key holds
    UPSERT = "upsert"
    # a file is all there is up to the end of its period (cumulative files)
    SNAPSHOT = "snapshot"


class CheckOutcome(StrEnum):
    """What came of one look at a feed's place on its platform."""

    OK = "ok"
    UNREACHABLE = "unreachable"
    BROKEN_CONTRACT = "broken_contract"


class ArrivalOutcome(StrEnum):
    """Whether arrived bytes were seen before."""

    NEW = "new"
    UNCHANGED = "unchanged"


class AttemptOutcome(StrEnum):
    """What came of one attempt to build and release."""

    RELEASED = "released"
    BUILD_FAILED = "build_failed"
    VERIFICATION_FAILED = "verification_failed"


class ExtractDecision(StrEnum):
    """What a person decided on an extract."""

    HOLD = "hold"
    APPROVE = "approve"


class RecordDecision(StrEnum):
    """What a person decided on a quarantined record."""

    RELEASE = "release"
    WAIVE = "waive"
    REOPEN = "reopen"


class IncidentEvent(StrEnum):
    """What became of an incident."""

    OPENED = "opened"
    CHANGED = "changed"
    ALERTED = "alerted"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class MailState(StrEnum):
    """What became of a mail."""

    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NOT_WANTED = "not_wanted"
    BOUNCED = "bounced"

    @property
    def is_settled(self) -> bool:
        """Whether nothing more will be tried: a mail that was `sending` may have gone out."""
        return self in (
            MailState.SENT,
            MailState.SENDING,
            MailState.NOT_WANTED,
            MailState.BOUNCED,
        )
