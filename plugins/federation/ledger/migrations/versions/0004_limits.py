"""The limits that held when one of them refused an extract."""

from alembic import op

revision = "0004_limits"
down_revision = "0003_quality"

SQL = """
ALTER TABLE hub.conformed ADD COLUMN limits TEXT NOT NULL DEFAULT '';
"""


def upgrade() -> None:
    op.execute(SQL)
