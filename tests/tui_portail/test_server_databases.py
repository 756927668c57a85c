"""A database made for a trial is taken away whatever is in it, or said to stay."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.exc import OperationalError

from models import server_databases
from models.addresses import DatabaseAddress
from models.database_errors import DatabaseReadOnly
from models.server_databases import drop_database
from tests.databases import PostgresqlServer
from tests.tui_portail.backup_acts import backed_up, run
from tui_portail.services.backup_verification import Verdict

pytestmark = pytest.mark.postgresql
ADDRESS = DatabaseAddress.parse("postgresql://mairie@serveur/portail")


class Server:
    """A server that refuses some ways of dropping a database, as for one that its upkeep is in."""

    def __init__(self, *refused: str) -> None:
        self.refused = refused
        self.asked: list[str] = []

    def exec_driver_sql(self, statement: str) -> None:
        self.asked.append(statement.rpartition('"')[2].strip())
        if self.asked[-1] in self.refused and self.asked.count(self.asked[-1]) < 2:
            raise (
                DatabaseReadOnly("permission denied")
                if "FORCE" in self.asked[-1]
                else OperationalError(None, None, Exception())
            )

    @contextmanager
    def of(self, address: DatabaseAddress) -> Iterator["Server"]:
        yield self


def test_a_database_is_dropped_plainly_first_then_by_force_then_plainly_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for server, asked in (
        (Server(), [""]),
        (Server(""), ["", "WITH (FORCE)"]),
        (Server("", "WITH (FORCE)"), ["", "WITH (FORCE)", ""]),
    ):
        monkeypatch.setattr(server_databases, "asked", server.of)
        assert drop_database(ADDRESS)
        assert server.asked == asked


def test_a_trial_database_that_stays_is_named_by_the_backup(
    tmp_path: Path, postgresql_server: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgresql_server.fresh() as url:
        monkeypatch.setattr(server_databases, "_dropped", lambda by, name: False)
        saved = run("sauvegarder", "--base", url, "--vers", tmp_path / "s")
        assert (saved.exit_code, "Vérifiée" in saved.output) == (0, True), saved.output
        name = saved.output.split("dropdb ")[1].split(" ")[0]
        assert f"La base « {name} » n’a pas pu être supprimée" in " ".join(saved.output.split())
        postgresql_server.drop(name)  # it is there


def refused(*_: object) -> Verdict:
    return Verdict(False, "elle ne concorde pas")


def interrupted(*_: object) -> Verdict:
    raise KeyboardInterrupt


@pytest.mark.parametrize("ending", [refused, interrupted])
def test_a_base_made_for_a_restore_that_ends_is_named_when_it_stays(
    tmp_path: Path,
    postgresql_server: PostgresqlServer,
    monkeypatch: pytest.MonkeyPatch,
    ending: Callable[..., Verdict],
) -> None:
    with postgresql_server.fresh() as url:
        assert run("sauvegarder", "--base", url, "--vers", tmp_path / "s", "--sans-verification").exit_code == 0
        backup = backed_up(tmp_path / "s")
        monkeypatch.setattr(server_databases, "_dropped", lambda by, name: False)
        monkeypatch.setattr("tui_portail.services.restoring.verify_restored", ending)
        name = f"restauree_{uuid4().hex[:8]}"
        done = run("restaurer", backup, "--base", postgresql_server.address(name))
        assert done.exit_code == 1, done.output
        [stays] = set(re.findall(rf"dropdb ({name}_restauration_[0-9a-f]{{8}})", " ".join(done.output.split())))
        postgresql_server.drop(stays)
