"""That a pass found nothing new is recorded: the newest release was up to date then."""

from alembic import op

revision = "0007_confirmed"
down_revision = "0006_sightings"

SQL = """
ALTER TABLE hub.build_attempt DROP CONSTRAINT build_attempt_outcome_check;
ALTER TABLE hub.build_attempt ADD CONSTRAINT build_attempt_outcome_check
    CHECK (outcome IN ('released', 'unchanged', 'build_failed', 'verification_failed'));
"""


def upgrade() -> None:
    op.execute(SQL)
