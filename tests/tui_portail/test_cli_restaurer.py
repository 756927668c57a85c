"""`tui-portail restaurer` over a base in place: what would be lost is said and confirmed, and nothing is ever overwritten."""

from pathlib import Path

import psycopg
import pytest

from models.engine import Database
from tests.databases import PostgresqlServer, SqliteTemplate
from tests.factories import a_family
from tests.tui_portail.backup_acts import a_paid_day, backed_up, facts_of, pay_another, plainly, run
from tui_portail.dossier_number import display
from tui_portail.services.desk import new_operation
from tui_portail.services.erasure import ErasureReason, erase_family


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
        made = done.output.split("ALTER DATABASE ")[2].split('"')[1]
        try:
            assert facts_of(postgresql_server.address(made)).quittance == "2026-000001"
            assert plainly(facts_of(url)) == since
        finally:
            postgresql_server.drop(made)


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
