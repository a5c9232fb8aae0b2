"""How a recipient of mails wants to hear, as chosen on a page of `hub serve`."""

from alembic import op

revision = "0009_subscriptions"
down_revision = "0008_tokens"

SQL = """
CREATE TABLE hub.subscription (
    subscription_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email TEXT NOT NULL,
    "when" TEXT NOT NULL,
    languages TEXT NOT NULL,
    chosen_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON hub.subscription
    FOR EACH STATEMENT EXECUTE FUNCTION hub.refuse_change();
"""


def upgrade() -> None:
    op.execute(SQL)
