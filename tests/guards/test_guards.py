"""What the base refuses by itself is all there, or what is missing is named: by the verifier, the backups and the diagnostic."""

from pathlib import Path

import pytest
from sqlalchemy import text

from models.engine import Database
from models.expected_guards import EXPECTED
from models.guards import faulty_guards, guards_of
from tests.factories import a_desk
from tests.guards.written import digests
from tui_portail.diagnosis import Finding, State
from tui_portail.services.desk import Desk
from tui_portail.services.diagnostic import diagnose
from tui_portail.services.rights import Role
from tui_portail.services.verification import verify

GUARD = "journal_entry_not_changed"
MISSING = f"journal_entry {GUARD} : cette protection manque à la base."


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return a_desk(database, Role.ENFANCE, documents_dir=tmp_path)


def change(database: Database, *statements: str) -> None:
    with database.write() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def dropped(database: Database, guard: str = GUARD, table: str = "journal_entry") -> str:
    return f"DROP TRIGGER {guard}" + ("" if database.dialect == "sqlite" else f" ON {table}")


def told(desk: Desk) -> list[str]:
    return [str(one) for one in verify(desk).findings]


def protections(database: Database) -> Finding:
    [one] = [one for one in diagnose(database.url).findings if one.what == "Protections"]
    return one


def test_the_guards_expected_are_those_of_a_base_just_made(database: Database) -> None:
    """If it fails: `python -m tests.guards`."""
    with database.read() as connection:
        assert digests(connection) == EXPECTED[database.dialect]


def test_a_base_with_all_its_guards_is_sound_and_the_diagnostic_says_so(desk: Desk) -> None:
    assert told(desk) == []
    assert protections(desk.database) == Finding("Base", "Protections", "toutes en place")


def test_a_guard_taken_away_is_named(desk: Desk) -> None:
    change(desk.database, dropped(desk.database))

    assert told(desk) == [MISSING]
    found = protections(desk.database)
    assert (found.state, found.seen) == (State.ERREUR, f"1 manquante ({GUARD})")
    assert "restaurez la dernière sauvegarde vérifiée" in found.advice


def test_when_every_guard_is_gone_some_are_named_and_the_others_counted(desk: Desk) -> None:
    with desk.database.read() as connection:
        triggers = [guard for guard in guards_of(connection) if guard.trigger]
    change(desk.database, *(dropped(desk.database, one.name, one.table) for one in triggers))

    found = told(desk)
    assert len(found) == 6
    assert f"(et {len(triggers) - 5} de plus)" in found[-1]


def test_a_guard_emptied_of_its_condition_is_named(desk: Desk) -> None:
    if desk.database.dialect == "sqlite":
        again = f"CREATE TRIGGER {GUARD} BEFORE UPDATE ON journal_entry FOR EACH ROW WHEN 0 BEGIN SELECT RAISE(ABORT, '{GUARD}'); END"
    else:
        again = (
            f"CREATE TRIGGER {GUARD} BEFORE UPDATE ON journal_entry FOR EACH ROW WHEN (false) "
            f"EXECUTE FUNCTION portail_refuse('{GUARD}')"
        )
    change(desk.database, dropped(desk.database), again)

    assert told(desk) == [f"journal_entry {GUARD} : cette protection n’est pas celle de cette version du programme."]


def test_a_trigger_of_nobody_of_ours_is_named(desk: Desk) -> None:
    if desk.database.dialect == "sqlite":
        other = ["CREATE TRIGGER autre AFTER INSERT ON booking BEGIN SELECT 1; END"]
    else:
        made = "CREATE FUNCTION autre() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"
        other = [made, "CREATE TRIGGER autre BEFORE INSERT ON booking FOR EACH ROW EXECUTE FUNCTION autre()"]
    change(desk.database, *other)

    assert told(desk) == ["booking autre : ce déclencheur n’est pas du programme."]


def test_a_unique_index_taken_away_is_named(desk: Desk) -> None:
    change(desk.database, "DROP INDEX uq_waiting_entry_open")

    assert told(desk) == ["waiting_entry uq_waiting_entry_open : cette protection manque à la base."]


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_guards_disabled_or_hollowed_out_are_named_and_who_puts_them_back(desk: Desk) -> None:
    database = desk.database
    change(database, f"ALTER TABLE journal_entry DISABLE TRIGGER {GUARD}")
    assert told(desk) == [f"journal_entry {GUARD} : cette protection est désactivée."]
    found = protections(database)
    assert found.seen == f"1 désactivée ({GUARD})" and "ENABLE TRIGGER" in found.advice

    change(database, f"ALTER TABLE journal_entry ENABLE ALWAYS TRIGGER {GUARD}")
    assert told(desk) == []

    emptied = (
        "CREATE OR REPLACE FUNCTION portail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
    )
    change(database, emptied)
    with database.read() as connection:
        using = connection.scalar(text("SELECT count(*) FROM pg_trigger WHERE tgfoid = 'portail_refuse'::regproc"))
        assert len(faulty_guards(connection)) == using
