"""What a diagnostic says of a PostgreSQL server: what it promises to keep, how the link travels, what the account may do, who is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, text

from models.account_reach import becomes, may_beyond
from models.addresses import DatabaseAddress
from models.desk_accounts import JOURNAL, foreign_settings
from models.desk_rights import DESK_RIGHTS
from models.engine import APPLICATION
from models.server_transport import FULLY_VERIFIED, is_remote, told
from tui_portail.diagnosis import Finding, State, size_text
from tui_portail.french import plural

SECTION = "Base"
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
TIME_OUTS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
MOST_CONNECTIONS_USED = 0.8
MOST_NAMED = 4
WORKS_AS = (
    "Donnez aux postes le compte que fait « tui-portail droits » : celui-ci peut défaire les protections de la base."
)
GIVE_AGAIN = (
    "Le serveur garde pour ce compte des réglages que le programme n’a pas écrits et qui peuvent l’empêcher de travailler : "
    "relancez « tui-portail droits » par le propriétaire de la base, qui les retire."
)
ONLY_ADDS = "Donnez aux postes le compte que fait « tui-portail droits », qui ne peut qu’ajouter aux livres ; il dit ce qui est de trop."


def postgresql_findings(address: DatabaseAddress, connection: Connection) -> Iterator[Finding]:
    """Yield what the server says of itself. Raises DBAPIError where the account may not ask."""
    yield from _server(connection)
    yield from _link(address, connection)
    yield from _account(connection)
    yield from _connections(connection)


def _server(connection: Connection) -> Iterator[Finding]:
    yield Finding(SECTION, "PostgreSQL", _shown(connection, "server_version"))
    size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    yield Finding(SECTION, "Taille", size_text(size))
    replica = connection.execute(text("SELECT pg_is_in_recovery()")).scalar_one()
    yield Finding(
        SECTION,
        "Rôle du serveur",
        "copie (réplica), en lecture seule" if replica else "principal",
        State.ATTENTION if replica else State.OK,
        "Les postes qui encaissent doivent ouvrir le serveur principal." if replica else "",
    )
    for name in DURABLE:
        value = _shown(connection, name)
        off = value == "off"
        yield Finding(
            SECTION,
            name,
            value,
            State.ERREUR if off else State.OK,
            "Une panne de courant peut perdre des paiements : demandez « on » à l’administrateur du serveur."
            if off
            else "",
        )
    yield Finding(SECTION, "Délais", ", ".join(f"{name} {_shown(connection, name)}" for name in TIME_OUTS))


def _link(address: DatabaseAddress, connection: Connection) -> Iterator[Finding]:
    driver: Any = connection.connection.driver_connection
    encrypted = bool(driver.pgconn.ssl_in_use)  # this end: a proxy may hand the server clear text, in its own room
    used = connection.execute(text("SELECT version, cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).one()
    remote = is_remote(address)
    asked = told(address, "sslmode") or (FULLY_VERIFIED if remote else "")
    seen = (
        "en clair" if not encrypted else f"{used.version}, {used.cipher}" if used.version else "TLS, jusqu’à un relais"
    )
    seen += f", exigé : {asked}" if remote else ", sur cette machine"
    weak = remote and asked != FULLY_VERIFIED
    yield Finding(
        SECTION,
        "Liaison",
        seen,
        State.ERREUR if remote and not encrypted else State.ATTENTION if weak else State.OK,
        "Le nom du serveur n’est pas vérifié : retirez « sslmode » et donnez son autorité par « sslrootcert=FICHIER »."
        if weak
        else "",
    )


def _account(connection: Connection) -> Iterator[Finding]:
    role = str(connection.execute(text("SELECT current_user")).scalar_one())
    yield _judged("Compte", list(becomes(connection, role)), "ordinaire", WORKS_AS)
    yield _judged("Réglages du compte", list(foreign_settings(connection)), "rien qui ne soit du programme", GIVE_AGAIN)
    beyond = list(may_beyond(connection, role, DESK_RIGHTS))
    books = {
        one: table for table in JOURNAL for one in beyond if f"{one}.".partition(" sur ")[2].startswith(f"{table}.")
    }
    altered = ", ".join(dict.fromkeys(books.values()))
    told = [f"ce compte pourrait modifier {altered} (les déclencheurs le refusent)"] if books else []
    yield _judged("Livres", [*told, *(one for one in beyond if one not in books)], "ajout seulement", ONLY_ADDS)


def _judged(what: str, beyond: list[str], well: str, advice: str) -> Finding:
    """Return what the account could do, which should be nothing, a few things named."""
    if not beyond:
        return Finding(SECTION, what, well)
    more = f" et {len(beyond) - MOST_NAMED} de plus" if beyond[MOST_NAMED:] else ""
    return Finding(SECTION, what, ", ".join(beyond[:MOST_NAMED]) + more, State.ATTENTION, advice)


def _connections(connection: Connection) -> Iterator[Finding]:
    row = connection.execute(
        text(
            "SELECT count(*) FILTER (WHERE backend_type = 'client backend') AS used, "
            "count(DISTINCT (client_addr, client_port)) FILTER (WHERE application_name = :ours AND pid <> pg_backend_pid()) AS ours "
            "FROM pg_stat_activity"
        ),
        {"ours": APPLICATION},
    ).one()
    most = int(_shown(connection, "max_connections"))
    full = row.used > most * MOST_CONNECTIONS_USED
    yield Finding(
        SECTION,
        "Connexions",
        f"{row.used} sur {most}",
        State.ATTENTION if full else State.OK,
        "Le serveur refusera bientôt des postes : augmentez max_connections, ou placez un pgbouncer devant."
        if full
        else "",
    )
    yield Finding(SECTION, "Postes ouverts", f"{plural(row.ours, 'connexion')} du programme, celle-ci à part")


def _shown(connection: Connection, name: str) -> str:
    return str(connection.execute(text(f"SHOW {name}")).scalar_one())  # names of ours
