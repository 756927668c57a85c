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
from sqlalchemy import Connection, event, insert, select, text

from models import tables as t
from models.addresses import DatabaseAddress
from models.database_errors import (
    DatabaseAddressInvalid,
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
from models.migrate import migrate
from models.revisions import REVISIONS
from models.states import DatabaseKind
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
    sentence = refusal(postgresql_server.address("absente"), DatabaseMissing)
    assert "createdb absente" in sentence and "n’existe pas" in sentence


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
    monkeypatch.setattr("models.inspection.REVISIONS", (*REVISIONS, "9999_apres"))
    monkeypatch.setattr("models.inspection.CURRENT", "9999_apres")

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
        with as_an_ordinary_user(), pytest.raises(DatabaseReadOnly) as refused:
            migrate(str(path), DatabaseKind.TEST)
        assert "ne peut pas être créée (accès refusé)" in refused.value.sentence
        assert "droit" in refused.value.sentence
        assert not path.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX's")
def test_a_file_in_a_folder_one_may_not_enter_is_said(public_folder: Path) -> None:
    public_folder.chmod(0o700)
    with as_an_ordinary_user():
        assert "accès refusé" in refusal(public_folder / "portail.sqlite", DatabaseUnreachable)
        with pytest.raises(DatabaseUnreachable, match="accès refusé"):
            migrate(str(public_folder / "portail.sqlite"), DatabaseKind.TEST)


def test_a_name_too_long_or_a_home_nobody_has_is_said(tmp_path: Path) -> None:
    assert "trop long" in refusal(tmp_path / ("x" * 300), DatabaseUnreachable)
    assert "~nobodyx" in refusal("~nobodyx/portail.sqlite", DatabaseAddressInvalid)


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX's")
def test_a_base_is_made_for_its_owner_alone_and_its_log_follows(tmp_path: Path) -> None:
    path = tmp_path / "mairie" / "portail.sqlite"
    migrate(str(path), DatabaseKind.TEST)
    database = Database.open(str(path))
    add_a_site(database, "A")

    assert path.parent.stat().st_mode & 0o777 == 0o700
    modes = {found.name: found.stat().st_mode & 0o777 for found in path.parent.iterdir()}
    assert modes == {path.name + suffix: 0o600 for suffix in ("", "-wal", "-shm")}
    database.close()


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX's")
def test_a_copy_one_may_only_read_opens_to_be_read(file: Path, public_folder: Path) -> None:
    copy = public_folder / "copie.sqlite"
    shutil.copyfile(file, copy)
    copy.chmod(0o444)
    public_folder.chmod(0o555)

    with as_an_ordinary_user():
        database = Database.open(str(copy), to_write=False)
        with database.read() as connection:
            assert connection.execute(select(t.site)).all() == []
        with pytest.raises(DatabaseReadOnly):
            add_a_site(database, "A")
        database.close()
    assert [path.name for path in public_folder.iterdir()] == [copy.name]


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX's")
def test_a_copy_whose_log_cannot_be_taken_up_is_not_read_without_it(file: Path, public_folder: Path) -> None:
    database = Database.open(str(file))
    add_a_site(database, "A")
    for suffix in ("", "-wal"):
        copy = public_folder / f"copie.sqlite{suffix}"
        shutil.copyfile(f"{file}{suffix}", copy)
        copy.chmod(0o444)
    database.close()
    public_folder.chmod(0o555)

    with as_an_ordinary_user(), pytest.raises(DatabaseReadOnly, match="-wal"):
        Database.open(str(public_folder / "copie.sqlite"), to_write=False)


def test_a_base_opened_to_be_read_is_not_written_to(database_url: str) -> None:
    database = Database.open(database_url, to_write=False)
    with pytest.raises(DatabaseReadOnly):
        add_a_site(database, "A")
    database.close()


def test_a_base_that_lost_a_table_is_said_to_be_damaged(database_url: str) -> None:
    change_by_hand(database_url, "DROP TABLE tender_allocation")

    assert "Il manque des tables" in (sentence := refusal(database_url, DatabaseDamaged))
    assert "tender_allocation" in sentence


@pytest.mark.parametrize("query", ["?foo=bar", "?connect_timeout=vite"])
def test_an_option_a_server_does_not_know_is_said_without_the_password(query: str) -> None:
    sentence = refusal(f"postgresql://agent:motdepasse@127.0.0.1:1/portail{query}", DatabaseAddressInvalid)

    assert "« ? »" in sentence and "motdepasse" not in sentence


@pytest.mark.parametrize("password", ["mot@passe", "mot/passe", "12/34", "mot?passe", "12?34", "p@/x"])
def test_a_password_that_breaks_its_address_is_refused_without_being_shown(password: str) -> None:
    sentence = refusal(f"postgresql://agent:{password}@127.0.0.1:1/portail", DatabaseAddressInvalid)

    assert "%40" in sentence
    assert "passe@" not in sentence and "34" not in sentence and "127" not in sentence


@pytest.mark.parametrize("address", ["postgresql:/x", "postgres:x", "sqlite:x.db", "ba\nse", " "])
def test_an_address_mistyped_is_not_taken_for_a_file(address: str) -> None:
    refusal(address, DatabaseAddressInvalid)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgresql://agent:secret@serveur/mairie", "postgresql://agent@serveur/mairie"),
        (
            "postgresql://agent@serveur/mairie?password=secret&sslmode=require",
            "postgresql://agent@serveur/mairie?sslmode=require",
        ),
        ("postgresql://agent@serveur/mairie?PASSWORD=secret", "postgresql://agent@serveur/mairie"),
        ("postgresql://agent@serveur/mairie?pwd=secret", "postgresql://agent@serveur/mairie"),
        ("postgresql://agent@serveur/mairie?pass%77ord=secret", "postgresql://agent@serveur/mairie"),
        ("postgresql://serveur/mairie?oauth_client_secret=secret", "postgresql://serveur/mairie"),
        ("postgresql://serveur/mairie?options=-cx.password%3Dsecret", "postgresql://serveur/mairie"),
        ("postgresql://serveur/mairie?passfile=x", "postgresql://serveur/mairie?passfile=x"),
        ("postgresql://serveur/mairie", "postgresql://serveur/mairie"),
    ],
)
def test_an_address_is_shown_as_it_can_be_typed_again_without_its_password(given: str, shown: str) -> None:
    address = DatabaseAddress.parse(given)

    assert str(address) == shown
    assert address.holds_password == ("secret" in given)
    assert not DatabaseAddress.parse(shown).holds_password


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


def add_a_site(database: Database, code: str) -> None:
    with database.write() as connection:
        connection.execute(insert(t.site).values(code=code, name=code))


def take_away(file: Path, replacement: Path | None = None) -> None:
    """Remove a base as an administrator does, its log with it, and put another in its place if there is one."""
    if replacement is None:
        for path in file.parent.glob(f"{file.name}*"):
            path.unlink()
    else:
        replacement.replace(file)


@pytest.fixture(params=["removed", "replaced"])
def replacement(request: pytest.FixtureRequest, sqlite_template: SqliteTemplate, tmp_path: Path) -> Path | None:
    """Another base to put in the place of the one a desk has open; None: it is only removed."""
    return Path(sqlite_template.fresh(tmp_path)) if request.param == "replaced" else None


def test_a_file_taken_away_while_open_is_said_at_the_next_gesture(file: Path, replacement: Path | None) -> None:
    database = Database.open(str(file))
    add_a_site(database, "A")
    take_away(file, replacement)

    for _ in range(2):
        with pytest.raises(DatabaseMissing) as gone:
            add_a_site(database, "B")
        assert "déplacé ou supprimé" in gone.value.sentence
        with pytest.raises(DatabaseMissing), database.read() as connection:
            connection.execute(select(t.site)).all()
    assert file.exists() == (replacement is not None)
    database.close()


def test_a_file_taken_away_during_a_gesture_lets_nothing_be_announced(file: Path, replacement: Path | None) -> None:
    database = Database.open(str(file))
    with pytest.raises(DatabaseMissing), database.write() as connection:
        connection.execute(insert(t.site).values(code="A", name="A"))
        take_away(file, replacement)
    database.close()
    if replacement is not None:
        again = Database.open(str(file))
        with again.read() as connection:
            assert connection.execute(select(t.site)).all() == []
        again.close()


def test_a_file_taken_away_at_the_very_commit_is_not_said_to_hold_the_gesture(
    file: Path, replacement: Path | None
) -> None:
    database = Database.open(str(file))

    @event.listens_for(database.engine, "commit")
    def just_then(_connection: Connection) -> None:
        take_away(file, replacement)

    with pytest.raises(DatabaseMissing):
        add_a_site(database, "A")
    database.close()


def test_a_copy_restored_without_its_log_gets_it_back(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "restauree.sqlite"
    with closing(sqlite3.connect(file)) as original:
        original.execute("VACUUM INTO ?", (str(copy),))
    database = Database.open(str(copy))
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    database.close()
