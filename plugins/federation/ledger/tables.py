"""The ledger's tables, all in the schema `hub`.

The vocabularies of the hub are the source of the CHECK constraints. A change here needs a revision
in `migrations/versions`; a test compares both.
"""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    column,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from federation.common.letters import storable
from federation.common.vocabulary import (
    ArrivalOutcome,
    AttemptOutcome,
    CheckOutcome,
    ExtractDecision,
    IncidentEvent,
    MailState,
    Outcome,
    RecordDecision,
    TokenAudience,
    VerdictKind,
)

SCHEMA = "hub"
GATE_VERDICTS = (
    VerdictKind.ACCEPTED,
    VerdictKind.ACCEPTED_WITH_WARNING,
    VerdictKind.REJECTED,
)
LOOK_OUTCOMES = tuple(outcome for outcome in CheckOutcome if outcome != CheckOutcome.NEVER)
MAIL_STATES = tuple(state for state in MailState if state != MailState.NEW)

# The names that PostgreSQL itself would give.
metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    },
)


class HeldText(TypeDecorator[str]):
    """A text in letters that PostgreSQL takes: a NUL that a city sent ends nobody's pass."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: object) -> str | None:
        return value if value is None else storable(value)


def _number(name: str) -> Column[int]:
    """Return the key that PostgreSQL counts up: later rows have greater ones."""
    return Column(name, BigInteger, Identity(always=True), primary_key=True)


def _time(name: str) -> Column[object]:
    """Return the instant that PostgreSQL notes when the row is added."""
    return Column(name, TIMESTAMP(timezone=True), server_default=func.now(), nullable=False)


def _text(name: str) -> Column[str]:
    return Column(name, HeldText, nullable=False)


def _optional_text(name: str) -> Column[str]:
    """Return a text column that is empty where there is nothing to say."""
    return Column(name, HeldText, server_default="", nullable=False)


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _few(name: str) -> Column[int]:
    return Column(name, Integer, server_default=text("0"), nullable=False)


def _json(name: str, default: str | None = None) -> Column[object]:
    return Column(name, JSONB, server_default=default, nullable=False)


def _one_of(name: str, words: Iterable[StrEnum]) -> Column[str]:
    """Return a column that holds one word of a closed list."""
    allowed = column(name).in_([str(word) for word in words])
    condition = str(allowed.compile(compile_kwargs={"literal_binds": True}))
    return Column(name, Text, CheckConstraint(condition, name=name), nullable=False)


feed_check = Table(  # one look at one feed's place on its platform
    "feed_check",
    metadata,
    _number("check_id"),
    _text("run_id"),
    _text("city"),
    _text("dataset"),
    _one_of("outcome", LOOK_OUTCOMES),
    _few("seen"),
    _few("new"),
    _few("unchanged"),
    _json("unmatched", "[]"),  # paths in the feed's folder that are no extract
    _optional_text("message"),
    _time("checked_at"),
    _json("remarks", "[]"),  # what was noticed of single files: kind, path, reason
    Index(None, "city", "dataset", "check_id"),
)

arrival = Table(  # bytes that came, or came again
    "arrival",
    metadata,
    _number("arrival_id"),
    _text("run_id"),
    _text("city"),
    _text("dataset"),
    _text("path"),  # on the platform
    _text("token"),  # what the platform says of the file's state (size, time, ETag)
    Column("partition_start", Date, nullable=False),
    Column("partition_end", Date, nullable=False),
    Column("declared_version", Integer, nullable=False),  # from the path; 0: it names none
    Column("modified_at", TIMESTAMP(timezone=True)),  # the platform's
    _count("size_bytes"),
    _text("sha256"),
    _text("extract_id"),
    _one_of("outcome", ArrivalOutcome),
    _time("arrived_at"),
    Index(None, "city", "dataset", "path", "arrival_id"),
)

sighting = Table(  # a look at which a file of a feed was no longer shown, or was shown again
    "sighting",
    metadata,
    _number("sighting_id"),
    _text("run_id"),
    _text("city"),
    _text("dataset"),
    _text("path"),
    Column("is_shown", Boolean, nullable=False),
    _text("outcome"),  # of the look
    _time("seen_at"),
    Index(None, "city", "dataset", "path", "sighting_id"),
)

conformed = Table(  # one conforming of one extract under one contract and code version
    "conformed",
    metadata,
    _number("conformed_id"),
    _text("run_id"),
    _text("city"),
    _text("dataset"),
    _text("extract_id"),
    _text("conform_key"),
    _json("findings"),
    _count("source_rows"),
    _count("source_rows_out_of_scope"),
    _count("records_received"),
    _count("records_duplicate"),
    _text("output_sha256"),  # empty when rejected
    _text("isolation"),
    _time("conformed_at"),
    _optional_text("limits"),  # hash of the limits that held, where one refused the extract
    Index(None, "city", "dataset", "conform_key", "extract_id", "conformed_id"),
)

verdict = Table(  # the gate's decision on one extract
    "verdict",
    metadata,
    _number("verdict_id"),
    _text("run_id"),
    _text("city"),
    _text("dataset"),
    _text("extract_id"),
    _text("work_key"),
    _text("contract_version"),
    _one_of("verdict", GATE_VERDICTS),
    _count("records_quarantined"),
    _json("reasons"),
    _time("decided_at"),
    # the newest quarantine_decision that it rests on
    Column("decisions_seen", BigInteger, server_default=text("0"), nullable=False),
    Index(None, "city", "dataset", "work_key", "extract_id", "verdict_id"),
)

quality_result = Table(  # one expectation on one extract, or on one build
    "quality_result",
    metadata,
    _number("result_id"),
    _text("run_id"),
    _text("suite"),
    _optional_text("city"),
    _optional_text("dataset"),
    _optional_text("extract_id"),
    _optional_text("work_key"),
    _text("expectation"),
    _text("dimension"),
    _text("severity"),
    _text("consequence"),
    _one_of("outcome", Outcome),
    Column("evaluated", BigInteger),
    Column("unexpected", BigInteger),
    _optional_text("message"),
    _time("measured_at"),
    _optional_text("waiver"),  # owner and last day of the waiver that held
    Index(None, "extract_id", "work_key"),
)

extract_decision = Table(  # what a person decided on an extract; an extract's newest row counts
    "extract_decision",
    metadata,
    _number("decision_id"),
    _text("run_id"),
    _text("city"),
    _text("dataset"),
    _text("extract_id"),
    _one_of("decision", ExtractDecision),
    _text("reason"),
    _text("decided_by"),
    _time("decided_at"),
    Index(None, "city", "dataset", "extract_id", "decision_id"),
)

quarantine_decision = Table(  # what a person decided on a quarantined record; the newest row counts
    "quarantine_decision",
    metadata,
    _number("decision_id"),
    _text("run_id"),
    _text("city"),
    _text("dataset"),
    _text("extract_id"),
    _count("row_number"),
    _one_of("decision", RecordDecision),
    _text("codes"),  # why the record was quarantined then, separated by commas
    Column("until", Date),  # of a waiver: its last local day
    _text("reason"),
    _text("decided_by"),
    _time("decided_at"),
    Index(
        "quarantine_decision_city_dataset_extract_id_row_number_deci_idx",
        *("city", "dataset", "extract_id", "row_number", "decision_id"),
    ),
)

incident_event = Table(  # what became of an incident, which is open until its `closed`
    "incident_event",
    metadata,
    _number("event_id"),
    _text("run_id"),
    _text("incident_id"),
    _one_of("event", IncidentEvent),
    _text("city"),  # empty for a problem of the nation
    _text("dataset"),  # empty for a problem of a city
    _text("reason"),
    _json("trouble", "{}"),  # severity, messages, owner, counts and evidence, as they were then
    _optional_text("by"),
    _optional_text("note"),
    _time("at"),
    Index(None, "city", "dataset", "reason", "event_id"),
    # Two passes that see the same problem open it once.
    Index(
        "incident_opened_once",
        "incident_id",
        unique=True,
        postgresql_where=text("event = 'opened'"),
    ),
    Index(
        "incident_closed_once",
        "incident_id",
        unique=True,
        postgresql_where=text("event = 'closed'"),
    ),
)

build_attempt = Table(  # what came of one attempt to build and release
    "build_attempt",
    metadata,
    _number("attempt_id"),
    _text("run_id"),
    _one_of("outcome", AttemptOutcome),
    _optional_text("message"),
    _time("at"),
)

release = Table(
    "release",
    metadata,
    Column("release_id", Text, primary_key=True),
    _text("run_id"),
    _json("manifest"),
    _time("created_at"),
)

release_choice = Table(  # rollback and unpin; the newest row counts
    "release_choice",
    metadata,
    _number("choice_id"),
    Column("release_id", Text),  # NULL: the newest release serves again
    _time("chosen_at"),
)

mail = Table(  # each state that a mail went through; a mail's newest row counts
    "mail",
    metadata,
    _number("mail_id"),
    _text("release_id"),
    _text("recipient"),
    _text("kind"),
    _text("message_id"),
    _one_of("state", MAIL_STATES),
    _optional_text("detail"),
    _time("at"),
    Column("attempt", Integer),  # of a claim and of its answer: which claim it is, from 1
    Index(None, "recipient", "kind", "mail_id"),
    Index(None, "message_id"),
    # Each attempt is claimed by one process, once, and answered once.
    Index(
        "mail_claimed_once",
        *("release_id", "recipient", "kind", "attempt"),
        unique=True,
        postgresql_where=text("state = 'sending'"),
    ),
    Index(
        "mail_answered_once",
        *("release_id", "recipient", "kind", "attempt"),
        unique=True,
        postgresql_where=text("state <> 'sending'"),
    ),
)

client_token = Table(  # who may use `hub serve`; of the secret only its hash is known
    "client_token",
    metadata,
    Column("token_id", Text, primary_key=True),
    _one_of("audience", TokenAudience),
    _text("holder"),  # an address of mail
    _text("secret_sha256"),
    Column("expires_at", TIMESTAMP(timezone=True), nullable=False),
    _text("issued_by"),
    _time("issued_at"),
    Index(None, "secret_sha256", unique=True),
)

subscription = Table(  # how a recipient wants to hear, as chosen on a page; the newest row counts
    "subscription",
    metadata,
    _number("subscription_id"),
    _text("email"),
    _text("when"),
    _text("languages"),  # th and en in the wanted order, separated by a comma
    _time("chosen_at"),
)

token_revocation = Table(
    "token_revocation",
    metadata,
    _number("revocation_id"),
    _text("token_id"),
    _text("revoked_by"),
    _optional_text("reason"),
    _time("revoked_at"),
)
