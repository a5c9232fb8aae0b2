"""What arrived, what was decided and what was published."""

from alembic import op

revision = "0001_ledger"
down_revision = None

SQL = """
CREATE TABLE hub.feed_check (
    check_id    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id      TEXT NOT NULL,
    city        TEXT NOT NULL,
    dataset     TEXT NOT NULL,
    outcome     TEXT NOT NULL CHECK (outcome IN ('ok', 'unreachable', 'broken_contract')),
    seen        INTEGER NOT NULL DEFAULT 0,
    new         INTEGER NOT NULL DEFAULT 0,
    unchanged   INTEGER NOT NULL DEFAULT 0,
    unmatched   JSONB NOT NULL DEFAULT '[]',
    message     TEXT NOT NULL DEFAULT '',
    checked_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ON hub.feed_check (city, dataset, check_id);

CREATE TABLE hub.arrival (
    arrival_id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id           TEXT NOT NULL,
    city             TEXT NOT NULL,
    dataset          TEXT NOT NULL,
    path             TEXT NOT NULL,
    token            TEXT NOT NULL,
    partition_start  DATE NOT NULL,
    partition_end    DATE NOT NULL,
    declared_version INTEGER NOT NULL,
    modified_at      TIMESTAMPTZ,
    size_bytes       BIGINT NOT NULL,
    sha256           TEXT NOT NULL,
    extract_id       TEXT NOT NULL,
    outcome          TEXT NOT NULL CHECK (outcome IN ('new', 'unchanged')),
    arrived_at       TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ON hub.arrival (city, dataset, path, arrival_id);

CREATE TABLE hub.conformed (
    conformed_id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id                   TEXT NOT NULL,
    city                     TEXT NOT NULL,
    dataset                  TEXT NOT NULL,
    extract_id               TEXT NOT NULL,
    conform_key              TEXT NOT NULL,
    findings                 JSONB NOT NULL,
    source_rows              BIGINT NOT NULL,
    source_rows_out_of_scope BIGINT NOT NULL,
    records_received         BIGINT NOT NULL,
    records_duplicate        BIGINT NOT NULL,
    output_sha256            TEXT NOT NULL,
    isolation                TEXT NOT NULL,
    conformed_at             TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ON hub.conformed (city, dataset, conform_key, extract_id, conformed_id);

CREATE TABLE hub.verdict (
    verdict_id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id              TEXT NOT NULL,
    city                TEXT NOT NULL,
    dataset             TEXT NOT NULL,
    extract_id          TEXT NOT NULL,
    work_key            TEXT NOT NULL,
    contract_version    TEXT NOT NULL,
    verdict             TEXT NOT NULL
        CHECK (verdict IN ('accepted', 'accepted_with_warning', 'rejected')),
    records_quarantined BIGINT NOT NULL,
    reasons             JSONB NOT NULL,
    decided_at          TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ON hub.verdict (city, dataset, work_key, extract_id, verdict_id);

CREATE TABLE hub.quality_result (
    result_id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id         TEXT NOT NULL,
    suite          TEXT NOT NULL,
    city           TEXT NOT NULL DEFAULT '',
    dataset        TEXT NOT NULL DEFAULT '',
    extract_id     TEXT NOT NULL DEFAULT '',
    work_key       TEXT NOT NULL DEFAULT '',
    expectation    TEXT NOT NULL,
    dimension      TEXT NOT NULL,
    severity       TEXT NOT NULL,
    consequence    TEXT NOT NULL,
    outcome        TEXT NOT NULL CHECK (outcome IN ('passed', 'failed', 'could_not_be_measured')),
    evaluated      BIGINT,
    unexpected     BIGINT,
    message        TEXT NOT NULL DEFAULT '',
    measured_at    TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ON hub.quality_result (extract_id, work_key);

CREATE TABLE hub.build_attempt (
    attempt_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id     TEXT NOT NULL,
    outcome    TEXT NOT NULL CHECK (outcome IN ('released', 'build_failed', 'verification_failed')),
    message    TEXT NOT NULL DEFAULT '',
    at         TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE hub.release (
    release_id TEXT PRIMARY KEY,
    run_id     TEXT NOT NULL,
    manifest   JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE hub.release_choice (
    choice_id  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    release_id TEXT,
    chosen_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE hub.mail (
    mail_id    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    release_id TEXT NOT NULL,
    recipient  TEXT NOT NULL,
    kind       TEXT NOT NULL,
    message_id TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('sending', 'sent', 'refused', 'unreachable')),
    detail     TEXT NOT NULL DEFAULT '',
    at         TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX mail_claimed_once ON hub.mail (release_id, recipient, kind)
    WHERE state = 'sending';
"""


def upgrade() -> None:
    op.execute(SQL)
