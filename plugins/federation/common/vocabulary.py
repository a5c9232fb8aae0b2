"""The closed vocabularies of the hub: every state, verdict, consequence and outcome that there is.

Each is a `StrEnum`, so a member is written to JSON, YAML, SQL and the ledger as its plain text.
"""

from enum import StrEnum


class VerdictKind(StrEnum):
    """The verdict on an extract or a feed that people see; the gate gives the first three."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_WARNING = "accepted_with_warning"
    REJECTED = "rejected"
    HELD = "held"
    WAITING = "waiting"
    NONE = "none"
    REFUSED = "refused"  # of a feed: its contract does not hold

    @property
    def is_accepted(self) -> bool:
        """Whether all records but the quarantined ones may enter the warehouse."""
        return self in (VerdictKind.ACCEPTED, VerdictKind.ACCEPTED_WITH_WARNING)


class ExtractState(StrEnum):
    """Where an extract stands among those of its feed."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    HELD = "held"
    OVERLAPPING = "overlapping"
    REJECTED = "rejected"
    WAITING = "waiting"


class Averaging(StrEnum):
    """What time a measured value covers, as ISO 8601 durations.

    A running mean is published every hour and covers the hours before it: two neighbours share all
    but one of them.
    """

    HOURLY = "PT1H"
    RUNNING_8H = "running PT8H"
    RUNNING_24H = "running PT24H"


class Severity(StrEnum):
    """How grave a finding is, in the words of Great Expectations."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Consequence(StrEnum):
    """What follows for an extract, a record or a value, the gravest first.

    `hold` waits for the decision of a person; `blank` leaves out one value of a record and lets in
    the rest; `waive` lets pass what a waiver allows.
    """

    REJECT = "reject"
    HOLD = "hold"
    QUARANTINE = "quarantine"
    BLANK = "blank"
    WARN = "warn"
    WAIVE = "waive"

    @property
    def severity(self) -> Severity:
        """How grave the finding is that has this consequence."""
        return _SEVERITY[self]


_SEVERITY = {
    Consequence.REJECT: Severity.CRITICAL,
    Consequence.HOLD: Severity.WARNING,
    Consequence.QUARANTINE: Severity.WARNING,
    Consequence.BLANK: Severity.WARNING,
    Consequence.WARN: Severity.INFO,
    Consequence.WAIVE: Severity.INFO,
}


class ReasonCode(StrEnum):
    """Why an extract or a record was not taken as it came: the closed list.

    What an expectation finds goes by the expectation's own id and is `FAILED_EXPECTATION` here.
    """

    # one record
    UNREADABLE = "unreadable"
    MISSING = "missing"
    UNEXPECTED_UNIT = "unexpected_unit"
    UNKNOWN_AREA = "unknown_area"
    FOREIGN_AREA = "foreign_area"
    OUTSIDE_PARTITION = "outside_partition"
    CONFLICTING_VALUES = "conflicting_values"
    # the columns or measures of a file
    MISSING_COLUMN = "missing_column"
    RENAMED_COLUMN = "renamed_column"
    RETYPED_COLUMN = "retyped_column"
    UNEXPECTED_COLUMN = "unexpected_column"
    REPEATED_COLUMN = "repeated_column"
    MISSING_MEASURE = "missing_measure"
    UNEXPECTED_MEASURE = "unexpected_measure"
    # the bytes of a file, and what reading them costs
    NOT_PARQUET = "not_parquet"
    UNREADABLE_FILE = "unreadable_file"
    FOREIGN_BYTES = "foreign_bytes"
    FOOTER_OVER_LIMIT = "footer_over_limit"
    OVER_SIZE_LIMIT = "over_size_limit"
    OVER_MEMORY_LIMIT = "over_memory_limit"
    OVER_TIME_LIMIT = "over_time_limit"
    CONFORM_DIED = "conform_died"
    CONFORM_FAILED = "conform_failed"
    # the values of a file
    OTHER_CALENDAR = "other_calendar"
    OTHER_TIME_FORMAT = "other_time_format"
    OTHER_DIGITS = "other_digits"
    OTHER_NUMBER_FORMAT = "other_number_format"
    OTHER_ENCODING = "other_encoding"
    MOJIBAKE = "mojibake"
    CONTROL_LETTERS = "control_letters"
    UNDECLARED_MARKER = "undeclared_marker"
    TIME_ZONE_SHIFT = "time_zone_shift"
    OFF_THE_HOUR = "off_the_hour"
    HOURS_TO_24 = "hours_to_24"
    CONSTANT_COLUMN = "constant_column"
    REPEATED_DELIVERY = "repeated_delivery"
    # the gate, and the file's place among others
    TOO_MANY_QUARANTINED = "too_many_quarantined"
    COULD_NOT_BE_MEASURED = "could_not_be_measured"
    FAILED_EXPECTATION = "failed_expectation"
    OVERLAPPING_PARTITION = "overlapping_partition"
    HELD_FOR_APPROVAL = "held_for_approval"

    @property
    def is_of_a_record(self) -> bool:
        """Whether it says why a single record could not be read or placed."""
        return self in _OF_A_RECORD


_OF_A_RECORD = frozenset(
    {
        ReasonCode.UNREADABLE,
        ReasonCode.MISSING,
        ReasonCode.UNEXPECTED_UNIT,
        ReasonCode.UNKNOWN_AREA,
        ReasonCode.FOREIGN_AREA,
        ReasonCode.OUTSIDE_PARTITION,
        ReasonCode.CONFLICTING_VALUES,
    }
)


class ProblemKind(StrEnum):
    """The closed list of problems that are not found in extracts."""

    LATE = "late"
    INCOMPLETE = "incomplete"  # less came than the dataset's grain asks of the period
    EMPTY_PERIOD = "empty_period"  # a file covers the period and holds no record of it
    DORMANT = "dormant"  # nothing for so long that nobody can be said to be late
    UNREACHABLE = "unreachable"
    BROKEN_CONTRACT = "broken_contract"
    EMPTIED = "emptied"
    SHRUNK = "shrunk"
    LEFT_OUT = "left_out"
    NEAR_MISS = "near_miss"
    VANISHED = "vanished"
    IMPOSSIBLE_TIME = "impossible_time"
    NO_VALIDATOR = "no_validator"
    CONTRACT_REFUSED = "contract_refused"
    EXPIRED_WAIVER = "expired_waiver"
    BUILD_FAILED = "build_failed"
    VERIFICATION_FAILED = "verification_failed"
    TASK_FAILED = "task_failed"
    HUB_TROUBLE = "hub_trouble"  # of the hub itself, in a pass of `hub run`


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

    @property
    def is_failing(self) -> bool:
        """Whether somebody must look at it: what is not measured may hide a fault."""
        return self in (Outcome.FAILED, Outcome.COULD_NOT_BE_MEASURED)


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
    """What came of the last look at a feed's place on its platform."""

    OK = "ok"
    UNREACHABLE = "unreachable"
    BROKEN_CONTRACT = "broken_contract"
    EMPTIED = "emptied"  # it shows none of the files that it had
    SHRUNK = "shrunk"  # it shows less than half of them
    NEVER = "never"  # nobody has looked yet; no row of the ledger says so


class RemarkKind(StrEnum):
    """What a look at a feed's place on its platform noticed beside what arrived."""

    LEFT_OUT = "left_out"  # a file of the feed, or a folder of it, that could not be taken
    NEAR_MISS = "near_miss"  # a file whose name is nearly what the contract promises
    VANISHED = "vanished"  # a file of the feed that is no longer there
    IMPOSSIBLE_TIME = "impossible_time"  # the platform states a time that cannot be true
    NO_VALIDATOR = "no_validator"  # it does not say whether a file has changed
    OTHER_FILE = "other_file"  # a file of nobody's feed that could not be looked at


class ArrivalOutcome(StrEnum):
    """Whether arrived bytes were seen before."""

    NEW = "new"
    UNCHANGED = "unchanged"


class PeriodState(StrEnum):
    """Whether a period that is due for a feed has come: whether records dated in it have."""

    ARRIVED = "arrived"
    PARTLY = "partly"  # fewer records than 70 % of what the dataset's grain promises
    EMPTY = "empty"  # a file covers it and holds no record of it
    LATE = "late"  # no file that covers it
    NOT_DUE = "not_due"


class AttemptOutcome(StrEnum):
    """What came of one attempt to build and release."""

    RELEASED = "released"
    UNCHANGED = "unchanged"  # nothing was new: the newest release is up to date
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


class TokenAudience(StrEnum):
    """What the holder of a token may do on `hub serve`."""

    STEWARD = "steward"  # see and answer what the contracts give into this person's care


class RecordState(StrEnum):
    """What became of a quarantined record."""

    OPEN = "open"
    RELEASED = "released"
    REPLACED = "replaced"
    WAIVED = "waived"
    EXPIRED = "expired"

    @property
    def is_open(self) -> bool:
        """Whether the record still waits for the city or a person."""
        return self in (RecordState.OPEN, RecordState.EXPIRED)


class WaitKind(StrEnum):
    """What a release waits for, or is without."""

    REFUSED = "refused"  # a contract does not hold
    REJECTED = "rejected"  # the newest file of its path is rejected
    HELD = "held"  # a delivery waits for a person
    NOT_JUDGED = "not_judged"  # a landed extract waits for conforming or the gate
    UNRELEASED = "unreleased"  # an accepted extract is in no release yet


class IncidentEvent(StrEnum):
    """What became of an incident."""

    OPENED = "opened"
    CHANGED = "changed"
    ALERTED = "alerted"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class IncidentState(StrEnum):
    """How far an incident has come."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class Soundness(StrEnum):
    """How a part of the installation is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Kept(StrEnum):
    """What lies in a home and does not stay for ever."""

    RELEASES = "releases"
    AS_OF_RELEASES = "as_of_releases"
    CANDIDATES = "candidates"
    SITES = "sites"
    CONFORMED = "conformed"  # extracts under a contract, suite or code of before
    PROPOSALS = "proposals"
    MAILS = "mails"  # in the outbox
    LEFTOVERS = "leftovers"  # of steps that were killed
    LOGS = "logs"
    AIRFLOW_LOGS = "airflow_logs"  # of `make up`


class MailState(StrEnum):
    """What became of a mail."""

    NEW = "new"  # not begun; no row of the ledger says so
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
