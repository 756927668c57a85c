"""Whom immutable rows name: an identity snapshot is taken when a name or an address changes, and never changed after.

A payment points to the snapshot that was current that day. `person_id` is the guardian's id for a payer's snapshot and the child's for a
child's: all the snapshots of a person can so be found, and blanked when a family is erased.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Table, func, insert, select

from models import tables as t
from models.states import SnapshotKind


def allocate_id(connection: Connection, table: Table) -> int:
    """Return the id that the next row of `table` will be inserted with: a snapshot names its person, and a person its snapshot."""
    if connection.dialect.name == "sqlite":  # the writer is alone, and a row's id is the largest plus one
        return (connection.scalar(select(func.max(table.c.id))) or 0) + 1
    allocated: int = connection.execute(
        select(func.nextval(func.pg_get_serial_sequence(table.name, "id")))
    ).scalar_one()
    return allocated


def person_name(first_name: str, last_name: str) -> str:
    """Return a person's name as printed: « Marie Dupont »."""
    return f"{first_name} {last_name}"


def postal_address(address: str, postcode: str, city: str) -> str:
    """Return an address as printed, one line a row: the street, then postcode and town."""
    return "\n".join(line for line in (address, f"{postcode} {city}".strip()) if line)


def take_snapshot(
    connection: Connection, kind: SnapshotKind, person_id: int, name: str, address: str, taken_at: datetime
) -> int:
    """Write how a person is named from now on, and return the snapshot's id."""
    return int(
        connection.execute(
            insert(t.identity_snapshot)
            .values(kind=kind.value, person_id=person_id, name=name, address=address, taken_at=taken_at)
            .returning(t.identity_snapshot.c.id)
        ).scalar_one()
    )


def same_snapshot(connection: Connection, snapshot_id: int, name: str, address: str) -> bool:
    """Say whether a snapshot still names a person as they are."""
    row = connection.execute(
        select(t.identity_snapshot.c.name, t.identity_snapshot.c.address).where(t.identity_snapshot.c.id == snapshot_id)
    ).one()
    return (row.name, row.address) == (name, address)
