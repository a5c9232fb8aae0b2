"""Decisions on quarantined records, incidents, waivers and bounces."""

from alembic import op

revision = "0003_quality"
down_revision = "0002_decisions"

SQL = """
CREATE TABLE hub.quarantine_decision (
    decision_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id      TEXT NOT NULL,
    city        TEXT NOT NULL,
    dataset     TEXT NOT NULL,
    extract_id  TEXT NOT NULL,
    row_number  BIGINT NOT NULL,
    decision    TEXT NOT NULL CHECK (decision IN ('release', 'waive', 'reopen')),
    codes       TEXT NOT NULL,
    until       DATE,
    reason      TEXT NOT NULL,
    decided_by  TEXT NOT NULL,
    decided_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ON hub.quarantine_decision (city, dataset, extract_id, row_number, decision_id);

CREATE TABLE hub.incident_event (
    event_id    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id      TEXT NOT NULL,
    incident_id TEXT NOT NULL,
    event       TEXT NOT NULL
        CHECK (event IN ('opened', 'changed', 'alerted', 'acknowledged', 'closed')),
    city        TEXT NOT NULL,
    dataset     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    trouble     JSONB NOT NULL DEFAULT '{}',
    by          TEXT NOT NULL DEFAULT '',
    note        TEXT NOT NULL DEFAULT '',
    at          TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ON hub.incident_event (city, dataset, reason, event_id);
CREATE UNIQUE INDEX incident_opened_once ON hub.incident_event (incident_id) WHERE event = 'opened';
CREATE UNIQUE INDEX incident_closed_once ON hub.incident_event (incident_id) WHERE event = 'closed';

ALTER TABLE hub.quality_result DROP CONSTRAINT quality_result_outcome_check;
ALTER TABLE hub.quality_result ADD CONSTRAINT quality_result_outcome_check
    CHECK (outcome IN ('passed', 'failed', 'could_not_be_measured', 'not_applicable'));
ALTER TABLE hub.quality_result ADD COLUMN waiver TEXT NOT NULL DEFAULT '';
ALTER TABLE hub.verdict ADD COLUMN decisions_seen BIGINT NOT NULL DEFAULT 0;

ALTER TABLE hub.mail DROP CONSTRAINT mail_state_check;
ALTER TABLE hub.mail ADD CONSTRAINT mail_state_check
    CHECK (state IN ('sending', 'sent', 'refused', 'unreachable', 'not_wanted', 'bounced'));
CREATE INDEX ON hub.mail (recipient, kind, mail_id);
CREATE INDEX ON hub.mail (message_id);
"""


def upgrade() -> None:
    op.execute(SQL)
