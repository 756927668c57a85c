"""What keeping the bookings of a town costs its PostgreSQL: their size and their indexes', and what a VACUUM and an ANALYZE take.

What partitioning by school year would have to improve on: nothing is ever dropped, and every gesture names a slot, a child or a basket.
"""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from bench.table import wide_table
from bench.timing import milliseconds
from bench.town import Town
from models.addresses import DatabaseAddress

MEGABYTE = 1024 * 1024


def print_upkeep(towns: Sequence[tuple[str, Town]]) -> None:
    """Print a line a town."""
    rows = []
    for url, town in towns:
        address = DatabaseAddress.parse(url).url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            sizes = connection.execute(
                "SELECT pg_relation_size('booking'), pg_indexes_size('booking'), pg_relation_size('ix_booking_slot_live'), "
                "pg_database_size(current_database())"
            ).fetchone()
            assert sizes is not None
            taken = [
                milliseconds(lambda how=how: connection.execute(how)) for how in (b"VACUUM booking", b"ANALYZE booking")
            ]  # type: ignore[misc]
        bookings = f"{town.bookings:,}".replace(",", " ")
        rows.append([bookings, *(f"{size / MEGABYTE:.0f}" for size in sizes), *(f"{ms / 1000:.1f}" for ms in taken)])
    heads = ("bookings", "table MB", "its indexes MB", "places' index MB", "whole base MB", "VACUUM s", "ANALYZE s")
    print(wide_table("Keeping the bookings", heads, rows), flush=True)
