"""What a platform no longer shows.

A check says that a platform is emptied or has shrunk, and what was noticed of single files. A
sighting is a look at which a file of a feed was no longer shown, or was shown again; that it was
shown first is its arrival.
"""

from alembic import op

revision = "0006_sightings"
down_revision = "0005_append_only"

SQL = """
ALTER TABLE hub.feed_check DROP CONSTRAINT feed_check_outcome_check;
ALTER TABLE hub.feed_check ADD CONSTRAINT feed_check_outcome_check
    CHECK (outcome IN ('ok', 'unreachable', 'broken_contract', 'emptied', 'shrunk'));
ALTER TABLE hub.feed_check ADD COLUMN remarks JSONB NOT NULL DEFAULT '[]';
CREATE TABLE hub.sighting (
    sighting_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id      TEXT NOT NULL,
    city        TEXT NOT NULL,
    dataset     TEXT NOT NULL,
    path        TEXT NOT NULL,
    is_shown    BOOLEAN NOT NULL,
    outcome     TEXT NOT NULL,
    seen_at     TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE INDEX ON hub.sighting (city, dataset, path, sighting_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON hub.sighting
    FOR EACH STATEMENT EXECUTE FUNCTION hub.refuse_change();
"""


def upgrade() -> None:
    op.execute(SQL)
