"""A desk's account on PostgreSQL: the whole program works by it, and the server itself refuses it everything else."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from models.database_errors import AccountNotFit, DatabaseReadOnly, OwnerNeeded
from models.desk_accounts import AccountRights, account_rights, give, give_again, known_accounts
from models.desk_rights import DESK_RIGHTS
from models.engine import Database
from models.migrate import migrate
from models.revisions import CURRENT, REVISIONS
from models.schema import metadata
from models.states import DatabaseKind
from tests.databases import PostgresqlServer
from tests.desk_account import Town, a_town
from tests.models.test_desk_rights import ALL_SEALED
from tests.roles.arguments import a_world, arguments
from tests.roles.introspection import services
from tests.roles.table import GESTURES, service_of
from tests.tui_portail.services.regie_story import a_story
from tui_portail.cli import app
from tui_portail.diagnosis import State
from tui_portail.errors import InvalidInput, PortailError
from tui_portail.services.desk import Desk
from tui_portail.services.diagnostic import diagnose
from tui_portail.services.server_accounts import give_rights
from tui_portail.services.verification import verify

pytestmark = pytest.mark.postgresql
NO_RIGHT, GUARDED = "42501", "23000"


@pytest.fixture(scope="module")
def town(postgresql_server: PostgresqlServer) -> Iterator[Town]:
    with a_town(postgresql_server) as town:
        yield town


@pytest.fixture(scope="module")
def desk(town: Town) -> Iterator[Desk]:
    """A desk that works by the desks' account, after a month of the régie."""
    database = Database.open(town.desk)
    yield a_story(database).desk
    database.close()


def rights_of(address: str) -> AccountRights | None:
    database = Database.open(address, to_write=False)
    try:
        with database.read() as connection:
            return account_rights(connection)
    finally:
        database.close()


def refused(address: str, statement: str) -> str | None:
    """Say a statement by an account, and return the state the server refuses it with; None when it does it."""
    with psycopg.connect(address) as connection:
        try:
            connection.execute(statement.encode())
        except psycopg.Error as error:
            return error.sqlstate
    return None


def test_a_month_of_the_regie_is_lived_by_the_desks_account_and_verified_by_the_reader_s(
    desk: Desk, town: Town
) -> None:
    """Till, payments of every means, cancellations, corrections, reversals, an unpaid cheque, slips, closings, a refund: `a_story`."""
    database = Database.open(town.reader, to_write=False)
    try:
        assert verify(Desk(database, desk.documents_dir, desk.clock)).sound
    finally:
        database.close()


def test_every_gesture_of_the_program_finds_its_rights(postgresql_server: PostgresqlServer, tmp_path: Path) -> None:
    """Those of the table of roles, each done once by an agent of every role: registration, merging, erasure, imports, settings…"""
    with a_town(postgresql_server) as town:
        database = Database.open(town.desk)
        world = a_world(database, tmp_path)
        lacking = []
        for gesture in GESTURES:
            service = services()[service_of(gesture)]
            try:
                service(world.desk, **arguments(world, gesture, service))
            except DatabaseReadOnly as denied:
                lacking.append((gesture, str(denied.__cause__)))
            except PortailError:
                pass  # refused by what the gesture itself judges
        database.close()
        assert lacking == []


@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
@pytest.mark.usefixtures("desk")  # rows to alter
def test_no_sealed_table_is_altered(town: Town, verb: str) -> None:
    for table in ALL_SEALED:
        column = list(metadata.tables[table].columns.keys())[-2 if table == "audit_event" else -1]
        statement = {
            "UPDATE": f'UPDATE {table} SET "{column}" = "{column}"',
            "DELETE": f"DELETE FROM {table}",
            "TRUNCATE": f"TRUNCATE {table} CASCADE",
        }[verb]
        state = refused(town.desk, statement)
        assert state == NO_RIGHT or (table == "audit_event" and verb == "UPDATE" and state == GUARDED), (table, state)


ATTACKS = {
    "ALTER TABLE journal_entry DISABLE TRIGGER ALL": NO_RIGHT,
    "SET session_replication_role = replica": NO_RIGHT,
    "DROP TABLE posting CASCADE": NO_RIGHT,
    "DROP TRIGGER journal_entry_not_changed ON journal_entry": NO_RIGHT,
    "CREATE TRIGGER mine BEFORE INSERT ON posting FOR EACH ROW EXECUTE FUNCTION portail_refuse('x')": NO_RIGHT,
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'": NO_RIGHT,
    "CREATE OR REPLACE FUNCTION portail_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'": NO_RIGHT,
    "ALTER FUNCTION portail_refuse() RENAME TO refused": NO_RIGHT,
    "CREATE TABLE mine (id int)": NO_RIGHT,
    "CREATE TEMPORARY TABLE journal_head (regie_id int)": NO_RIGHT,
    "CREATE SCHEMA mine": NO_RIGHT,
    "COPY posting TO PROGRAM 'id'": NO_RIGHT,
    "COPY posting FROM PROGRAM 'id'": NO_RIGHT,
    "COPY posting TO '/srv/taken'": NO_RIGHT,
    "ALTER TABLE posting OWNER TO CURRENT_USER": NO_RIGHT,
    "ALTER ROLE CURRENT_USER SUPERUSER": NO_RIGHT,
    "CREATE ROLE mine": NO_RIGHT,
    "LOCK TABLE journal_entry IN ACCESS EXCLUSIVE MODE": NO_RIGHT,
    "SELECT setval(pg_get_serial_sequence('posting', 'id'), 1)": NO_RIGHT,
    "UPDATE alembic_version SET version_num = '0005_activities'": NO_RIGHT,
    "UPDATE journal_head SET last_seq = 0": NO_RIGHT,
    "UPDATE journal_head SET regie_id = regie_id + 1": GUARDED,
    "UPDATE number_series SET last_number = last_number - 1": GUARDED,
    "UPDATE number_series SET kind = 'mine'": NO_RIGHT,
    "UPDATE quittance SET id = id + 1000": GUARDED,
    "UPDATE avoir SET id = id + 1000": GUARDED,
    "UPDATE audit_event SET reason = 'mine'": GUARDED,
    "UPDATE identity_snapshot SET name = 'Mine'": GUARDED,
    "UPDATE booking SET price_cents = 0": NO_RIGHT,
    "UPDATE agent_role SET role = 'administrateur'": NO_RIGHT,
    "DELETE FROM booking": NO_RIGHT,
    "DELETE FROM number_series": NO_RIGHT,
    "DELETE FROM identity_snapshot": NO_RIGHT,
}


def test_the_server_refuses_the_desks_account_every_other_way(desk: Desk, town: Town) -> None:
    attacks = ATTACKS | {f'SET ROLE "{town.name(town.owner)}"': NO_RIGHT}
    told = {attack: refused(town.desk, attack) for attack in attacks}
    assert {attack: state for attack, state in told.items() if state != attacks[attack]} == {}
    assert verify(desk).sound


def test_an_account_can_give_on_nothing_it_was_given(town: Town) -> None:
    for privilege in ("INSERT", "UPDATE", "ALL"):
        refused(town.desk, f"GRANT {privilege} ON posting TO PUBLIC")  # PostgreSQL only warns that nothing was granted
    with psycopg.connect(town.owner) as owner:
        [(public,)] = owner.execute(
            "SELECT count(*) FROM pg_class c, aclexplode(c.relacl) a WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = 0"
        ).fetchall()
    assert public == 0


def test_the_reader_reads_all_and_writes_nothing(town: Town) -> None:
    for table in DESK_RIGHTS:
        assert refused(town.reader, f"SELECT count(*) FROM {table}") is None
    assert refused(town.reader, "BEGIN READ WRITE; INSERT INTO import_map (name) VALUES ('x')") == NO_RIGHT
    with pytest.raises(DatabaseReadOnly):
        Database.open(town.reader)


def test_a_backup_by_the_desks_account_says_which_account_makes_it(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgresql_server: PostgresqlServer
) -> None:
    monkeypatch.setenv("TUI_PORTAIL_PROGRAMMES_POSTGRESQL", str(postgresql_server.programs))
    refused = CliRunner().invoke(app, ["sauvegarder", "--base", town.desk, "--vers", str(tmp_path)])
    assert refused.exit_code == 1
    assert "Sauvegardez par le compte qui la possède" in refused.output
    assert not list(tmp_path.iterdir())


def test_the_server_keeps_each_accounts_own_delays(town: Town) -> None:
    assert town.given.settings_kept
    with psycopg.connect(town.desk) as plain:
        asked = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "timezone")
        kept = [plain.execute(sql.SQL("SHOW {}").format(sql.Identifier(one))).fetchone() for one in asked]
    assert kept == [("3s",), ("15s",), ("1min",), ("UTC",)]


@pytest.mark.parametrize("where", ["", " IN DATABASE {base}"])
def test_settings_that_an_account_wrote_for_itself_are_told_and_taken_back_by_droits(town: Town, where: str) -> None:
    role = town.name(town.desk)
    assert told_of_settings(town.desk) == told_of_settings(town.reader) == (State.OK, "rien qui ne soit du programme")
    place = where.format(base=make_url(town.desk).database)
    for setting in ("search_path = 'pg_catalog'", "default_transaction_read_only = on"):
        assert refused(town.desk, f'ALTER ROLE "{role}"{place} SET {setting}') is None
    assert told_of_settings(town.desk) == (State.ATTENTION, "default_transaction_read_only, search_path")

    assert give_rights(town.owner, role, None).settings_kept

    assert told_of_settings(town.desk) == (State.OK, "rien qui ne soit du programme")
    Database.open(town.desk).close()


def told_of_settings(address: str) -> tuple[State, str]:
    [line] = [one for one in diagnose(address).findings if one.what == "Réglages du compte"]
    return line.state, line.seen


def test_what_an_account_may_do_is_told(town: Town) -> None:
    assert rights_of(town.desk) == AccountRights(False, False, False)
    assert rights_of(town.reader) == AccountRights(False, False, False)
    assert rights_of(town.owner) == AccountRights(False, True, True)
    assert rights_of(town.server) == AccountRights(True, True, True)


def test_only_the_owner_upgrades_and_gives_rights(postgresql_server: PostgresqlServer, town: Town) -> None:
    assert not migrate(town.desk, DatabaseKind.TEST).changed, "on a base of this version there is nothing to do"
    with psycopg.connect(town.server, autocommit=True) as admin:
        admin.execute("UPDATE alembic_version SET version_num = %s", [REVISIONS[-2]])
        try:
            with pytest.raises(OwnerNeeded):
                migrate(town.desk, DatabaseKind.TEST)
        finally:
            admin.execute("UPDATE alembic_version SET version_num = %s", [CURRENT])
    database = Database.open(town.desk)
    try:
        with pytest.raises(OwnerNeeded), database.write() as connection:
            give(connection, "autre", writes=True)
    finally:
        database.close()


def test_an_upgrade_gives_the_accounts_known_what_its_version_needs(town: Town) -> None:
    database = Database.open(town.owner)
    desk, reader = town.name(town.desk), town.name(town.reader)
    try:
        with database.write() as connection:
            connection.execute(text(f'REVOKE ALL ON news FROM "{desk}", "{reader}"'))
            connection.execute(text(f'GRANT UPDATE ON posting TO "{desk}"'))
            assert known_accounts(connection) == {desk: True, reader: False}
            assert set(give_again(connection)) == {desk, reader}
            rights = "SELECT has_table_privilege(:r, 'news', :p), has_table_privilege(:r, 'posting', 'UPDATE')"
            assert connection.execute(text(rights), {"r": desk, "p": "INSERT"}).one() == (True, False)
            assert connection.execute(text(rights), {"r": reader, "p": "INSERT"}).one() == (False, False)
            assert connection.execute(text(rights), {"r": reader, "p": "SELECT"}).one() == (True, False)
    finally:
        database.close()


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("CREATE ROLE {0} LOGIN SUPERUSER", "superutilisateur"),
        ("CREATE ROLE {0} LOGIN CREATEROLE", "créer des comptes"),
        ('CREATE ROLE {0} LOGIN; GRANT "{owner}" TO {0}', "propriétaire de la base"),
        ("CREATE ROLE {0} LOGIN; GRANT pg_execute_server_program TO {0}", "pg_execute_server_program"),
        ("CREATE ROLE {0} LOGIN; GRANT UPDATE ON posting TO PUBLIC", "UPDATE sur posting"),
        ("CREATE ROLE {0} LOGIN; GRANT DELETE ON slot TO pg_monitor; GRANT pg_monitor TO {0}", "DELETE sur slot"),
        (
            "CREATE ROLE {0} LOGIN; CREATE ROLE {0}_chef SUPERUSER; GRANT {0}_chef TO {0} WITH INHERIT FALSE",
            r"_chef \(superutilisateur\)",
        ),
        (
            "CREATE ROLE {0} LOGIN; CREATE ROLE {0}_rh CREATEROLE; GRANT {0}_rh TO {0}",
            r"_rh \(créer des comptes",
        ),
        (
            "CREATE ROLE {0} LOGIN; CREATE ROLE {0}_a; CREATE ROLE {0}_b CREATEDB; GRANT {0}_b TO {0}_a; GRANT {0}_a TO {0}",
            r"_b \(créer des bases",
        ),
        ("CREATE ROLE {0} LOGIN; GRANT pg_maintain TO {0}", "membre de pg_maintain"),
        ("CREATE ROLE {0} LOGIN; GRANT pg_signal_backend TO {0}", "membre de pg_signal_backend"),
        ("CREATE ROLE {0} LOGIN; GRANT UPDATE (total_cents) ON payment TO PUBLIC", "UPDATE sur payment.total_cents"),
        ("CREATE ROLE {0} LOGIN; GRANT MAINTAIN ON payment TO PUBLIC", "MAINTAIN sur payment"),
        ("CREATE ROLE {0} LOGIN; GRANT UPDATE ON SEQUENCE booking_id_seq TO PUBLIC", "UPDATE sur booking_id_seq"),
        (
            "CREATE ROLE {0} LOGIN; CREATE SCHEMA annexe; GRANT CREATE ON SCHEMA annexe TO PUBLIC",
            "dans le schéma annexe",
        ),
        (
            "CREATE ROLE {0} LOGIN; CREATE FUNCTION public.faire() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'SELECT'",
            "appeler public.faire",
        ),
    ],
)
def test_an_account_that_could_do_more_is_refused_and_given_nothing(town: Town, before: str, said: str) -> None:
    role = f"trop_{town.name(town.desk)}"
    database = Database.open(town.server)
    try:
        with database.engine.connect() as connection:
            connection.exec_driver_sql(before.format(role, owner=town.name(town.owner)))
            with pytest.raises(AccountNotFit, match=said):
                give(connection, role, writes=True)
            connection.rollback()  # the account and what it was given with it
    finally:
        database.close()


@pytest.mark.parametrize(
    ("given", "taken", "line", "said"),
    [
        ('GRANT pg_maintain TO "{0}"', 'REVOKE pg_maintain FROM "{0}"', "Compte", "membre de pg_maintain"),
        (
            "GRANT UPDATE (total_cents) ON payment TO PUBLIC",
            "REVOKE UPDATE (total_cents) ON payment FROM PUBLIC",
            "Livres",
            "modifier payment",
        ),
        ("GRANT UPDATE ON slot TO PUBLIC", "REVOKE UPDATE ON slot FROM PUBLIC", "Livres", "UPDATE sur slot"),
    ],
)
def test_the_diagnostic_tells_what_an_account_could_do_more(
    town: Town, given: str, taken: str, line: str, said: str
) -> None:
    role = town.name(town.desk)
    with psycopg.connect(town.server, autocommit=True) as admin:
        admin.execute(given.format(role).encode())
        try:
            found = {one.what: one for one in diagnose(town.desk).findings}
        finally:
            admin.execute(taken.format(role).encode())
    assert said in found[line].seen and "droits" in found[line].advice
    after = {one.what: one.seen for one in diagnose(town.desk).findings}
    assert (after["Compte"], after["Livres"]) == ("ordinaire", "ajout seulement")


@pytest.mark.parametrize("name", ["", "Poste", "pg_desk", "public", "poste; DROP TABLE posting", "é", "1poste"])
def test_a_name_that_is_no_accounts_is_refused(town: Town, name: str) -> None:
    with pytest.raises(InvalidInput):
        give_rights(town.owner, name, None)
