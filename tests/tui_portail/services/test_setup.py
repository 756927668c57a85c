"""From nothing to a base an administrateur can sign in to; run again, only migrations."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models import tables as t
from models.database_errors import DatabaseNotOurs
from models.engine import Database
from models.states import DatabaseKind
from tests.factories import the_commune
from tui_portail.services.agents import sign_in
from tui_portail.services.clock import ServerClock
from tui_portail.services.desk import Desk
from tui_portail.services.passwords import PasswordRefused
from tui_portail.services.rights import Role
from tui_portail.services.setup import (
    AdministratorExists,
    CommuneFileNeeded,
    create_first_administrator,
    has_administrator,
    initialise,
)

GOOD = "tilleul-soupe-jeudi"


def test_an_empty_place_becomes_the_base_of_a_commune(empty_url: str) -> None:
    report = initialise(empty_url, the_commune(), "clapiers.toml")

    assert (report.kind, report.created, report.commune_recorded, report.has_administrator) == (
        DatabaseKind.REAL,
        True,
        True,
        False,
    )
    database = Database.open(empty_url)
    with database.read() as connection:
        assert connection.scalar(select(t.commune_version.c.source)) == "clapiers.toml"
        assert connection.scalar(select(func.count()).select_from(t.school)) == 3
        assert connection.scalar(select(func.count()).select_from(t.dossier)) == 0
        assert connection.scalar(select(t.till.c.name)) == "Caisse principale"
    database.close()


def test_run_again_it_changes_nothing_even_with_another_file(empty_url: str) -> None:
    initialise(empty_url, the_commune(), "clapiers.toml")
    other = replace(the_commune(), identity=replace(the_commune().identity, name="Mairie d’Ailleurs"))
    again = initialise(empty_url, other, "ailleurs.toml")
    alone = initialise(empty_url, None, "")

    assert not any((again.created, again.migrated, again.commune_recorded))
    assert not any((alone.created, alone.migrated, alone.commune_recorded))
    database = Database.open(empty_url)
    with database.read() as connection:
        assert connection.scalars(select(t.commune_version.c.source)).all() == ["clapiers.toml"]
    database.close()


def test_an_empty_base_asks_for_the_communes_file_and_is_not_made_without(empty_url: str) -> None:
    with pytest.raises(CommuneFileNeeded, match="--commune"):
        initialise(empty_url, None, "")
    with pytest.raises(CommuneFileNeeded):
        initialise(empty_url, None, "")


def test_the_first_administrateur_signs_in_and_there_is_only_one_first(empty_url: str) -> None:
    initialise(empty_url, the_commune(), "clapiers.toml")
    database = Database.open(empty_url)
    assert not has_administrator(database)
    create_first_administrator(database, "Mairie", "Dominique Roux", GOOD)

    agent = sign_in(Desk(database, Path("documents"), ServerClock(database)), "mairie", GOOD)

    assert agent.roles == {Role.ADMINISTRATEUR}
    assert not agent.must_change_password
    assert has_administrator(database)
    with pytest.raises(AdministratorExists):
        create_first_administrator(database, "autre", "Une Autre", GOOD)
    database.close()


def test_a_weak_password_makes_no_administrateur(database: Database) -> None:
    with pytest.raises(PasswordRefused):
        create_first_administrator(database, "mairie", "Dominique Roux", "court")
    assert not has_administrator(database)


def test_another_programs_database_is_left_alone(empty_url: str) -> None:
    initialise(empty_url, the_commune(), "clapiers.toml")
    database = Database.open(empty_url)
    with database.write() as connection:
        drop = "DROP TRIGGER database_identity_fixed"
        connection.exec_driver_sql(drop if database.dialect == "sqlite" else f"{drop} ON database_identity")
        connection.exec_driver_sql("UPDATE database_identity SET program = 'autre'")
    database.close()

    with pytest.raises(DatabaseNotOurs):
        initialise(empty_url, the_commune(), "clapiers.toml")
