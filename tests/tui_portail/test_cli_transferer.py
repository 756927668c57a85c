"""`tui-portail transferer`: the same base on the other engine, to the last row, or none at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import IntegrityError

from models import tables as t
from models.addresses import DatabaseAddress
from models.any_version import marks_of, snapshot
from models.database_errors import DatabaseMissing, DatabaseReadOnly, DatabaseUnreachable
from models.engine import Database
from models.row_copies import content_of
from models.server_databases import name_of
from tests.databases import PostgresqlServer, SqliteTemplate
from tests.factories import a_child, a_desk, a_family
from tests.hostile_text import PRINTED
from tests.tui_portail.backup_acts import facts_of, plainly, run
from tests.tui_portail.services.regie_story import a_story

OWNER = "transfert_proprietaire"


@pytest.fixture
def target(postgresql_server: PostgresqlServer) -> Iterator[str]:
    """An empty base of an account that owns it and is no more than that."""
    with postgresql_server.fresh(empty=True) as url:
        address = DatabaseAddress.parse(url)
        name = name_of(address)
        with psycopg.connect(postgresql_server.uri, autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone() is None:
                connection.execute(f"CREATE ROLE {OWNER} LOGIN")
            connection.execute(f'ALTER DATABASE "{name}" OWNER TO {OWNER}')
        yield str(replace(address, url=address.url.set(username=OWNER)))


@pytest.fixture
def source(tmp_path: Path, sqlite_template: SqliteTemplate) -> Path:
    """A file where a whole story of the régie was told, by families of strange names."""
    path = Path(sqlite_template.fresh(tmp_path))
    database = Database.open(str(path))
    told = a_story(database)
    desk = a_desk(database, at=told.desk.now())
    for name in PRINTED:
        a_family(desk, last_name=name, children=[a_child(name, name)])
    database.close()
    return path


def test_every_row_is_the_same_on_the_server_and_the_chain_goes_on(source: Path, target: str) -> None:
    copy = shutil.copyfile(source, source.with_name("temoin.sqlite"))
    done = run("transferer", "--de", source, "--vers", target)
    assert done.exit_code == 0, done.output
    assert not source.exists()
    [kept] = source.parent.glob(f"{source.name}.transfere-*")
    assert str(kept) in done.output
    assert f'base = "{DatabaseAddress.parse(target)}"' in done.output

    with snapshot(DatabaseAddress.parse(str(copy))) as file, snapshot(DatabaseAddress.parse(target)) as server:
        before, after = (content_of(one, lambda *_: None) for one in (file, server))
        guards = server.exec_driver_sql("SELECT count(*) FROM pg_trigger WHERE tgenabled <> 'O'").scalar()
    assert {name for name in before if before[name] != after[name]} == {"audit_event"}  # which says that it was moved
    assert after["audit_event"].rows == before["audit_event"].rows + 1
    assert plainly(facts_of(target)) == plainly(facts_of(str(copy)))
    assert guards == 0

    with pytest.raises(DatabaseReadOnly, match="mis de côté"):
        Database.open(str(kept))
    assert run("verifier", "--base", kept).exit_code == 0, "it can still be read"
    begun_again = run("initialiser", "--vide", "--base", source)
    assert begun_again.exit_code == 1
    assert "a été transférée vers PostgreSQL" in begun_again.output
    assert not source.exists(), "never two bases to work in"

    database = Database.open(target)
    desk = a_desk(database)
    a_family(desk, last_name="Après")  # numbers go on
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(t.journal_entry.update().values(hash="0"))
    database.close()
    assert "Tout concorde." in run("verifier", "--base", target).output
    moved = run("verifier", "--base", source)
    assert "a été transférée vers PostgreSQL" in moved.output


def test_nothing_is_moved_from_a_file_in_use_nor_to_a_base_that_holds_something(
    source: Path, target: str, postgresql_server: PostgresqlServer
) -> None:
    database = Database.open(str(source))
    with database.read():
        pass
    refused = run("transferer", "--de", source, "--vers", target)
    assert (refused.exit_code, "est ouverte par un autre programme" in refused.output) == (1, True)
    database.close()
    with postgresql_server.fresh() as full:
        refused = run("transferer", "--de", source, "--vers", full)
        assert (refused.exit_code, "n’est pas vide" in refused.output) == (1, True)
    assert run("transferer", "--de", target, "--vers", str(source)).exit_code == 2
    assert marks_of(DatabaseAddress.parse(target)).empty
    assert source.exists()


def test_a_row_that_postgresql_refuses_is_told_by_its_table_and_nothing_is_kept(source: Path, target: str) -> None:
    database = Database.open(str(source))
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE guardian SET address = 'a' || char(0) || 'b' WHERE id = 1")
    database.close()
    refused = run("transferer", "--de", source, "--vers", target)
    assert refused.exit_code == 1, refused.output
    assert "La table guardian a une ligne" in refused.output
    assert marks_of(DatabaseAddress.parse(target)).empty
    assert source.exists()


@pytest.mark.parametrize("fate", ["kept", "not kept", "unknown"])
def test_a_commit_whose_answer_is_lost_never_leaves_two_bases(
    tmp_path: Path, sqlite_template: SqliteTemplate, target: str, fate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is asked again; while it does not answer, no desk opens the file."""
    source = Path(sqlite_template.fresh(tmp_path))
    database = Database.open(str(source))
    a_desk(database)
    database.close()

    def answer_lost(_dialect: object, connection: Any) -> None:
        monkeypatch.undo()
        if fate == "unknown":
            monkeypatch.setattr("tui_portail.services.moving._kept", _away)
        if fate == "not kept":
            connection.rollback()
        else:
            connection.commit()
        connection.driver_connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    rename = Path.rename

    def renamed(self: Path, to: Path) -> Path:
        monkeypatch.setattr(PGDialect_psycopg, "do_commit", answer_lost)
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", renamed)
    done = run("transferer", "--de", source, "--vers", target)

    assert (done.exit_code == 0) == (fate == "kept"), done.output
    assert source.exists() == (fate == "not kept")
    assert marks_of(DatabaseAddress.parse(target)).empty == (fate == "not kept")
    if fate == "unknown":
        assert "personne ne sait" in " ".join(done.output.split())


def _away(*_: object) -> bool:
    raise DatabaseUnreachable("Le serveur ne répond pas.")


@pytest.mark.postgresql
def test_by_a_link_the_file_itself_is_moved_and_a_desk_of_either_is_told(source: Path, target: str) -> None:
    link = source.with_name("ailleurs") / "portail.sqlite"
    link.parent.mkdir()
    link.symlink_to(source)
    done = run("transferer", "--de", link, "--vers", target)
    assert done.exit_code == 0, done.output
    [kept] = source.parent.glob(f"{source.name}.transfere-*")
    for path in (link, source):
        with pytest.raises(DatabaseMissing, match=kept.name):
            Database.open(str(path))
