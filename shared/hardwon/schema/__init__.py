"""The database's schema: Alembic migrations in plain SQL, run by the owner role."""
