"""Run by Alembic: the migrations work on the connection (and in the transaction) that kiosk.store.schema hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
