-- The ledger: append-only records of what arrived, what was decided and what was published.

CREATE TABLE feed_check (          -- one look at one feed's place on its platform
    check_id    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id      TEXT NOT NULL,
    city        TEXT NOT NULL,
    dataset     TEXT NOT NULL,
    outcome     TEXT NOT NULL CHECK (outcome IN ('ok', 'unreachable', 'broken_contract')),
    seen        INTEGER NOT NULL DEFAULT 0,
    new         INTEGER NOT NULL DEFAULT 0,
    unchanged   INTEGER NOT NULL DEFAULT 0,
    unmatched   JSONB NOT NULL DEFAULT '[]',  -- paths in the feed's folder that are no extract
    message     TEXT NOT NULL DEFAULT '',
    checked_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ON feed_check (city, dataset, check_id);

CREATE TABLE arrival (             -- bytes that came, or came again
    arrival_id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id           TEXT NOT NULL,
    city             TEXT NOT NULL,
    dataset          TEXT NOT NULL,
    path             TEXT NOT NULL,      -- on the platform
    token            TEXT NOT NULL,      -- what the platform says of the file's state (size, time, ETag)
    partition_start  DATE NOT NULL,
    partition_end    DATE NOT NULL,
    declared_version INTEGER NOT NULL,   -- from the path; 0 when it names none
    modified_at      TIMESTAMPTZ,        -- the platform's modification time
    size_bytes       BIGINT NOT NULL,
    sha256           TEXT NOT NULL,
    extract_id       TEXT NOT NULL,
    outcome          TEXT NOT NULL CHECK (outcome IN ('new', 'unchanged')),
    arrived_at       TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ON arrival (city, dataset, path, arrival_id);

CREATE TABLE conformed (           -- one conforming of one extract under one contract and code version
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
    output_sha256            TEXT NOT NULL,   -- empty when rejected
    isolation                TEXT NOT NULL,
    conformed_at             TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ON conformed (city, dataset, conform_key, extract_id, conformed_id);

CREATE TABLE verdict (             -- the gate's decision on one extract
    verdict_id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id              TEXT NOT NULL,
    city                TEXT NOT NULL,
    dataset             TEXT NOT NULL,
    extract_id          TEXT NOT NULL,
    work_key            TEXT NOT NULL,
    contract_version    TEXT NOT NULL,
    verdict             TEXT NOT NULL CHECK (verdict IN ('accepted', 'accepted_with_warning', 'rejected')),
    records_quarantined BIGINT NOT NULL,
    reasons             JSONB NOT NULL,
    decided_at          TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ON verdict (city, dataset, work_key, extract_id, verdict_id);

CREATE TABLE quality_result (      -- one expectation on one extract, or on one build
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
CREATE INDEX ON quality_result (extract_id, work_key);

CREATE TABLE build_attempt (       -- a build that was begun; the outcome of one that was killed stays open
    attempt_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id     TEXT NOT NULL,
    outcome    TEXT NOT NULL CHECK (outcome IN ('released', 'build_failed', 'verification_failed')),
    message    TEXT NOT NULL DEFAULT '',
    at         TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE release (
    release_id TEXT PRIMARY KEY,
    run_id     TEXT NOT NULL,
    manifest   JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE release_choice (      -- rollback and unpin, newest row counts
    choice_id  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    release_id TEXT,               -- NULL: the newest release serves again
    chosen_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE mail (                -- each state a mail went through; a key's newest row counts
    mail_id    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    release_id TEXT NOT NULL,
    recipient  TEXT NOT NULL,
    kind       TEXT NOT NULL,
    message_id TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('sending', 'sent', 'refused', 'unreachable')),
    detail     TEXT NOT NULL DEFAULT '',
    at         TIMESTAMPTZ NOT NULL DEFAULT now()
);
-- The claim: only one process, once, may set out to send a mail.
CREATE UNIQUE INDEX mail_claimed_once ON mail (release_id, recipient, kind) WHERE state = 'sending';
