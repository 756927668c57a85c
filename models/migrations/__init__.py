"""The schema's versions (Alembic), each written once and never changed after a release. Run by `models.migrate`."""
