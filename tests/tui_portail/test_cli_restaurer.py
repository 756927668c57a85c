"""`tui-portail restaurer` over a base in place: what would be lost is said and confirmed, and nothing is ever overwritten."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from models.database_errors import DatabaseReadOnly
from models.engine import Database
from tests.databases import PostgresqlServer, SqliteTemplate
from tests.factories import a_desk, a_family, an_agent
from tests.tui_portail.backup_acts import a_paid_day, backed_up, facts_of, pay_another, plainly, run
from tui_portail.dossier_number import display
from tui_portail.services.agents import disable_agent, reset_password, set_roles
from tui_portail.services.desk import new_operation
from tui_portail.services.erasure import ErasureReason, erase_family
from tui_portail.services.rights import Role


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sauvegardes"


def test_what_was_done_since_is_named_and_confirmed_before_a_file_is_put_aside(
    tmp_path: Path, folder: Path, sqlite_template: SqliteTemplate
) -> None:
    base = Path(sqlite_template.fresh(tmp_path))
    database = Database.open(str(base))
    desk, family = a_paid_day(database)
    leaving = a_family(desk, last_name="Partie")
    assert run("sauvegarder", "--base", base, "--vers", folder).exit_code == 0
    saved = plainly(facts_of(str(base)))
    pay_another(desk, family)
    erase_family(desk, leaving.dossier_id, leaving.number, ErasureReason.REQUESTED, new_operation())
    since = plainly(facts_of(str(base)))
    back = ("restaurer", backed_up(folder), "--base", base)

    assert "--remplacer" in run(*back).output
    in_use = run(*back, "--remplacer", typed="3\n")
    assert (in_use.exit_code, "est ouverte par un autre programme" in in_use.output) == (1, True)
    database.close()
    wrong = run(*back, "--remplacer", typed="4\n")
    assert wrong.exit_code == 2
    assert "3 gestes, 1 écriture du journal" in wrong.output
    assert "Quittances perdues : 2026-000002." in wrong.output
    assert "mettez leurs papiers de côté" in wrong.output
    assert plainly(facts_of(str(base))) == since

    done = run(*back, "--remplacer", typed="3\n")
    assert done.exit_code == 0, done.output
    assert (
        f"Effacez de nouveau (« tui-portail famille effacer NUMERO --demande --agent … ») : {display(leaving.number)}"
        in done.output
    )
    assert plainly(facts_of(str(base))) == saved
    [aside] = tmp_path.glob(f"{base.name}.remplacee-*")
    assert plainly(facts_of(str(aside))) == since
    with pytest.raises(DatabaseReadOnly, match="mis de côté"):
        Database.open(str(aside))


def test_a_damaged_file_is_replaced_once_the_backup_s_own_number_is_typed(
    tmp_path: Path, folder: Path, sqlite_template: SqliteTemplate
) -> None:
    base = Path(sqlite_template.fresh(tmp_path))
    database = Database.open(str(base))
    a_paid_day(database)
    database.close()
    assert run("sauvegarder", "--base", base, "--vers", folder).exit_code == 0
    base.write_bytes(b"\0" * 8192)
    done = run("restaurer", backed_up(folder), "--base", base, "--remplacer", typed="2\n")
    assert done.exit_code == 0, done.output
    assert "Tout concorde." in run("verifier", "--base", base).output


def test_a_backup_is_not_restored_over_itself_and_a_damaged_one_is_told_by_its_own_name(
    tmp_path: Path, folder: Path, sqlite_template: SqliteTemplate
) -> None:
    base = Path(sqlite_template.fresh(tmp_path))
    assert run("sauvegarder", "--base", base, "--vers", folder).exit_code == 0
    backup = backed_up(folder)
    kept = backup.read_bytes()
    itself = run("restaurer", backup, "--base", backup, "--remplacer", typed="0\n")
    assert "le même fichier" in itself.output
    assert backup.read_bytes() == kept
    cut = tmp_path / "coupee.sqlite3"
    cut.write_bytes(kept[: len(kept) // 2])
    refused = run("restaurer", cut, "--base", tmp_path / "autre.sqlite", "--sans-description")
    assert refused.exit_code == 1
    assert "coupee.sqlite3 est abîmée" in refused.output and "restauree.sqlite3" not in refused.output


@pytest.mark.postgresql
def test_nothing_is_restored_beside_the_base_of_another_program(
    folder: Path, postgresql_server: PostgresqlServer
) -> None:
    with postgresql_server.fresh() as url, postgresql_server.fresh(empty=True) as foreign:
        assert run("sauvegarder", "--base", url, "--vers", folder).exit_code == 0
        with psycopg.connect(foreign, autocommit=True) as connection:
            connection.execute("CREATE TABLE t (a int)")
        refused = run("restaurer", backed_up(folder), "--base", foreign, "--remplacer")
        assert refused.exit_code == 1
        assert "appartient à un autre programme" in refused.output


@pytest.mark.postgresql
def test_on_a_server_the_base_in_place_stays_and_the_switch_is_told(
    folder: Path, postgresql_server: PostgresqlServer
) -> None:
    with postgresql_server.fresh() as url:
        database = Database.open(url)
        desk, family = a_paid_day(database)
        assert run("sauvegarder", "--base", url, "--vers", folder, "--sans-verification").exit_code == 0
        pay_another(desk, family)
        back = ("restaurer", backed_up(folder), "--base", url, "--remplacer")
        assert "est ouverte par un autre programme" in run(*back).output
        database.close()
        since = plainly(facts_of(url))
        done = run(*back)
        assert done.exit_code == 0, done.output
        assert "Quittances perdues : 2026-000002." in done.output
        assert "tui-portail droits" in done.output
        made = done.output.split("ALTER DATABASE ")[2].split('"')[1]
        try:
            assert facts_of(postgresql_server.address(made)).quittance == "2026-000001"
            assert plainly(facts_of(url)) == since
        finally:
            postgresql_server.drop(made)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A base of its own, that nobody keeps open."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_template").fresh(tmp_path)
        return
    with request.getfixturevalue("postgresql_server").fresh() as made:
        yield made


def test_agents_disabled_or_changed_since_are_named_to_be_so_again(
    url: str, folder: Path, request: pytest.FixtureRequest
) -> None:
    database = Database.open(url)
    desk = a_desk(database, Role.ADMINISTRATEUR)
    names = ("parti", "mute", "oublieux", "reste")
    gone, moved, forgetful, _ = (an_agent(database, Role.REGISSEUR, username=name) for name in names)
    already = an_agent(database, Role.REGISSEUR, username="avant")
    disable_agent(desk, already.agent_id, new_operation())
    assert run("sauvegarder", "--base", url, "--vers", folder, "--sans-verification").exit_code == 0
    disable_agent(desk, gone.agent_id, new_operation())
    set_roles(desk, moved.agent_id, [Role.ENFANCE], new_operation())
    reset_password(desk, forgetful.agent_id, "Jonquille-2026-préau", new_operation())
    an_agent(database, Role.ENFANCE, username="nouveau")
    database.close()

    done = run("restaurer", backed_up(folder), "--base", url, "--remplacer", typed="3\n")
    assert done.exit_code == 0, done.output
    if url.startswith("postgresql"):
        request.getfixturevalue("postgresql_server").drop(done.output.split("ALTER DATABASE ")[2].split('"')[1])
    assert "1 agent désactivé depuis la sauvegarde peut de nouveau se connecter à la base restaurée" in done.output
    assert "Désactivez de nouveau (écran Agents) : parti." in done.output
    assert "Changez-les encore (écran Agents) : mute et oublieux." in done.output


@pytest.mark.postgresql
def test_a_large_object_that_another_account_made_stops_no_backup(
    folder: Path, postgresql_server: PostgresqlServer
) -> None:
    with postgresql_server.fresh() as url, postgresql_server.fresh(empty=True) as elsewhere:
        with psycopg.connect(url) as another:
            another.execute("SELECT lo_from_bytea(0, 'abc'::bytea)")
        saved = run("sauvegarder", "--base", url, "--vers", folder)
        assert (saved.exit_code, "Vérifiée" in saved.output) == (0, True), saved.output
        assert run("restaurer", backed_up(folder), "--base", elsewhere).exit_code == 0
        with psycopg.connect(elsewhere) as restored:
            assert restored.execute("SELECT count(*) FROM pg_largeobject_metadata").fetchone() == (0,)
