"""The migrated database, the tables in code and the vocabularies say the same."""

import re
from collections.abc import Iterable
from enum import StrEnum

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from federation.common.settings import Settings
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
from federation.ledger import Ledger, open_ledger
from federation.ledger.migrate import VERSION_TABLE
from federation.ledger.open import sqlalchemy_url
from federation.ledger.tables import SCHEMA, metadata
from sqlalchemy import Connection, create_engine, delete, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateSchema
from support.ledgers import shape

# table and column -> the words that a row may hold
WORDS: dict[tuple[str, str], Iterable[StrEnum]] = {
    ("arrival", "outcome"): ArrivalOutcome,
    ("build_attempt", "outcome"): AttemptOutcome,
    ("client_token", "audience"): TokenAudience,
    ("extract_decision", "decision"): ExtractDecision,
    ("feed_check", "outcome"): set(CheckOutcome) - {CheckOutcome.NEVER},
    ("incident_event", "event"): IncidentEvent,
    ("mail", "state"): set(MailState) - {MailState.NEW},
    ("quality_result", "outcome"): Outcome,
    ("quarantine_decision", "decision"): RecordDecision,
    ("verdict", "verdict"): {
        VerdictKind.ACCEPTED,
        VerdictKind.ACCEPTED_WITH_WARNING,
        VerdictKind.REJECTED,
    },
}


def test_alembic_sees_no_difference_between_database_and_tables(ledger: Ledger) -> None:
    with ledger.engine.connect() as con:
        assert differences(con) == []


def differences(con: Connection) -> list[object]:
    options = {
        "include_schemas": True,
        "include_name": lambda name, kind, parents: kind != "schema" or name == SCHEMA,
        "version_table": VERSION_TABLE,
        "version_table_schema": SCHEMA,
        "compare_server_default": True,
    }
    return list(compare_metadata(MigrationContext.configure(con, opts=options), metadata))


def test_alembic_sees_a_column_that_is_missing(migrated: Settings) -> None:
    with open_ledger(migrated) as ledger, ledger.engine.begin() as con:
        con.execute(text("ALTER TABLE hub.mail DROP COLUMN detail"))
        assert differences(con) != []


def test_the_migrated_database_is_what_the_tables_would_create(
    ledger: Ledger, fresh: Settings
) -> None:
    engine = create_engine(sqlalchemy_url(str(fresh.database_url)))
    with engine.begin() as con:
        con.execute(CreateSchema(SCHEMA))
        metadata.create_all(con)
    created = shape(engine)
    engine.dispose()
    migrated = shape(ledger.engine)
    assert all(migrated.values())
    assert migrated == created


def test_each_check_is_the_vocabulary(ledger: Ledger) -> None:
    checks = (row for row in shape(ledger.engine)["constraints"] if "CHECK" in str(row[2]))
    allowed = {
        str(name): set(re.findall(r"'(\w+)'::text", str(check))) for _, name, check in checks
    }
    assert allowed == {
        f"{table}_{column}_check": {str(word) for word in words}
        for (table, column), words in WORDS.items()
    }


@pytest.mark.parametrize("table", metadata.tables)
def test_postgresql_refuses_to_change_or_remove_rows(table: str, ledger: Ledger) -> None:
    rows = metadata.tables[table]
    *_, last = rows.columns
    for change in (update(rows).values({last: last}), delete(rows), text(f"TRUNCATE {table}")):
        with (
            pytest.raises(IntegrityError, match="the ledger is append-only"),
            ledger.engine.begin() as con,
        ):
            con.execute(change)
