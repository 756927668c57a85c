"""Tables, their invariants, the engine and the migrations: what is kept, and what the database itself refuses.

Money columns are integer cents, instants end in `_at` (UTC), dates in `_on` or `day`, limits in `_until`.
May import the pure modules of `tui_portail`, SQLModel and Alembic; knows no screen, no document, no gesture.
"""
