"""What Alembic runs for the ledger: on the caller's connection and in its transaction."""

from alembic import context
from federation.ledger.migrate import VERSION_TABLE
from federation.ledger.tables import SCHEMA, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    version_table_schema=SCHEMA,
)
with context.begin_transaction():
    context.run_migrations()
