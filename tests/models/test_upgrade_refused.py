"""An upgrade that is not done changes nothing: a base that does not hold, desks at work, a process killed; old desks keep nothing."""

import multiprocessing
import os
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event, text

from models.database_errors import DatabaseFull, DatabaseLocked, DatabaseTooNew, DatabaseTooOld, DesksOpen
from models.engine import Database
from models.migrate import migrate
from models.revisions import CURRENT
from models.states import DatabaseKind
from models.tables import metadata
from tests.factories import a_family, an_agent, paris
from tests.old_base import connected, make_old_base, old_rows
from tests.tui_portail.services.desk_acts import MEAL, add, card, row_counts
from tui_portail.services.booking import finish_changes
from tui_portail.services.clock import FixedClock
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.findings import Finding
from tui_portail.services.payment import cash_basket
from tui_portail.services.rights import Role
from tui_portail.services.setup import initialise
from tui_portail.services.upgrading import UpgradeRefused
from tui_portail.services.verification import verify

LAST = "0006_many_desks"
NEW = {
    *("online_payment", "online_payment_line", "portal_account", "portal_code"),
    *("portal_try", "terms_accepted", "treasury_line", "treasury_statement"),
}
"""The tables that came since."""
MONDAY = paris("2027-01-11 09:30")


@pytest.fixture(scope="module")
def old_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The full base of version 0006 in a file, made once."""
    path = tmp_path_factory.mktemp("modele") / "portail.sqlite"
    make_old_base(str(path), DatabaseKind.TEST, LAST)
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def old_url(empty_url: str, old_file: Path) -> str:
    """The address of a full base of version 0006, on each engine."""
    if empty_url.startswith("postgresql"):
        make_old_base(empty_url, DatabaseKind.TEST, LAST)
    else:
        Path(empty_url).parent.mkdir()
        Path(empty_url).write_bytes(old_file.read_bytes())
    return empty_url


@contextmanager
def as_then() -> Iterator[None]:
    """Open bases as the program of that version did: it asked for its own tables, and named its version in the audit trail."""
    tables = {name: table for name, table in metadata.tables.items() if name not in NEW}
    with (
        patch("models.inspection.CURRENT", LAST),
        patch("models.inspection.metadata", SimpleNamespace(tables=tables)),
        patch("tui_portail.services.gesture.CURRENT", LAST),
    ):
        yield


@contextmanager
def now_again() -> Iterator[None]:
    """Within `as_then`, be the program of today."""
    with (
        patch("models.inspection.CURRENT", CURRENT),
        patch("models.inspection.metadata", metadata),
        patch("tui_portail.services.gesture.CURRENT", CURRENT),
    ):
        yield


def everything(url: str) -> dict[str, Any]:
    """Read which version the base is of, and every row."""
    with connected(url) as connection:
        found: dict[str, Any] = {
            table: sorted(map(str, connection.exec_driver_sql(f"SELECT * FROM {table}"))) for table in old_rows(LAST)
        }
        found["alembic_version"] = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


@contextmanager
def unchanged(url: str) -> Iterator[None]:
    """Prove that the base is as it was, of the same version, and that no copy is left beside it."""
    before = everything(url)
    yield
    assert before["alembic_version"] == LAST
    assert everything(url) == before
    if not url.startswith("postgresql"):
        assert {path.name.removeprefix("portail.sqlite") for path in Path(url).parent.iterdir()} <= {"", "-wal", "-shm"}


def tamper(url: str, statement: str) -> None:
    """Change a row as somebody would who took the guards away and put them back."""
    with connected(url) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql(statement)
            return
        kept = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for trigger in kept:
            connection.exec_driver_sql(f"DROP TRIGGER {trigger.name}")
        connection.exec_driver_sql(statement)
        for trigger in kept:
            connection.exec_driver_sql(trigger.sql)


FAULTS = {
    "UPDATE posting SET amount_cents = amount_cents + 1 WHERE entry_seq = 12 AND rank = 1": "posting 12 : ",
    "UPDATE journal_entry SET document = replace(document, '\"seq\":7', '\"seq\":8') WHERE seq = 7": "journal_entry 7 : ",
    "DELETE FROM journal_entry WHERE seq = 20": "journal_entry 21 : l’écriture 20 manque.",
    "UPDATE journal_head SET last_seq = last_seq - 1": "journal_head 1 : ",
    "UPDATE tender SET amount_cents = amount_cents + 1, received_cents = received_cents + 1": "payment ",
    "UPDATE avoir SET amount_cents = 1, care_cents = 1, meal_cents = 0 WHERE id = (SELECT MIN(avoir_id) FROM avoir_use)": "avoir ",
    "UPDATE quittance SET number = 9999 WHERE id = 3": "quittance 2026 : ",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_base_that_does_not_hold_is_not_upgraded_and_its_first_bad_row_is_named(
    fault: str, old_file: Path, tmp_path: Path
) -> None:
    url = str(tmp_path / "portail.sqlite")
    Path(url).write_bytes(old_file.read_bytes())
    tamper(url, fault)
    with unchanged(url), pytest.raises(UpgradeRefused) as refusal:
        initialise(url, None, "")

    assert refusal.value.sentence.startswith("La base ne concorde pas : elle n’a pas été mise à jour")
    assert str(refusal.value.findings[0]).startswith(FAULTS[fault])


def test_an_upgrade_that_would_lose_a_row_or_not_verify_is_undone(
    old_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import models.migrate

    upgrade: Callable[[Connection], None] = vars(models.migrate)["_upgrade"]

    def careless(connection: Connection) -> None:
        upgrade(connection)
        connection.exec_driver_sql("UPDATE search_word SET word = 'zzz' WHERE id = 1")

    with unchanged(old_url):
        with monkeypatch.context() as during, pytest.raises(UpgradeRefused) as refusal:
            during.setattr("models.migrate._upgrade", careless)
            initialise(old_url, None, "")
        assert "n’aurait pas tout gardé" in refusal.value.sentence
        assert [finding.table for finding in refusal.value.findings] == ["search_word"]
        with monkeypatch.context() as during, pytest.raises(UpgradeRefused) as refusal:
            found = iter([Finding("payer", "3", "ses avoirs font autre chose.")])
            during.setattr("tui_portail.services.upgrading.findings_of", lambda *_: found)
            initialise(old_url, None, "")
        assert "laissée comme elle était" in refusal.value.sentence
        assert "payer 3" in refusal.value.sentence


def test_a_disk_that_cannot_take_the_copy_stops_the_upgrade(
    old_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = str(tmp_path / "portail.sqlite")
    Path(url).write_bytes(old_file.read_bytes())
    monkeypatch.setattr("models.upgrade_copy.MOST_PAGES", 10)
    with unchanged(url), pytest.raises(DatabaseFull):
        initialise(url, None, "")


def test_desks_that_have_the_base_open_even_idle_are_named_and_it_is_not_upgraded(
    old_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.open_desks.PATIENCE_S", 0.0)
    with as_then():
        desk = Database.open(old_url)
    with desk.read():  # then idle: its connection stays in its pool
        pass
    try:
        with unchanged(old_url), pytest.raises(DesksOpen) as refusal:
            initialise(old_url, None, "")
    finally:
        desk.close()

    assert "fermez" in refusal.value.sentence and "Rien n’a été changé" in refusal.value.sentence
    if old_url.startswith("postgresql"):
        assert "(1 connexion : depuis le " in refusal.value.sentence


def test_a_desk_of_the_version_before_left_open_during_the_upgrade_keeps_no_gesture_any_more(
    old_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a desk that came between the look at who is there and the locks, its next basket is refused whole."""
    with as_then():
        database = Database.open(old_url)
        desk = Desk(database, Path("documents"), FixedClock(database, MONDAY))
        desk.sign(an_agent(database, Role.ENFANCE, Role.COMPTABILITE, at=MONDAY))
        family = a_family(desk, last_name="Avant")
        days = add(family.child_id, MEAL, paris("2027-01-14 00:00").date())
        with patch("models.migrate.refuse_open_desks"), patch("models.migrate.refuse_open_file"), now_again():
            assert initialise(old_url, None, "").migrated
        counted, operation = row_counts(database), new_operation()
        with pytest.raises(DatabaseTooNew) as refusal:
            finish_changes(desk, family.dossier_id, days, operation)
        assert "mise à jour pendant que ce poste était ouvert ; rien n’a été enregistré" in refusal.value.sentence
        assert "mettez le programme à jour" in refusal.value.sentence
        assert row_counts(database) == counted
    with pytest.raises(DatabaseTooOld), patch("models.inspection.CURRENT", "0008_a_venir"):
        Database.open(old_url)
    database.close()

    opened = Database.open(old_url)  # once this desk is updated, the same basket passes
    updated = Desk(opened, Path("documents"), FixedClock(opened, MONDAY), desk.agent)
    [basket] = finish_changes(updated, family.dossier_id, days, operation).baskets
    assert cash_basket(updated, basket.basket_id, [card(basket.due_cents)], new_operation()).quittance_number
    assert verify(updated).findings == ()
    opened.close()


@pytest.mark.postgresql
@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_gestures_under_way_end_first_and_are_kept_then_others_who_hold_on_are_named(
    old_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        psycopg.connect(old_url, application_name="saisie") as gesture,
        psycopg.connect(old_url, autocommit=True, application_name="regard") as look,
    ):
        gesture.execute("UPDATE dossier SET version = version + 1 WHERE id = 1")
        with monkeypatch.context() as hurried, pytest.raises(DatabaseLocked) as refusal:
            hurried.setattr("models.open_desks.LOCK_PATIENCE_S", 0.0)
            hurried.setattr("models.open_desks.LOCK_TURN_MS", 20)
            migrate(old_url, DatabaseKind.TEST)
        assert "(regard, saisie)" in refusal.value.sentence

        upgrading = threading.Thread(target=migrate, args=(old_url, DatabaseKind.TEST))
        upgrading.start()
        waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock' AND database = %s::oid"
        [base] = look.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchall()
        while look.execute(waiting, base).fetchone() is None:
            assert upgrading.is_alive()
        gesture.execute(
            "UPDATE audit_event SET reason = reason WHERE false"
        )  # a table the upgrade may hold: no deadlock
        gesture.execute("UPDATE agent SET failures = 4 WHERE id = 1")
        gesture.commit()
        upgrading.join(60)
    database = Database.open(old_url)
    with database.read() as connection:
        assert connection.scalar(text("SELECT failures FROM agent WHERE id = 1")) == 4
    database.close()


def _upgrade_and_die(url: str) -> None:
    """Upgrade, and be killed at the last version's first statement."""

    @event.listens_for(Engine, "before_cursor_execute")
    def die(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("ALTER TABLE audit_event ADD COLUMN revision"):
            os.kill(os.getpid(), signal.SIGKILL)

    migrate(url, DatabaseKind.TEST)


@pytest.mark.race
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a process that begins as this one is")
def test_an_upgrade_killed_in_the_middle_changes_nothing_and_is_done_again(empty_url: str) -> None:
    make_old_base(empty_url, DatabaseKind.TEST, "0003_dossiers")
    with connected(empty_url) as connection:
        before = connection.exec_driver_sql("SELECT * FROM audit_event ORDER BY operation_id").all()
    process = multiprocessing.get_context("fork").Process(target=_upgrade_and_die, args=(empty_url,))
    process.start()
    process.join(60)

    assert process.exitcode == -signal.SIGKILL
    with connected(empty_url) as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0003_dossiers"
        assert connection.exec_driver_sql("SELECT * FROM audit_event ORDER BY operation_id").all() == before
    assert migrate(empty_url, DatabaseKind.TEST).changed
