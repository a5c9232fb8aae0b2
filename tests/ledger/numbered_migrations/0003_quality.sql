CREATE TABLE quarantine_decision ( -- what a person said of one quarantined record; a record's newest row counts
    decision_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id      TEXT NOT NULL,
    city        TEXT NOT NULL,
    dataset     TEXT NOT NULL,
    extract_id  TEXT NOT NULL,
    row_number  BIGINT NOT NULL,
    decision    TEXT NOT NULL CHECK (decision IN ('release', 'waive', 'reopen')),
    codes       TEXT NOT NULL,     -- why the record was quarantined then, separated by commas
    until       DATE,              -- of a waiver: its last local day
    reason      TEXT NOT NULL,
    decided_by  TEXT NOT NULL,
    decided_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ON quarantine_decision (city, dataset, extract_id, row_number, decision_id);

CREATE TABLE incident_event (      -- what became of a trouble of a feed; one without a `closed` after its `opened` is open
    event_id    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id      TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    event       TEXT NOT NULL CHECK (event IN ('opened', 'changed', 'alerted', 'acknowledged', 'closed')),
    city        TEXT NOT NULL,     -- empty for a trouble of the nation
    dataset     TEXT NOT NULL,     -- empty for a trouble of a city
    reason      TEXT NOT NULL,
    trouble     JSONB NOT NULL DEFAULT '{}',  -- severity, messages, owner, counts and evidence, as they were then
    by          TEXT NOT NULL DEFAULT '',
    note        TEXT NOT NULL DEFAULT '',
    at          TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ON incident_event (city, dataset, reason, event_id);
-- Two passes that see the same trouble open it once.
CREATE UNIQUE INDEX incident_opened_once ON incident_event (incident_id) WHERE event = 'opened';
CREATE UNIQUE INDEX incident_closed_once ON incident_event (incident_id) WHERE event = 'closed';

ALTER TABLE quality_result DROP CONSTRAINT quality_result_outcome_check;
ALTER TABLE quality_result ADD CONSTRAINT quality_result_outcome_check
    CHECK (outcome IN ('passed', 'failed', 'could_not_be_measured', 'not_applicable'));
ALTER TABLE quality_result ADD COLUMN waiver TEXT NOT NULL DEFAULT '';  -- owner and last day of the waiver that held
ALTER TABLE verdict ADD COLUMN decisions_seen BIGINT NOT NULL DEFAULT 0;  -- the newest quarantine_decision that it rests on

-- A release that changes nothing for a recipient is not told to them; a mail may come back.
ALTER TABLE mail DROP CONSTRAINT mail_state_check;
ALTER TABLE mail ADD CONSTRAINT mail_state_check
    CHECK (state IN ('sending', 'sent', 'refused', 'unreachable', 'not_wanted', 'bounced'));
CREATE INDEX ON mail (recipient, kind, mail_id);
CREATE INDEX ON mail (message_id);
