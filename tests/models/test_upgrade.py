"""A full base of each released version becomes one of this version: every row kept, every guard there, its day goes on.

On SQLite from each version; on PostgreSQL from the first, the third and the last in `make test`, from each in `make soak`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from models import tables as t
from models.database_errors import DatabaseTooOld
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
from models.revisions import CURRENT
from models.states import DatabaseKind
from tests.databases import PostgresqlServer, SqliteTemplate
from tests.factories import a_family, an_agent, paris
from tests.models.world import refused
from tests.old_base import RELEASED, connected, make_old_base, old_rows, verified_then
from tests.soak import at_length
from tests.tui_portail.services.books import books_hold
from tests.tui_portail.services.desk_acts import EVENING, add, book_and_pay, cash, cheque, finish, hold, remove
from tests.tui_portail.services.till_acts import close_till, next_till
from tui_portail.services.clock import FixedClock
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.payment import cash_basket
from tui_portail.services.period_closings import close_due_periods
from tui_portail.services.reversals import reverse_payment
from tui_portail.services.rights import Role
from tui_portail.services.setup import initialise
from tui_portail.services.upgrading import VerifiedUpgrade
from tui_portail.services.verification import verify

MONDAY = paris("2027-01-11 09:30")
THURSDAY, FRIDAY = date(2027, 1, 14), date(2027, 1, 15)
GUARDS = (triggers_0001, triggers_0002, triggers_0003, triggers_0004, triggers_0005, triggers_0006, triggers_0007)
CATALOGUES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'index', 'table') AND sql IS NOT NULL",
    "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal "
    "UNION SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'portail_%' "
    "UNION SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid > 0 "
    "UNION SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
    "UNION SELECT table_name || '.' || column_name, concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default) "
    "FROM information_schema.columns WHERE table_schema = 'public'",
}


@contextmanager
def a_place(request: pytest.FixtureRequest, engine: str, folders: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a base that is not there yet."""
    if engine == "sqlite":
        yield str(folders.mktemp("ancienne") / "portail.sqlite")
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    with server.fresh(empty=True) as url:
        yield url


@dataclass(frozen=True)
class Upgraded:
    """A base once upgraded, opened; what its old tables held before and after, by the columns they had; what was said."""

    revision: str
    database: Database
    before: dict[str, list[str]]
    after: dict[str, list[str]]
    said: list[str]
    copy: Path | None


def rows_of(url: str, revision: str) -> dict[str, list[str]]:
    """Read every row of the tables that had some, by the columns they had."""
    with connected(url) as connection:
        return {
            table: sorted(map(str, connection.exec_driver_sql(f"SELECT {', '.join(columns)} FROM {table}")))
            for table, (columns, _) in old_rows(revision).items()
        }


BASES = [pytest.param(("sqlite", revision), id=f"sqlite-{revision}") for revision in RELEASED] + [
    pytest.param(("postgresql", revision), id=f"postgresql-{revision}", marks=pytest.mark.postgresql)
    for revision in (RELEASED if at_length() else RELEASED[::2])
]


@pytest.fixture(scope="module", params=BASES)
def upgraded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    engine, revision = request.param
    with a_place(request, engine, tmp_path_factory) as url:
        make_old_base(url, DatabaseKind.TEST, revision)
        before, said = rows_of(url, revision), list[str]()
        with pytest.raises(DatabaseTooOld) as refusal:
            Database.open(url)
        assert "Faites une sauvegarde" in refusal.value.sentence
        report = initialise(url, None, "", upgrade=VerifiedUpgrade(said.append))
        assert (report.created, report.migrated, report.commune_recorded) == (False, True, False)
        database = Database.open(url)
        yield Upgraded(revision, database, before, rows_of(url, revision), said, report.copy)
        database.close()


def desk_at(database: Database, at: datetime) -> Desk:
    desk = Desk(database, Path("documents"), FixedClock(database, at))
    desk.sign(an_agent(database, Role.ENFANCE, Role.REGISSEUR, at=at))
    return desk


def test_every_row_is_kept(upgraded: Upgraded) -> None:
    assert upgraded.after == upgraded.before
    assert {table: len(rows) for table, rows in upgraded.before.items()} == {
        table: len(rows) for table, (_, rows) in old_rows(upgraded.revision).items()
    }
    assert sum(map(len, upgraded.before.values())) > 5_000


def test_the_upgrade_says_each_step_and_copies_a_file_beside_it(upgraded: Upgraded) -> None:
    steps = [f"Mise à jour {upgraded.revision[:4]} → {CURRENT[:4]}…", "Tout concorde, en "]
    if upgraded.copy is not None:
        steps = ["Copie de la base…", f"Copie gardée : {upgraded.copy}", *steps]
    entries = f"{verified_then(upgraded.revision)['entries']} écritures"
    steps = [f"Vérification avant la mise à jour… {entries}", *steps]
    steps.insert(-1, f"Vérification après la mise à jour… {entries}")
    assert [said.startswith(step) for said, step in zip(upgraded.said, steps, strict=True)] == [True] * len(steps)

    assert (upgraded.copy is not None) == (upgraded.database.dialect == "sqlite")
    if upgraded.copy is not None:
        assert upgraded.copy.stat().st_mode & 0o777 == 0o600
        assert upgraded.copy.name.startswith(f"portail-version-{upgraded.revision[:4]}-2")
        assert rows_of(str(upgraded.copy), upgraded.revision) == upgraded.before
        with pytest.raises(DatabaseTooOld):
            Database.open(str(upgraded.copy))


def test_the_schema_is_that_of_a_new_base_and_every_guard_is_there_word_for_word(
    upgraded: Upgraded, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    catalogue = text(CATALOGUES[upgraded.database.dialect])
    with upgraded.database.read() as connection:
        found = {tuple(row) for row in connection.execute(catalogue)}
        if upgraded.database.dialect == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    with new_base(request, upgraded.database.dialect, tmp_path) as url, connected(url) as connection:
        assert found == {tuple(row) for row in connection.execute(catalogue)}
    assert {guard.name for version in GUARDS for guard in version.GUARDS} <= {name for name, _ in found}


@contextmanager
def new_base(request: pytest.FixtureRequest, engine: str, folder: Path) -> Iterator[str]:
    if engine == "sqlite":
        template: SqliteTemplate = request.getfixturevalue("sqlite_template")
        yield template.fresh(folder)
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql_server")
    with server.fresh() as url:
        yield url


def test_what_the_verifier_of_then_counted_is_there_and_the_books_hold_counted_another_way(upgraded: Upgraded) -> None:
    """The verifier of now found nothing, or the upgrade would not have been done."""
    with upgraded.database.read() as connection:
        counted = {
            name: connection.scalar(select(func.count()).select_from(table))
            for name, table in (("entries", t.journal_entry), ("payments", t.payment), ("avoirs", t.avoir))
        }
    assert counted == verified_then(upgraded.revision)
    books_hold(upgraded.database, MONDAY)


def test_what_was_sealed_before_is_still_sealed(upgraded: Upgraded) -> None:
    for table in ("payment", "tender", "journal_entry", "posting", "quittance", "avoir"):
        refused(upgraded.database, f"{table}_not_deleted", lambda c, name=table: c.execute(text(f"DELETE FROM {name}")))


def test_the_day_goes_on_with_payments_a_cancellation_a_reversal_and_the_till_closed(upgraded: Upgraded) -> None:
    """The till was left open: it is closed first, and what it holds begins the next one."""
    desk = desk_at(upgraded.database, MONDAY)
    next_till(desk)
    family = a_family(desk, last_name="Lendemain")
    basket = hold(desk, family.dossier_id, add(family.child_id, EVENING, THURSDAY, FRIDAY))
    tenders = [cash(1_00, 5_00), cheque(basket.due_cents - 1_00, number="7654321")]
    cash_basket(desk, basket.basket_id, tenders, new_operation())
    finish(desk, family.dossier_id, remove(family.child_id, EVENING, FRIDAY))
    other = a_family(desk, last_name="Surlendemain")
    paid = book_and_pay(desk, other.dossier_id, add(other.child_id, EVENING, THURSDAY))
    reverse_payment(desk, paid.payment_id, [1], desk.commune().policy.reversal_reasons[0], new_operation())
    assert close_till(desk).difference_cents == 0
    close_due_periods(desk, new_operation())

    assert verify(desk).findings == ()
    books_hold(upgraded.database, MONDAY)
