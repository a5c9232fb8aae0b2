"""What people decide on extracts."""

from alembic import op

revision = "0002_decisions"
down_revision = "0001_ledger"

SQL = """
CREATE TABLE hub.extract_decision (
    decision_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id      TEXT NOT NULL,
    city        TEXT NOT NULL,
    dataset     TEXT NOT NULL,
    extract_id  TEXT NOT NULL,
    decision    TEXT NOT NULL CHECK (decision IN ('hold', 'approve')),
    reason      TEXT NOT NULL,
    decided_by  TEXT NOT NULL,
    decided_at  TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ON hub.extract_decision (city, dataset, extract_id, decision_id);
"""


def upgrade() -> None:
    op.execute(SQL)
