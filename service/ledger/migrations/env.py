"""Run by Alembic. The connection, its transaction and its lock are the caller's (`service/ledger/migrate.py`)."""

from alembic import context

from service.ledger.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
