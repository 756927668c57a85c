"""`restaurer` while others are about: what may still be refused is no base that a desk can work in."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

from models.addresses import DatabaseAddress
from models.database_errors import DatabaseFailure, DatabaseMissing, DatabaseNotEmpty, DatabaseReadOnly
from models.engine import Database
from models.server_databases import name_of
from tests.databases import PostgresqlServer, SqliteTemplate
from tests.factories import a_desk, a_family
from tests.tui_portail.backup_acts import a_paid_day, facts_of, plainly
from tui_portail.services.backup_manifest import manifest_path
from tui_portail.services.backup_sealing import Opening
from tui_portail.services.backups import BackupOrder, back_up
from tui_portail.services.restoring import RestoredBase, RestoreOrder, RestoreRefused, restore
from tui_portail.settings import load_settings

OWNER = "restauration_proprietaire"


@pytest.fixture
def backup(tmp_path: Path, postgresql_server: PostgresqlServer) -> Path:
    """The backup of a server's base with a payment."""
    with postgresql_server.fresh() as url:
        database = Database.open(url)
        a_paid_day(database)
        database.close()
        order = BackupOrder(url, tmp_path, tmp_path, verify=False, programs=load_settings().postgresql_programs)
        return back_up(order, lambda *_: None).path


@pytest.fixture
def empty(postgresql_server: PostgresqlServer) -> Iterator[str]:
    """An empty base of an account that owns it, may make no other, and gave it a setting."""
    with postgresql_server.fresh(empty=True) as url:
        name = name_of(DatabaseAddress.parse(url))
        with psycopg.connect(postgresql_server.uri, autocommit=True) as server:
            if server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone() is None:
                server.execute(f"CREATE ROLE {OWNER} LOGIN")
            server.execute(f'ALTER DATABASE "{name}" OWNER TO {OWNER}')
            server.execute(f"ALTER DATABASE \"{name}\" SET work_mem = '7MB'")
        yield url.replace("postgres:@", f"{OWNER}@")


def restored(backup: Path, url: str, meanwhile: Callable[[], None]) -> RestoredBase:
    """Restore, and do something while what was restored is being verified."""

    def told(what: str, *_: object) -> None:
        if what == "Vérification":
            meanwhile()

    order = RestoreOrder(backup, url, backup.parent, Opening, programs=load_settings().postgresql_programs)
    return restore(order, told, lambda *_: None)


def opened(url: str) -> type[DatabaseFailure] | None:
    """Open a base as a desk does; return what refused it, None when it can be worked in."""
    try:
        Database.open(url).close()
    except DatabaseFailure as refused:
        return type(refused)
    return None


def described_otherwise(backup: Path, **facts: object) -> None:
    """Have the description say other facts than the backup's own: the verification does not agree."""
    described = manifest_path(backup)
    written = json.loads(described.read_text(encoding="utf-8"))
    written["facts"] |= facts or {"quittance": "2026-000999"}
    described.write_text(json.dumps(written), encoding="utf-8")


def as_superuser(server: PostgresqlServer, statement: LiteralString) -> None:
    with psycopg.connect(server.uri, autocommit=True) as connection:
        connection.execute(statement)


def names(server: PostgresqlServer, like: str) -> list[str]:
    with psycopg.connect(server.uri) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{like}%"])
        return [name for (name,) in found]


@pytest.mark.postgresql
def test_a_base_lost_has_its_name_again_only_once_it_was_judged(
    backup: Path, postgresql_server: PostgresqlServer
) -> None:
    url = postgresql_server.address("t_perdue")
    tried: list[object] = []
    as_superuser(postgresql_server, "CREATE DATABASE t_perdue_restauration_0123abcd")  # left by a restore killed
    try:
        done = restored(backup, url, lambda: tried.append(opened(url)))
        assert (tried, opened(url)) == ([DatabaseMissing], None)
        assert plainly(facts_of(url)) == plainly(done.facts)
        assert names(postgresql_server, "t_perdue") == ["t_perdue"]
    finally:
        postgresql_server.drop("t_perdue")


@pytest.mark.postgresql
def test_a_base_lost_whose_backup_is_refused_leaves_none(backup: Path, postgresql_server: PostgresqlServer) -> None:
    url = postgresql_server.address("t_refusee")
    tried: list[object] = []
    described_otherwise(backup)
    with pytest.raises(RestoreRefused, match="Rien n’a été changé"):
        restored(backup, url, lambda: tried.append(opened(url)))
    assert (tried, names(postgresql_server, "t_refusee")) == ([DatabaseMissing], [])


@pytest.mark.postgresql
def test_a_backup_is_judged_by_the_version_it_holds_whatever_its_description_says(
    backup: Path, postgresql_server: PostgresqlServer
) -> None:
    url = postgresql_server.address("t_decrite")
    described_otherwise(backup, revision="0005_activities", quittance="2026-000999")
    with pytest.raises(RestoreRefused, match="n’est pas ce qui a été copié"):
        restored(backup, url, lambda: None)
    assert names(postgresql_server, "t_decrite") == []
    try:
        order = RestoreOrder(backup, url, backup.parent, Opening, despite_anomalies=True)
        order = replace(order, programs=load_settings().postgresql_programs)
        assert restore(order, lambda *_: None, lambda *_: None).facts.quittance == "2026-000001"
    finally:
        postgresql_server.drop("t_decrite")


@pytest.mark.postgresql
def test_a_base_that_took_the_name_meanwhile_is_left_alone(backup: Path, postgresql_server: PostgresqlServer) -> None:
    def taken() -> None:
        as_superuser(postgresql_server, "CREATE DATABASE t_prise")

    try:
        with pytest.raises(DatabaseNotEmpty, match="pendant la restauration"):
            restored(backup, postgresql_server.address("t_prise"), taken)
        assert names(postgresql_server, "t_prise") == ["t_prise"]
    finally:
        postgresql_server.drop("t_prise")


@pytest.mark.postgresql
def test_an_empty_base_keeps_its_owner_and_settings_and_nobody_writes_in_it_before_it_was_judged(
    backup: Path, empty: str
) -> None:
    tried: list[object] = []
    restored(backup, empty, lambda: tried.append(opened(empty)))
    assert (tried, opened(empty)) == ([DatabaseReadOnly], None)
    with psycopg.connect(empty) as connection:
        assert connection.execute("SHOW work_mem").fetchone() == ("7MB",)


@pytest.mark.postgresql
def test_an_empty_base_that_a_killed_restore_left_refusing_is_filled_by_the_next(backup: Path, empty: str) -> None:
    name = name_of(DatabaseAddress.parse(empty))
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(sql.Identifier(name))
        )
    restored(backup, empty, lambda: None)
    assert opened(empty) is None


@pytest.mark.postgresql
def test_an_empty_base_filled_by_a_backup_that_is_refused_lets_nobody_work_in_it(backup: Path, empty: str) -> None:
    described_otherwise(backup)
    with pytest.raises(RestoreRefused, match="personne ne peut y écrire"):
        restored(backup, empty, lambda: None)
    assert opened(empty) is DatabaseReadOnly


@pytest.mark.postgresql
def test_an_empty_base_where_nothing_could_be_restored_stays_empty_and_open_to_all(backup: Path, empty: str) -> None:
    content = backup.read_bytes()[:-2000]
    backup.write_bytes(content)
    order = RestoreOrder(
        backup, empty, backup.parent, Opening, without_manifest=True, programs=load_settings().postgresql_programs
    )
    with pytest.raises(DatabaseFailure):
        restore(order, lambda *_: None, lambda *_: None)
    with psycopg.connect(empty) as connection:
        assert connection.execute("SHOW default_transaction_read_only").fetchone() == ("off",)


@pytest.fixture
def file_backup(tmp_path: Path, sqlite_template: SqliteTemplate) -> tuple[Path, Path]:
    """A file with a payment, and its backup."""
    base = Path(sqlite_template.fresh(tmp_path))
    database = Database.open(str(base))
    a_paid_day(database)
    database.close()
    return base, back_up(BackupOrder(str(base), tmp_path / "sauvegardes", tmp_path), lambda *_: None).path


def work_in(base: Path, name: str) -> None:
    database = Database.open(str(base))
    a_family(a_desk(database), last_name=name)
    database.close()


def test_work_done_while_the_question_is_asked_leaves_the_file_in_place(file_backup: tuple[Path, Path]) -> None:
    base, backup = file_backup
    work_in(base, "Avant")
    order = RestoreOrder(backup, str(base), backup.parent, Opening, replace=True)
    with pytest.raises(RestoreRefused, match="pendant que la question était posée"):
        restore(order, lambda *_: None, lambda *_: work_in(base, "Pendant"))
    since = plainly(facts_of(str(base)))
    assert not list(base.parent.glob(f"{base.name}.remplacee-*"))
    work_in(base, "Ensuite")  # the file is whole, and given back
    assert facts_of(str(base)).rows["dossier"] == since["rows"]["dossier"] + 1
    assert restore(order, lambda *_: None, lambda *_: None).aside is not None


def test_a_file_that_took_the_name_meanwhile_is_left_alone(
    file_backup: tuple[Path, Path], sqlite_template: SqliteTemplate
) -> None:
    base, backup = file_backup
    target = base.with_name("perdue.sqlite")
    order = RestoreOrder(backup, str(target), backup.parent, Opening)

    def made_meanwhile(what: str, *_: object) -> None:
        if what == "Vérification":
            target.write_bytes(sqlite_template.path.read_bytes())

    with pytest.raises(RestoreRefused, match="existe et n’est pas vide"):
        restore(order, made_meanwhile, lambda *_: None)
    assert facts_of(str(target)).quittance is None


def test_by_a_link_the_file_itself_is_replaced(file_backup: tuple[Path, Path], tmp_path: Path) -> None:
    base, backup = file_backup
    link = tmp_path / "ailleurs" / "portail.sqlite"
    link.parent.mkdir()
    link.symlink_to(base)
    saved = plainly(facts_of(str(base)))
    work_in(base, "Depuis")
    done = restore(
        RestoreOrder(backup, str(link), backup.parent, Opening, replace=True), lambda *_: None, lambda *_: None
    )
    assert (link.readlink(), done.address.path) == (base, base)
    assert plainly(facts_of(str(base))) == saved
    assert [done.aside] == list(base.parent.glob(f"{base.name}.remplacee-*"))
    assert [one.name for one in link.parent.iterdir()] == [link.name]
