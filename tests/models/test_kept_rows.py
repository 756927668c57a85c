"""Nothing is deleted and nothing sealed is rewritten, on both engines, whoever writes the SQL."""

from datetime import timedelta

import pytest
from sqlalchemy import Table, delete, func, inspect, select, text, update
from sqlalchemy.exc import IntegrityError

from models import tables as t
from models.engine import Database
from models.migrations.triggers_0001 import GUARDS
from models.migrations.triggers_0001.kept import NO_TRUNCATE, SEALED
from models.schema import metadata
from tests.models.world import NOW, OTHER_PAYMENT, build, pay, refused

TABLES = metadata.tables


@pytest.fixture
def world(database: Database) -> Database:
    build(database)
    return database


@pytest.fixture
def whole_world(world: Database) -> Database:
    """The world with one row at least in every kept table."""
    with world.write() as connection:
        pay(
            connection,
            OTHER_PAYMENT,
            tenders=(300,),
            uses=((1, 4, 200),),
            lines=((4, 500),),
            allocations=((1, 4, 300),),
            total=500,
            avoir=200,
        )
    return world


def _a_column(table: Table) -> str:
    return next(column.name for column in table.columns if not column.primary_key and not column.foreign_keys)


def test_no_sealed_row_can_be_changed(whole_world: Database) -> None:
    for name in SEALED:
        table = TABLES[name]
        column = _a_column(table)
        refused(
            whole_world,
            f"{name}_not_changed",
            lambda c, table=table, column=column: c.execute(update(table).values({column: table.c[column]})),
        )


def test_no_kept_row_can_be_deleted(whole_world: Database) -> None:
    for name in NO_TRUNCATE:
        with whole_world.read() as connection:
            assert connection.scalar(select(func.count()).select_from(TABLES[name])), f"no row to delete in {name}"
        refused(whole_world, f"{name}_not_deleted", lambda c, name=name: c.execute(delete(TABLES[name])))


def test_no_kept_table_can_be_emptied_at_once(whole_world: Database) -> None:
    if whole_world.dialect == "sqlite":  # has no TRUNCATE; a DELETE without WHERE goes through the same guards
        refused(whole_world, "payment_not_deleted", lambda c: c.execute(text("DELETE FROM payment")))
        return
    for name in NO_TRUNCATE:
        with pytest.raises(IntegrityError, match="_not_truncated"), whole_world.write() as connection:
            connection.execute(text(f"TRUNCATE {name} CASCADE"))


def test_a_row_cannot_be_replaced_on_sqlite_behind_the_guards(whole_world: Database) -> None:
    statement = (
        "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event"
        if whole_world.dialect == "sqlite"
        else "INSERT INTO audit_event SELECT * FROM audit_event ON CONFLICT (operation_id) DO UPDATE SET reason = 'x'"
    )
    refused(whole_world, "audit_event_not_", lambda c: c.execute(text(statement)))


def test_a_snapshot_can_be_erased_once_and_nothing_else(world: Database) -> None:
    snapshot = t.identity_snapshot

    def change(**values: object) -> None:
        refused(world, "identity_snapshot_only_erased", lambda c: c.execute(update(snapshot).values(**values)))

    change(name="DURAND")
    change(name="", address="")
    change(name="", erased_at=NOW)
    change(name="", address="", erased_at=NOW, kind="enfant")
    change(name="", address="", erased_at=NOW, person_id=99)
    with world.write() as connection:
        connection.execute(update(snapshot).values(name="", address="", erased_at=NOW))
    change(name="DUPONT", address="", erased_at=None)
    change(name="", address="", erased_at=NOW + timedelta(days=1))


def test_every_guard_is_installed_under_its_name(database: Database) -> None:
    catalogue = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if database.dialect == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with database.read() as connection:
        installed = set(connection.scalars(text(catalogue)))
        known = set(inspect(connection).get_table_names())
    expected = {guard.name for guard in GUARDS} | {"journal_entry_moves_head"}
    if database.dialect == "postgresql":
        expected |= {f"{name}_not_truncated" for name in NO_TRUNCATE}
    assert installed == expected
    assert {guard.table for guard in GUARDS} <= known
