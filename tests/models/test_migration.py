"""The schema is made by migrations only, once, whoever comes first; and it is the one the tables describe."""

import sqlite3
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Barrier
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, func, inspect, select

from models import schema, tables
from models.database_errors import DatabaseAddressInvalid, DatabaseNotOurs, DatabaseTooNew
from models.engine import Database
from models.inspection import PROGRAM
from models.migrate import SCRIPTS, MigrationReport, migrate
from models.revisions import CURRENT, REVISIONS
from models.states import DatabaseKind
from tests.other_desks import processes


def test_an_empty_database_is_created_with_its_identity(empty_url: str) -> None:
    report = migrate(empty_url, DatabaseKind.REAL)

    assert (report.created, report.changed, report.to_revision) == (True, True, CURRENT)
    database = Database.open(empty_url)
    with database.read() as connection:
        row = connection.execute(select(tables.database_identity)).one()
    assert (row.id, row.program, row.kind, row.clock_at) == (1, PROGRAM, "reelle", None)
    assert database.kind is DatabaseKind.REAL
    database.close()


def test_migrating_a_second_time_changes_nothing_and_keeps_the_first_kind(database_url: str) -> None:
    report = migrate(database_url, DatabaseKind.DEMO)

    assert (report.created, report.changed, report.kind) == (False, False, DatabaseKind.TEST)


def test_the_migrated_schema_is_the_one_the_tables_describe(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_the_tables_that_queries_name_are_those_the_classes_describe() -> None:
    """If it fails: `python -m models.schema`."""
    assert schema.WRITTEN.read_text(encoding="utf-8") == schema.written()


def test_every_check_of_the_tables_is_in_the_migrated_schema(database: Database) -> None:
    with database.read() as connection:
        found = inspect(connection)
        for table in schema.metadata.sorted_tables:
            described = {
                str(c.name): str(c.sqltext) if database.dialect == "sqlite" else ""  # PostgreSQL rewrites the text
                for c in table.constraints
                if isinstance(c, CheckConstraint)
            }
            migrated = {
                str(check["name"]): check["sqltext"] if database.dialect == "sqlite" else ""
                for check in found.get_check_constraints(table.name)
            }
            assert migrated == described, table.name


def test_the_list_of_known_versions_is_the_migrations_own() -> None:
    scripts = ScriptDirectory(str(SCRIPTS))

    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == REVISIONS
    assert scripts.get_heads() == [CURRENT]


_gate: Barrier


def _come_to_the_gate(gate: Barrier) -> None:
    global _gate  # noqa: PLW0603 (one a process, given when it starts)
    _gate = gate


def _migrate_at_the_gate(url: str) -> bool:
    _gate.wait(60)
    return migrate(url, DatabaseKind.TEST).created


@pytest.mark.race
def test_two_processes_that_migrate_at_once_make_one_database(empty_url: str) -> None:
    context = processes()
    with ProcessPoolExecutor(2, context, _come_to_the_gate, (context.Barrier(2),)) as pool:
        created = sorted(pool.map(_migrate_at_the_gate, [empty_url] * 2))  # a process that dies fails the test at once

    assert created == [False, True]
    database = Database.open(empty_url)
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.database_identity)) == 1
    database.close()


def _other_program(url: str) -> None:
    if url.startswith("postgresql"):
        with psycopg.connect(url) as server:
            server.execute("CREATE TABLE facture (id integer)")
        return
    Path(url).parent.mkdir()
    with sqlite3.connect(url) as file:
        file.execute("CREATE TABLE facture (id integer)")
    file.close()


def test_a_database_of_another_program_is_refused_and_left_as_it_was(empty_url: str) -> None:
    _other_program(empty_url)
    before = Path(empty_url).read_bytes() if not empty_url.startswith("postgresql") else b""

    with pytest.raises(DatabaseNotOurs) as refusal:
        migrate(empty_url, DatabaseKind.TEST)

    assert "autre programme" in refusal.value.sentence
    if before:
        assert Path(empty_url).read_bytes() == before


def test_a_database_of_a_later_version_is_refused(database_url: str) -> None:
    database = Database.open(database_url)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999_plus_tard'")
    database.close()

    with pytest.raises(DatabaseTooNew):
        migrate(database_url, DatabaseKind.TEST)


def test_a_failed_migration_leaves_nothing_behind(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(dialect: str) -> list[str]:
        return ["CREATE TABLE half_done (id integer)", "this is not SQL"]

    monkeypatch.setattr("models.migrations.triggers_0001.statements", fail)
    with pytest.raises(Exception, match="this is not SQL"):
        migrate(empty_url, DatabaseKind.TEST)
    monkeypatch.undo()

    report: MigrationReport = migrate(empty_url, DatabaseKind.TEST)
    assert report.created


def test_an_address_that_is_neither_a_file_nor_postgresql_is_refused() -> None:
    for address in ("mysql://serveur/base", "", ":memory:", "sqlite://"):
        with pytest.raises(DatabaseAddressInvalid):
            migrate(address, DatabaseKind.TEST)


def test_a_file_may_have_any_name_a_mairie_gives_it(tmp_path: Path) -> None:
    path = tmp_path / "Mairie n° 1 #périscolaire ? 100 %.sqlite"
    migrate(str(path), DatabaseKind.TEST)

    database = Database.open(str(path))
    again = Database.open(database.url)
    assert again.address == database.address
    assert str(database.address) == str(path)
    assert path.exists()
    again.close()
    database.close()
    by_url = tmp_path / "base.sqlite"
    assert migrate(f"sqlite:///{by_url}", DatabaseKind.TEST).created
    assert by_url.exists()
