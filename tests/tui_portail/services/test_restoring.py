"""`restaurer` while others are about: what may still be refused is no base that a desk can work in."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from models.database_errors import DatabaseFailure, DatabaseMissing, DatabaseNotEmpty, DatabaseReadOnly
from models.engine import Database
from tests.databases import PostgresqlServer
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
        name = url.split("?")[0].rsplit("/", 1)[1]
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


def with_other_facts(backup: Path) -> None:
    """Have the description say another number of rows than there are: the verification does not agree."""
    described = manifest_path(backup)
    written = json.loads(described.read_text(encoding="utf-8"))
    written["facts"]["rows"]["quittance"] += 1
    described.write_text(json.dumps(written), encoding="utf-8")


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
    with_other_facts(backup)
    with pytest.raises(RestoreRefused, match="Rien n’a été changé"):
        restored(backup, url, lambda: tried.append(opened(url)))
    assert (tried, names(postgresql_server, "t_refusee")) == ([DatabaseMissing], [])


@pytest.mark.postgresql
def test_a_base_that_took_the_name_meanwhile_is_left_alone(backup: Path, postgresql_server: PostgresqlServer) -> None:
    def taken() -> None:
        with psycopg.connect(postgresql_server.uri, autocommit=True) as server:
            server.execute("CREATE DATABASE t_prise")

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
def test_an_empty_base_filled_by_a_backup_that_is_refused_lets_nobody_work_in_it(backup: Path, empty: str) -> None:
    with_other_facts(backup)
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
