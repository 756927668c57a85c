"""Putting a commune's database in place: tables by migrations, the commune's set-up, the first administrateur."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from models import tables as t
from models.addresses import DatabaseAddress
from models.database_errors import DatabaseEmpty, DatabaseMissing, DatabaseTooOld
from models.engine import Database, lock_rows
from models.inspection import check_place
from models.migrate import migrate
from models.states import DatabaseKind
from tui_portail.commune import Commune
from tui_portail.commune_files import shipped_file
from tui_portail.errors import PortailError
from tui_portail.services.agents import checked_identity, write_agent
from tui_portail.services.commune import record_commune, town_of
from tui_portail.services.desk import new_operation
from tui_portail.services.gesture import Done, fingerprint, keep
from tui_portail.services.passwords import check_choice, hash_password
from tui_portail.services.rights import Role
from tui_portail.services.upgrading import VerifiedUpgrade


class AdministratorExists(PortailError):
    """The base already has an administrateur: agents are created by them from now on."""

    code = "ADMINISTRATEUR_EXISTE"

    def __init__(self) -> None:
        super().__init__("Cette base a déjà un administrateur : c’est lui qui crée les agents, à l’écran Agents.")


class CommuneFileNeeded(PortailError):
    """An empty base, or one to be made, was to be filled without saying from which commune's file."""

    code = "FICHIER_COMMUNE_ATTENDU"

    def __init__(self, *, missing: bool) -> None:
        self.what = f"Cette base {'n’existe pas encore' if missing else 'est vide'}"
        super().__init__(
            f"{self.what} : indiquez le fichier de la commune "
            f"par --commune FICHIER (le modèle à copier, avec ses deux voisins, est {shipped_file()}), "
            "ou commencez sans fichier par --vide : quelques questions, puis tout se saisit à l’écran."
        )


@dataclass(frozen=True, slots=True)
class SetupReport:
    """What was done. `commune_recorded` is false when the base already had its set-up: the file then changes nothing."""

    address: str
    kind: DatabaseKind
    created: bool
    migrated: bool
    commune_recorded: bool
    has_administrator: bool
    on_server: bool = False
    copy: Path | None = None
    """The file as it was before it was upgraded."""


def initialise(
    url: str,
    commune: Commune | None,
    source: str,
    kind: DatabaseKind = DatabaseKind.REAL,
    at: datetime | None = None,
    upgrade: VerifiedUpgrade | None = None,
) -> SetupReport:
    """Create an empty base and fill it with the commune's set-up; on one that exists, migrate it and change nothing else.

    A base of an older version is verified, copied if it is a file, and verified again: `upgrade` tells how far it is.

    `source` says where the set-up comes from, as kept with it. `commune` None: only for a base that has its own. `at`: when a
    demonstration says it was recorded (aware), None for now.
    Raises CommuneFileNeeded, UpgradeRefused, DatabaseFailure.
    """
    if commune is None:
        require_set_up(url)
    upgrade = upgrade or VerifiedUpgrade()
    report = migrate(url, kind, upgrade.around)
    database = Database.open(url)
    try:

        def fill(connection: Connection) -> bool:
            lock_rows(connection, t.database_identity, [1])
            if commune is None or connection.scalar(select(func.max(t.commune_version.c.id))) is not None:
                return False
            record_commune(connection, commune, source, at or database.server_now(connection))
            return True

        recorded = database.run(fill)
        return SetupReport(
            report.address,
            report.kind,
            report.created,
            report.changed,
            recorded,
            has_administrator(database),
            on_server=database.dialect == "postgresql",
            copy=upgrade.copy,
        )
    finally:
        database.close()


def has_administrator(database: Database) -> bool:
    """Say whether somebody may manage the agents: an active administrateur."""
    with database.read() as connection:
        return _has_administrator(connection)


def create_first_administrator(database: Database, username: str, name: str, password: str) -> int:
    """Create the first administrateur, with a password of their own, and return the agent's id.

    Raises AdministratorExists, PasswordRefused, UsernameTaken, InvalidInput.
    """
    username, name = checked_identity(username, name)
    password_hash = hash_password(check_choice(password, username, name, town_of(database)))

    def gesture(connection: Connection) -> int:
        lock_rows(connection, t.database_identity, [1])
        if _has_administrator(connection):
            raise AdministratorExists
        now = database.server_now(connection)
        agent_id = write_agent(connection, username, name, [Role.ADMINISTRATEUR], password_hash, now, must_change=False)
        content = fingerprint(["creer_premier_administrateur", username])
        done = Done({"agent_id": agent_id}, "agent", agent_id)
        keep(connection, "creer_premier_administrateur", content, new_operation(), now, done, agent_id)
        return agent_id

    return database.run(gesture)


def _has_administrator(connection: Connection) -> bool:
    found = connection.scalar(
        select(t.agent.c.id)
        .join(t.agent_role, t.agent_role.c.agent_id == t.agent.c.id)
        .where(t.agent_role.c.role == Role.ADMINISTRATEUR.value, t.agent.c.disabled_at.is_(None))
        .limit(1)
    )
    return found is not None


def is_of_an_older_version(url: str) -> bool:
    """Say whether a base is there and has to be upgraded. Raises DatabaseFailure when it cannot be told."""
    try:
        Database.open(url, to_write=False).close()
    except DatabaseTooOld:
        return True
    except (DatabaseMissing, DatabaseEmpty):
        pass
    return False


def require_set_up(url: str) -> None:
    """Refuse a base that has no set-up yet: one is to be given or begun.

    Raises CommuneFileNeeded, DatabaseFailure when it cannot be told.
    """
    try:
        database = Database.open(url)
    except DatabaseMissing:
        address = DatabaseAddress.parse(url)
        if address.dialect == "postgresql":
            raise  # the server's administrator makes it, not this program
        check_place(address, may_create=True)  # it may have been moved to a server
        raise CommuneFileNeeded(missing=True) from None
    except DatabaseEmpty:
        raise CommuneFileNeeded(missing=False) from None
    except DatabaseTooOld:
        return
    try:
        with database.read() as connection:
            if connection.scalar(select(func.max(t.commune_version.c.id))) is None:
                raise CommuneFileNeeded(missing=False)
    finally:
        database.close()
