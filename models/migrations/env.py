"""Run by Alembic on the connection and within the transaction that `models.migrate` holds."""

from alembic import context

from models.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
