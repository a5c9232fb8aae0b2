"""Nothing in the ledger is changed or removed.

A claim to send a mail was deleted when the server refused the mail; now attempts are numbered, and
a refusal ends one. PostgreSQL refuses UPDATE, DELETE and TRUNCATE on every table.
"""

from alembic import op

revision = "0005_append_only"
down_revision = "0004_limits"

ATTEMPTS = """
ALTER TABLE hub.mail ADD COLUMN attempt INTEGER;
UPDATE hub.mail SET attempt = 1 WHERE state = 'sending';
DROP INDEX hub.mail_claimed_once;
CREATE UNIQUE INDEX mail_claimed_once ON hub.mail (release_id, recipient, kind, attempt)
    WHERE state = 'sending';
CREATE UNIQUE INDEX mail_answered_once ON hub.mail (release_id, recipient, kind, attempt)
    WHERE state <> 'sending';
"""

APPEND_ONLY = """
CREATE FUNCTION hub.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % on %.%', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', HINT = 'add a row that says what holds now';
END
$$;
DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'feed_check', 'arrival', 'conformed', 'verdict', 'quality_result', 'extract_decision',
        'quarantine_decision', 'incident_event', 'build_attempt', 'release', 'release_choice',
        'mail'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON hub.%I '
            'FOR EACH STATEMENT EXECUTE FUNCTION hub.refuse_change()', name
        );
    END LOOP;
END
$$;
"""


def upgrade() -> None:
    op.execute(ATTEMPTS)
    op.execute(APPEND_ONLY)
    op.execute("DROP TABLE IF EXISTS hub.migration")
