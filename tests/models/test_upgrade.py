"""A base of version 0001 that was used becomes one of this version: every row kept, every guard there, its day goes on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text

from models import schema
from models import tables as t
from models.database_errors import DatabaseTooOld
from models.engine import Database
from models.migrate import migrate
from models.migrations import triggers_0001, triggers_0002, triggers_0003, triggers_0005, triggers_0006
from models.revisions import CURRENT
from models.states import DatabaseKind
from tests.factories import an_agent, paris
from tests.models.world import refused
from tests.old_base import ROWS, TABLES, connected, make_old_base
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.till_acts import close_till, pieces_of
from tui_portail.policy import Means
from tui_portail.services.clock import FixedClock
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.period_closings import close_due_periods
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.slips import prepare_slip, validate_slip
from tui_portail.services.till import TillForgotten, open_session
from tui_portail.services.till_float import expected_float
from tui_portail.services.verification import verify

SAME_DAY, NEXT_DAY = paris("2026-12-02 10:40"), paris("2026-12-03 10:30")


@pytest.fixture
def old_url(empty_url: str) -> str:
    """The address of the base as version 0001 left it."""
    make_old_base(empty_url)
    return empty_url


def rows_of(url: str) -> dict[str, list[Any]]:
    """Read every row of the old tables, by the columns they had."""
    columns = {
        line.split()[2]: line[line.index("(") + 1 : line.index(")")]
        for line in ROWS.splitlines()
        if line.startswith("INSERT INTO ")
    }
    with connected(url) as connection:
        return {
            table: sorted(map(str, connection.exec_driver_sql(f"SELECT {columns[table]} FROM {table}")))
            for table in TABLES
        }


def desk_at(database: Database, at: Any) -> Desk:
    desk = Desk(database, Path("documents"), FixedClock(database, at))
    desk.sign(an_agent(database, Role.ENFANCE, Role.REGISSEUR, at=at))
    return desk


@pytest.fixture
def upgraded(old_url: str) -> Iterator[Database]:
    migrate(old_url, DatabaseKind.TEST)
    database = Database.open(old_url)
    yield database
    database.close()


def test_a_base_of_the_version_before_is_not_opened_before_it_is_upgraded(old_url: str) -> None:
    with pytest.raises(DatabaseTooOld) as refusal:
        Database.open(old_url)
    assert "Faites une sauvegarde" in refusal.value.sentence
    assert "tui-portail initialiser" in refusal.value.sentence


def test_every_row_is_kept_and_the_schema_is_that_of_a_new_base(old_url: str) -> None:
    before = rows_of(old_url)
    report = migrate(old_url, DatabaseKind.TEST)

    assert (report.from_revision, report.to_revision, report.created) == ("0001_counter_act", CURRENT, False)
    assert rows_of(old_url) == before
    assert sum(map(len, before.values())) > 150
    with connected(old_url) as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_every_guard_of_a_new_base_is_there_word_for_word(upgraded: Database, database: Database) -> None:
    if upgraded.dialect != database.dialect:
        return
    catalogue = (
        "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'index', 'table') AND sql IS NOT NULL"
        if database.dialect == "sqlite"
        else "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal "
        "UNION SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'portail_%'"
    )
    with upgraded.read() as old, database.read() as new:
        found = {tuple(row) for row in old.execute(text(catalogue))}
        assert found == {tuple(row) for row in new.execute(text(catalogue))}
        names = {name for name, _ in found}
    assert {
        guard.name
        for guard in (
            *triggers_0001.GUARDS,
            *triggers_0002.GUARDS,
            *triggers_0003.GUARDS,
            *triggers_0005.GUARDS,
            *triggers_0006.GUARDS,
        )
    } <= names


def test_the_verifier_is_green_on_the_upgraded_base(upgraded: Database) -> None:
    desk = Desk(upgraded, Path("documents"), FixedClock(upgraded, SAME_DAY))
    report = verify(desk)

    assert report.findings == ()
    assert (report.entries, report.payments, report.avoirs) == (5, 3, 1)
    books_hold(upgraded, SAME_DAY)


def test_the_day_goes_on_the_session_opened_before_is_closed_and_its_money_deposited(upgraded: Database) -> None:
    desk = desk_at(upgraded, NEXT_DAY)
    with pytest.raises(TillForgotten):
        open_session(desk, 100_00, new_operation())
    closed = close_till(desk)
    open_session(desk, expected_float(desk) or 0, new_operation())
    slip = prepare_slip(desk, new_operation())
    slip = validate_slip(desk, slip.slip_id, pieces_of(slip.cents_of(Means.CASH)), new_operation())
    with upgraded.read() as connection:
        by_cheque = select(t.tender.c.payment_id, t.tender.c.rank).where(t.tender.c.means == Means.CHEQUE.value)
        payment_id, rank = connection.execute(by_cheque).one()
    undone = reverse_payment(desk, payment_id, [rank], desk.commune().policy.unpaid_reasons[0], new_operation())
    close_due_periods(desk, new_operation())

    assert closed.difference_cents == 0
    assert (slip.number, undone.lost_cents) == ("BV-2026-0001", 2_00)
    assert verify(desk).findings == ()
    books_hold(upgraded, NEXT_DAY)


def test_what_was_sealed_before_is_still_sealed(upgraded: Database) -> None:
    for table in ("payment", "tender", "journal_entry", "posting", "quittance", "avoir"):
        refused(upgraded, f"{table}_not_deleted", lambda c, name=table: c.execute(text(f"DELETE FROM {name}")))


def test_the_tables_of_the_dump_are_those_that_version_0001_had(old_url: str) -> None:
    with connected(old_url) as connection:
        assert set(TABLES) <= set(inspect(connection).get_table_names())
        assert "deposit_slip" not in inspect(connection).get_table_names()
