"""What an agent reads when the database cannot serve: each case really made to happen."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert, select, text

from models import tables as t
from models.database_errors import (
    DatabaseDamaged,
    DatabaseEmpty,
    DatabaseFailure,
    DatabaseFull,
    DatabaseLocked,
    DatabaseMissing,
    DatabaseNotOurs,
    DatabaseReadOnly,
    DatabaseTooNew,
    DatabaseTooOld,
    DatabaseUnreachable,
)
from models.engine import Database
from models.identity import DatabaseKind
from models.migrate import migrate
from tests.databases import PostgresqlServer, SqliteTemplate

NOBODY = 65534


@pytest.fixture
def file(sqlite_template: SqliteTemplate, tmp_path: Path) -> Path:
    return Path(sqlite_template.fresh(tmp_path))


def refusal(url: str | Path, error: type[DatabaseFailure]) -> str:
    """Return the sentence of the error that opening gives, after checking that it tells nothing technical."""
    with pytest.raises(error) as refused:
        Database.open(str(url)).close()
    assert refused.type is error
    sentence = refused.value.sentence
    assert refused.value.code != DatabaseFailure.code
    assert sentence[0].isupper() and sentence.endswith(".") and "Error" not in sentence
    return sentence


def change_by_hand(url: str, statement: str) -> None:
    if url.startswith("postgresql"):
        with psycopg.connect(url) as server:
            server.execute(statement)
        return
    with closing(sqlite3.connect(url)) as file, file:
        file.execute(statement)


def test_a_missing_file_is_said_and_not_created(tmp_path: Path) -> None:
    path = tmp_path / "absente.sqlite"

    assert "tui-portail initialiser" in refusal(path, DatabaseMissing)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_database_of_a_server_is_said(postgresql_server: PostgresqlServer) -> None:
    assert "n’existe pas" in refusal(postgresql_server.address("absente"), DatabaseMissing)


def test_a_text_file_is_not_taken_for_a_database(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text("nom;prénom\n" * 1000, encoding="utf-8")

    assert "n’est pas une base du Portail" in refusal(path, DatabaseNotOurs)
    with pytest.raises(DatabaseNotOurs):
        migrate(str(path), DatabaseKind.TEST)
    assert path.read_text(encoding="utf-8").startswith("nom;prénom")


def test_a_folder_is_not_taken_for_a_database(tmp_path: Path) -> None:
    refusal(tmp_path, DatabaseNotOurs)


@pytest.mark.parametrize("table", ["facture (id integer)", "database_identity (id integer)"])
def test_another_programs_database_is_left_alone(empty_url: str, table: str) -> None:
    if not empty_url.startswith("postgresql"):
        Path(empty_url).parent.mkdir()
    change_by_hand(empty_url, f"CREATE TABLE {table}")
    change_by_hand(empty_url, "CREATE TABLE alembic_version (version_num varchar(32))")

    assert "autre programme" in refusal(empty_url, DatabaseNotOurs)


def test_an_empty_database_asks_to_be_initialised(empty_url: str) -> None:
    if not empty_url.startswith("postgresql"):
        Path(empty_url).parent.mkdir()
        Path(empty_url).touch()

    assert "tui-portail initialiser" in refusal(empty_url, DatabaseEmpty)


def test_a_later_versions_database_is_not_touched(database_url: str) -> None:
    change_by_hand(database_url, "UPDATE alembic_version SET version_num = '0999_plus_tard'")

    assert "Mettez le programme à jour" in refusal(database_url, DatabaseTooNew)


def test_an_earlier_versions_database_asks_for_a_migration(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.inspection.REVISIONS", ("0001_counter_act", "0002_apres"))
    monkeypatch.setattr("models.inspection.CURRENT", "0002_apres")

    assert "tui-portail initialiser" in refusal(database_url, DatabaseTooOld)


HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("PRAGMA locking_mode = EXCLUSIVE")
held.execute("BEGIN IMMEDIATE")
held.execute("UPDATE database_identity SET kind = kind")
held.execute("COMMIT")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_file_kept_by_another_process_is_said(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.inspection.BUSY_TIMEOUT_S", 0.05)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "held"
        sentence = refusal(file, DatabaseLocked)
        holder.communicate()
    assert "pour lui seul" in sentence
    Database.open(str(file)).close()


def test_a_file_another_desk_is_writing_to_opens_all_the_same(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        Database.open(str(file)).close()


@contextmanager
def as_an_ordinary_user() -> Iterator[None]:
    """Set root's privileges aside, where the tests have them: a file's mode means nothing to root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder anyone may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="portail-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX's")
@pytest.mark.parametrize("folder_mode", [0o555, 0o777])
def test_a_file_one_may_only_read_is_said(file: Path, public_folder: Path, folder_mode: int) -> None:
    path = public_folder / "portail.sqlite"
    shutil.copyfile(file, path)
    path.chmod(0o444)
    public_folder.chmod(folder_mode)

    with as_an_ordinary_user(), pytest.raises(DatabaseFailure) as refused:
        Database.open(str(path))

    assert isinstance(refused.value, DatabaseReadOnly | DatabaseUnreachable)
    assert "droit" in refused.value.sentence


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX's")
def test_a_database_cannot_be_made_in_a_folder_one_may_not_write(public_folder: Path) -> None:
    public_folder.chmod(0o555)
    for path in (public_folder / "portail.sqlite", public_folder / "mairie" / "portail.sqlite"):
        with as_an_ordinary_user(), pytest.raises(DatabaseFailure) as refused:
            migrate(str(path), DatabaseKind.TEST)
        assert "droit" in refused.value.sentence
        assert not path.exists()


def test_a_server_that_lets_one_only_read_is_said(postgresql_server: PostgresqlServer) -> None:
    with postgresql_server.fresh() as url:
        change_by_hand(
            url, "ALTER DATABASE " + url.split("/")[3].split("?")[0] + " SET default_transaction_read_only = on"
        )
        assert "droit d’y écrire" in refusal(url, DatabaseReadOnly)


def test_a_server_that_does_not_answer_is_said_without_the_password() -> None:
    sentence = refusal("postgresql://agent:motdepasse@127.0.0.1:1/portail", DatabaseUnreachable)

    assert "motdepasse" not in sentence
    assert "127.0.0.1" in sentence


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_cut_in_the_middle_of_a_gesture_is_said_and_the_next_one_works(database: Database) -> None:
    with pytest.raises(DatabaseUnreachable) as lost, database.write() as connection:
        connection.execute(insert(t.site).values(code="A", name="A"))
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
        with database.write() as other:
            other.execute(text(f"SELECT pg_terminate_backend({pid})"))
        connection.execute(insert(t.site).values(code="B", name="B"))
    assert "ne le sera pas deux fois" in lost.value.sentence

    with database.read() as connection:
        assert connection.execute(select(t.site)).all() == []


def test_a_damaged_file_is_said(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)

    assert "sauvegarde" in refusal(file, DatabaseDamaged)


def test_a_full_disk_is_said_and_nothing_is_kept(file: Path) -> None:
    database = Database.open(str(file))
    with pytest.raises(DatabaseFull) as full, database.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        connection.execute(insert(t.site), [{"code": f"S{n}", "name": "x" * 1000} for n in range(100)])
    assert "plein" in full.value.sentence
    with database.read() as connection:
        assert connection.execute(select(t.site)).all() == []
    database.close()


def test_a_file_removed_while_open_is_never_written_to_in_silence(file: Path) -> None:
    database = Database.open(str(file))
    with database.read() as connection:
        connection.execute(select(t.site)).all()
    database.close()
    file.unlink()

    with pytest.raises(DatabaseFailure), database.write() as connection:
        connection.execute(insert(t.site).values(code="A", name="A"))
    assert not file.exists()


def test_a_copy_restored_without_its_log_gets_it_back(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "restauree.sqlite"
    with closing(sqlite3.connect(file)) as original:
        original.execute("VACUUM INTO ?", (str(copy),))
    database = Database.open(str(copy))
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    database.close()
