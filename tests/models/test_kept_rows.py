"""Nothing is deleted and nothing sealed is rewritten, on both engines, whoever writes the SQL."""

import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import Table, delete, func, inspect, select, text, update
from sqlalchemy.exc import IntegrityError

from models import tables as t
from models.engine import Database
from models.migrations import (
    triggers_0001,
    triggers_0002,
    triggers_0003,
    triggers_0004,
    triggers_0005,
    triggers_0006,
    triggers_0007,
)
from models.schema import metadata
from tests.models.dossier_world import a_row_of_a_dossier
from tests.models.regie_world import a_row_of_each, draft, slip_cash, slip_line
from tests.models.world import NOW, PAYMENT, build, refused

TABLES = metadata.tables
# Listed here on purpose, not read from the program's own lists: a table left out there must be missed here.
SEALED = [
    "audit_event",
    "avoir",
    "avoir_line",
    "avoir_use",
    "avoir_withdrawal",
    "cash_count",
    "cash_movement",
    "cheque_count",
    "commune_version",
    "consent",
    "deposit_slip_cash",
    "deposit_slip_line",
    "journal_entry",
    "late_unpaid",
    "letter_printed",
    "meal_order",
    "meal_order_line",
    "online_payment_line",
    "payer_transfer",
    "payment",
    "payment_line",
    "period_closing",
    "posting",
    "quittance",
    "quittance_copy",
    "refund",
    "reversal",
    "reversal_line",
    "reversal_tender",
    "tender",
    "tender_allocation",
    "terms_accepted",
    "till_closing",
    "till_count",
    "till_difference",
    "treasury_line",
    "treasury_statement",
]
KEPT = [
    *SEALED,
    "absence_proof",
    "appointment",
    "attendance",
    "basket",
    "booking",
    "custody_exception",
    "database_identity",
    "day_closure",
    "day_closure_line",
    "deposit_slip",
    "dossier_change",
    "identity_snapshot",
    "journal_head",
    "number_series",
    "online_payment",
    "portal_account",
    "supporting_document",
    "till_session",
    "waiting_entry",
]


@pytest.fixture
def world(database: Database) -> Database:
    build(database)
    return database


@pytest.fixture
def whole_world(world: Database) -> Database:
    """The world with one row at least in every kept table."""
    a_row_of_each(world)
    with world.write() as connection:
        a_row_of_a_dossier(connection)
    return world


def _a_column(table: Table) -> str:
    columns = [column for column in table.columns if not column.primary_key and not column.foreign_keys]
    return (columns or list(table.columns))[0].name


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
    for name in KEPT:
        with whole_world.read() as connection:
            assert connection.scalar(select(func.count()).select_from(TABLES[name])), f"no row to delete in {name}"
        refused(whole_world, f"{name}_not_deleted", lambda c, name=name: c.execute(delete(TABLES[name])))


def test_no_kept_table_can_be_emptied_at_once(whole_world: Database) -> None:
    if whole_world.dialect == "sqlite":  # has no TRUNCATE; a DELETE without WHERE goes through the same guards
        refused(whole_world, "payment_not_deleted", lambda c: c.execute(text("DELETE FROM payment")))
        return
    for name in KEPT:
        with pytest.raises(IntegrityError, match="_not_truncated"), whole_world.write() as connection:
            connection.execute(text(f"TRUNCATE {name} CASCADE"))


@pytest.mark.parametrize("recursive", [True, False])
def test_no_kept_row_can_be_replaced_on_sqlite_whatever_the_connection_set(
    whole_world: Database, recursive: bool
) -> None:
    if whole_world.dialect != "sqlite":
        statement = (
            "INSERT INTO audit_event SELECT * FROM audit_event ON CONFLICT (operation_id) DO UPDATE SET reason = 'x'"
        )
        refused(whole_world, "audit_event_not_", lambda c: c.execute(text(statement)))
        return
    for name in KEPT:
        with whole_world.engine.connect() as connection:
            before = connection.execute(select(TABLES[name])).all()
            connection.rollback()
            connection.connection.execute(f"PRAGMA recursive_triggers = {'ON' if recursive else 'OFF'}")
            changed = {"number_series": "SELECT regie_id, year, kind, 0 FROM number_series"}
            source = changed.get(name, f"SELECT * FROM {name}")
            for verb in ("INSERT OR REPLACE", "REPLACE"):
                with pytest.raises(sqlite3.IntegrityError, match=f"{name}_"):
                    connection.connection.execute(f"{verb} INTO {name} {source}")
            connection.connection.execute("PRAGMA recursive_triggers = ON")
            connection.rollback()
            assert connection.execute(select(TABLES[name])).all() == before


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("quittance", "payment_id"),
        ("avoir_line", "booking_id"),
        ("quittance_copy", "copy_no"),
        ("payment", "entry_seq"),
        ("till_session", "till_id"),
        ("booking", "child_id"),
        ("basket", "payer_id"),
        ("reversal", "payment_id"),
        ("avoir_withdrawal", "refund_id"),
        ("late_unpaid", "tender_rank"),
        ("refund", "number"),
        ("payer_transfer", "from_payer_id"),
        ("attendance", "child_id"),
        ("waiting_entry", "child_id"),
        ("meal_order", "day"),
        ("day_closure_line", "booking_id"),
        ("period_closing", "starts_on"),
        ("deposit_slip_line", "payment_id"),
        ("cash_movement", "entry_seq"),
        ("till_difference", "means"),
        ("portal_account", "username"),
        ("online_payment", "reference"),
        ("treasury_statement", "file_sha256"),
        ("treasury_line", "rank"),
    ],
)
def test_a_row_of_another_id_does_not_replace_the_one_that_has_its_key(
    whole_world: Database, table: str, column: str
) -> None:
    if whole_world.dialect != "sqlite":
        return
    columns = [c.name for c in TABLES[table].columns]
    values = ", ".join("'neuf'" if c == "id" and table == "payment" else "99" if c == "id" else c for c in columns)
    with whole_world.engine.connect() as connection, pytest.raises(sqlite3.IntegrityError, match=f"{table}_"):
        connection.connection.execute("PRAGMA recursive_triggers = OFF")
        try:
            connection.connection.execute(f"REPLACE INTO {table} SELECT {values} FROM {table}")
        finally:
            connection.connection.execute("PRAGMA recursive_triggers = ON")


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


def test_a_draft_of_a_till_is_not_replaced_by_another(world: Database) -> None:
    with world.write() as connection:
        draft(connection)
    if world.dialect != "sqlite":
        refused(world, "uq_deposit_slip_draft", lambda c: draft(c, 2))
        return
    columns = ", ".join("2" if column.name == "id" else column.name for column in t.deposit_slip.columns)
    with world.engine.connect() as connection, pytest.raises(sqlite3.IntegrityError, match="deposit_slip_not_replaced"):
        connection.connection.execute("PRAGMA recursive_triggers = OFF")
        try:
            connection.connection.execute(f"REPLACE INTO deposit_slip SELECT {columns} FROM deposit_slip")
        finally:
            connection.connection.execute("PRAGMA recursive_triggers = ON")


def test_what_is_on_a_draft_can_be_taken_out_of_it(world: Database) -> None:
    with world.write() as connection:
        draft(connection)
        slip_line(connection)
        slip_cash(connection)
    with world.write() as connection:
        line = t.deposit_slip_line
        assert connection.execute(delete(line).where(line.c.payment_id == PAYMENT)).rowcount == 1
        assert connection.execute(delete(t.deposit_slip_cash)).rowcount == 1


def test_every_guard_is_installed_under_its_name(database: Database) -> None:
    catalogue = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if database.dialect == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with database.read() as connection:
        installed = set(connection.scalars(text(catalogue)))
        known = set(inspect(connection).get_table_names())
    guards = (
        *triggers_0001.GUARDS,
        *triggers_0002.GUARDS,
        *triggers_0003.GUARDS,
        *triggers_0004.GUARDS,
        *triggers_0005.GUARDS,
        *triggers_0006.GUARDS,
        *triggers_0007.GUARDS,
    )
    replaced = (*triggers_0001.NOT_REPLACED, *triggers_0002.NOT_REPLACED, *triggers_0003.NOT_REPLACED)
    replaced = (*replaced, triggers_0004.NOT_REPLACED, *triggers_0005.NOT_REPLACED, *triggers_0007.NOT_REPLACED)
    expected = {guard.name for guard in guards} | {"journal_entry_moves_head"}
    if database.dialect == "postgresql":
        expected |= {f"{name}_not_truncated" for name in KEPT} | {"basket_paid_has_payment"}
    else:
        expected |= {guard.name for guard in replaced}
        assert {guard.table for guard in replaced} == set(KEPT)
    assert installed == expected
    assert {guard.table for guard in guards} <= known


def test_no_guard_of_a_later_version_bears_the_name_of_another_one() -> None:
    names = [guard.name for guard in (*triggers_0002.GUARDS, *triggers_0002.NOT_REPLACED)]
    assert len(set(names)) == len(names)
    widened = {guard.name for guard in triggers_0002.WIDENED}
    assert {guard.name for guard in triggers_0001.GUARDS} & set(names) == widened


def test_what_changed_in_a_dossier_can_be_blanked_and_nothing_else(whole_world: Database) -> None:
    change = t.dossier_change
    refused(whole_world, "dossier_change_only_erased", lambda c: c.execute(update(change).values(after="Inès B.")))
    refused(whole_world, "dossier_change_only_erased", lambda c: c.execute(update(change).values(field="last_name")))
    with whole_world.write() as connection:
        assert connection.execute(update(change).values(before="", after="")).rowcount == 1


def test_a_reason_typed_with_a_booking_can_be_emptied_and_nothing_else(whole_world: Database) -> None:
    booking = t.booking
    reasons = ({"derogation": "autre"}, {"payer_reason": "autre"}, {"derogation": "", "tariff": "autre"})
    for values in reasons:
        refused(whole_world, "booking_terms_fixed", lambda c, values=values: c.execute(update(booking).values(values)))
    with whole_world.write() as connection:
        assert connection.execute(update(booking).values(derogation="", payer_reason="")).rowcount >= 1


def test_an_event_of_the_audit_trail_can_be_blanked_once_and_nothing_else(whole_world: Database) -> None:
    event = t.audit_event
    for values in ({"reason": "autre"}, {"details": "{}", "reason": ""}, {"erased_at": NOW, "reason": "autre"}):
        refused(
            whole_world,
            "audit_event_not_changed",
            lambda c, values=values: c.execute(update(event).values(values)),
        )
    blank = update(event).values(erased_at=NOW, reason="", details="{}")
    with whole_world.write() as connection:
        assert connection.execute(blank).rowcount >= 1
    refused(whole_world, "audit_event_not_changed", lambda c: c.execute(blank))


def test_a_payment_online_is_what_it_was_asked_for_and_only_goes_forward(whole_world: Database) -> None:
    online = t.online_payment

    def change(name: str, **values: object) -> None:
        refused(whole_world, name, lambda c: c.execute(update(online).values(**values)))

    change("online_payment_terms_fixed", amount_cents=900)
    change("online_payment_page_fixed", id_op="autre")
    change("online_payment_forward", state="demandee")
    change("online_payment_dispute_once", dispute_answer="autre")
    with whole_world.write() as connection:
        assert connection.execute(update(online).values(dispute="", dispute_answer="")).rowcount == 1


def test_a_code_sent_to_a_parent_ends_once_and_an_account_keeps_who_made_it(whole_world: Database) -> None:
    code, account = t.portal_code, t.portal_account
    refused(whole_world, "portal_code_terms_fixed", lambda c: c.execute(update(code).values(code_hash="autre")))
    refused(whole_world, "portal_account_made_once", lambda c: c.execute(update(account).values(given_by=None)))
    with whole_world.write() as connection:
        assert connection.execute(update(code).values(ended_at=NOW)).rowcount == 1
    refused(whole_world, "portal_code_ends_once", lambda c: c.execute(update(code).values(ended_at=None)))
