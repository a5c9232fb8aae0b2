"""Who may use `hub serve`: tokens, of which only a hash is kept, and what was taken back."""

from alembic import op

revision = "0008_tokens"
down_revision = "0007_confirmed"

SQL = """
CREATE TABLE hub.client_token (
    token_id TEXT PRIMARY KEY,
    audience TEXT NOT NULL CONSTRAINT client_token_audience_check CHECK (audience IN ('steward')),
    holder TEXT NOT NULL,
    secret_sha256 TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    issued_by TEXT NOT NULL,
    issued_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX client_token_secret_sha256_idx ON hub.client_token (secret_sha256);
CREATE TABLE hub.token_revocation (
    revocation_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_id TEXT NOT NULL,
    revoked_by TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    revoked_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
"""
APPEND_ONLY = (
    "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON hub.{} "
    "FOR EACH STATEMENT EXECUTE FUNCTION hub.refuse_change()"
)


def upgrade() -> None:
    op.execute(SQL)
    for table in ("client_token", "token_revocation"):
        op.execute(APPEND_ONLY.format(table))
