"""From what a driver says to a sentence an agent can act on. One place for both engines."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from models.addresses import DatabaseAddress
from models.database_errors import (
    AccountRefused,
    DatabaseAddressInvalid,
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseFailure,
    DatabaseFull,
    DatabaseMissing,
    DatabaseNotOurs,
    DatabaseNotTrusted,
    DatabaseReadOnly,
    DatabaseTooNew,
    DatabaseTooSlow,
    DatabaseUnreachable,
)
from models.lost_bases import back, lost

BUSY = "D’autres postes occupent la base en ce moment ; rien n’a été enregistré. Recommencez dans quelques instants."
SLOW = "La base met trop de temps à répondre ; rien n’a été enregistré. Recommencez, ou prévenez l’administrateur."
LOST = (
    "La connexion à la base {address} est perdue. Vérifiez le réseau, puis refaites le même geste : "
    "s’il avait déjà été enregistré, il ne le sera pas deux fois."
)
SERVER_SILENT = (
    "Le serveur de la base {address} ne répond pas ou refuse la connexion. Vérifiez l’adresse, le compte et le réseau."
)
NOTHING_TO_PROVE_ONESELF = (
    "Le serveur de la base {address} demande un mot de passe et aucun n’est connu. Enregistrez-le par « tui-portail mot-de-passe "
    "enregistrer », ou donnez-le par la variable PGPASSWORD ou le fichier des réglages."
)
REFUSED_ACCOUNT = (
    "Le serveur de la base {address} refuse le mot de passe de ce compte. Donnez le bon par « tui-portail mot-de-passe enregistrer », "
    "la variable PGPASSWORD ou le fichier des réglages."
)
UNKNOWN_AUTHORITY = (
    "Le serveur de la base {address} n’a pas prouvé qui il est : son certificat est signé par une autorité que ce poste ne connaît pas, "
    "ou n’est plus valable. Demandez à l’administrateur du serveur le fichier de cette autorité, puis ajoutez « sslrootcert=FICHIER » "
    "à l’adresse."
)
OTHER_NAME = (
    "Le serveur de la base {address} présente le certificat d’un autre nom : ce n’est peut-être pas le bon serveur. Écrivez dans l’adresse "
    "le nom qui est dans son certificat, ou demandez à l’administrateur du serveur un certificat à ce nom."
)
NO_TLS = (
    "Le serveur de la base {address} n’accepte pas de liaison chiffrée : les données des familles passeraient en clair. "
    "Demandez à l’administrateur du serveur d’y activer TLS (« ssl = on » et un certificat)."
)
NO_ROOTS = (
    "Le fichier des autorités donné par « sslrootcert » pour la base {address} n’existe pas ou ne peut pas être lu. "
    "Vérifiez son chemin, ou demandez-le à l’administrateur du serveur."
)
POOLER = (
    "Le serveur de la base {address} est un pgbouncer : ajoutez « pgbouncer=1 » à la fin de l’adresse, après un « ? » "
    "(ou un « & » si elle en a déjà un)."
)
READ_ONLY = (
    "La base {address} ne peut être que lue ; rien n’a été enregistré. Donnez à votre compte le droit d’y écrire "
    "(pour un fichier : aussi sur son dossier)."
)
NO_RIGHT = (
    "Votre compte n’a pas ce droit dans la base {address} ; rien n’a été enregistré. Un poste reçoit les siens par « tui-portail droits "
    "--role COMPTE », à refaire sur une base restaurée ou transférée ; préparer, restaurer ou transférer une base demande le compte qui la "
    "possède, et en créer une, le droit CREATEDB."
)
FULL = (
    "Le disque qui contient la base {address} est plein ; rien n’a été enregistré. Libérez de la place et recommencez."
)
MISSING = "La base {address} n’existe pas. Vérifiez l’adresse, ou créez-la avec « tui-portail initialiser »."
MISSING_ON_SERVER = (
    "La base {address} n’existe pas sur ce serveur. Vérifiez l’adresse, ou créez-la par « createdb {address.url.database} » "
    "(ou demandez-la à l’administrateur du serveur), puis recommencez."
)
UNKNOWN_OPTION = "L’adresse {address} porte une option que PostgreSQL ne comprend pas : vérifiez ce qui suit le « ? »."
MOVED = "Le fichier de la base {address} a été déplacé ou supprimé. Remettez-le en place et rouvrez le programme."
REPLACED = (
    "La base {address} a été remplacée par une autre pendant que ce poste était ouvert (une sauvegarde restaurée, sans doute) : rien de "
    "ce qui attendait n’y est enregistré. Quittez et rouvrez le programme."
)
DISK = (
    "Le disque qui contient la base {address} répond par une erreur ; rien n’a été enregistré. "
    "Prévenez l’administrateur avant de continuer."
)
NOT_SURELY_KEPT = (
    "Le disque qui contient la base {address} répond par une erreur au moment d’enregistrer. Prévenez l’administrateur, "
    "puis refaites le même geste : s’il avait déjà été enregistré, il ne le sera pas deux fois."
)
CANNOT_OPEN = (
    "Le fichier {address} ne peut pas être ouvert. Vérifiez le chemin et vos droits sur le fichier et son dossier."
)
DAMAGED = "Le fichier de la base {address} est abîmé. Ne l’utilisez plus et restaurez la dernière sauvegarde."
NOT_A_DATABASE = "Le fichier {address} n’est pas une base du Portail. Vérifiez le chemin."
UPGRADED = (  # without the address, so that what to do is seen whole in the smallest window
    "La base a été mise à jour pendant que ce poste était ouvert ; rien n’a été enregistré. "
    "Quittez, mettez le programme à jour sur ce poste, puis rouvrez-le."
)
OF_ANOTHER_VERSION = "audit_event_of_this_version"
"""The guard (version 0006) that refuses the gestures of a program that knows another schema."""

PRIMARY_CODE = 0xFF
SQLITE_FAILURES: dict[int, tuple[type[DatabaseFailure], str]] = {
    sqlite3.SQLITE_READONLY_DBMOVED: (DatabaseMissing, MOVED),
    sqlite3.SQLITE_INTERRUPT: (DatabaseTooSlow, SLOW),
    sqlite3.SQLITE_READONLY: (DatabaseReadOnly, READ_ONLY),
    sqlite3.SQLITE_PERM: (DatabaseReadOnly, READ_ONLY),
    sqlite3.SQLITE_FULL: (DatabaseFull, FULL),
    sqlite3.SQLITE_IOERR_SHMSIZE: (DatabaseFull, FULL),  # the index of the log, whose room is asked for in advance
    sqlite3.SQLITE_CORRUPT: (DatabaseDamaged, DAMAGED),
    sqlite3.SQLITE_NOTADB: (DatabaseNotOurs, NOT_A_DATABASE),
    sqlite3.SQLITE_CANTOPEN: (DatabaseUnreachable, CANNOT_OPEN),
    sqlite3.SQLITE_IOERR_FSYNC: (
        DatabaseUnreachable,
        NOT_SURELY_KEPT,
    ),  # perhaps found again after a crash
    sqlite3.SQLITE_IOERR_DIR_FSYNC: (DatabaseUnreachable, NOT_SURELY_KEPT),
    sqlite3.SQLITE_IOERR: (DatabaseUnreachable, DISK),
}
POSTGRESQL_FAILURES: dict[str, tuple[type[DatabaseFailure], str]] = {
    "55P03": (DatabaseBusy, BUSY),  # lock time-out: the wait was already three seconds
    "57014": (DatabaseTooSlow, SLOW),  # statement time-out
    "25006": (DatabaseReadOnly, READ_ONLY),  # read-only transaction, or a standby server
    "42501": (DatabaseReadOnly, NO_RIGHT),  # insufficient privilege
    "53100": (DatabaseFull, FULL),
    "3D000": (DatabaseMissing, MISSING_ON_SERVER),
    "XX001": (DatabaseDamaged, DAMAGED),
    "XX002": (DatabaseDamaged, DAMAGED),
    "25P03": (DatabaseUnreachable, LOST),  # left idle in a transaction
    "40003": (DatabaseUnreachable, LOST),  # nobody knows whether it was committed: the operation id will tell
    "08": (DatabaseUnreachable, LOST),
    "57": (DatabaseUnreachable, LOST),
    "28": (DatabaseUnreachable, SERVER_SILENT),
    "53": (DatabaseUnreachable, SERVER_SILENT),
    "58": (DatabaseUnreachable, DISK),
}
NOT_TRUSTED = (  # libpq and OpenSSL say it in words only
    (re.compile(r"certificate verify failed|certificate has expired|self-signed certificate"), UNKNOWN_AUTHORITY),
    (re.compile(r"does not match host name|ne correspond pas au nom d'hôte"), OTHER_NAME),
    (re.compile(r"server does not support SSL|le serveur ne supporte pas SSL"), NO_TLS),
    (re.compile(r"root certificate file|could not load system root certificate|certificat racine"), NO_ROOTS),
)
NO_SERVER = {"OperationalError", "ConnectionTimeout"}
NOTHING_KEPT = frozenset({BUSY, SLOW, READ_ONLY, FULL, DISK})
"""Sentences that are true of a statement refused. Of a connection that ended with it, at a commit, nobody knows: a server whose log
finds no room says so, stops, and may find the commit in its log when it starts again."""
ENDS_THE_CONNECTION = frozenset({"FATAL", "PANIC"})
GONE = "InterfaceError"  # what a driver says of a connection that it knows to be closed
# A refused connection carries no state, only the server's sentence, in the server's language.
NO_SUCH_DATABASE = re.compile(r"database \".*\" does not exist|base de données « .* » n'existe pas")
BAD_PASSWORD_SAID = re.compile(r"password authentication failed|authentification par mot de passe échouée")

NO_OPTIONS = "unsupported startup parameter"
"""What a pgbouncer answers to the settings of a connection; PostgreSQL knows them all."""


@contextmanager
def translated(address: DatabaseAddress) -> Iterator[None]:
    """Turn the driver's failures raised within into DatabaseFailure; constraint violations and bugs pass untouched."""
    try:
        yield
        back(address)
    except PoolTimeout as error:
        raise DatabaseBusy(BUSY) from error
    except IntegrityError as error:
        if OF_ANOTHER_VERSION in str(error.orig):
            raise DatabaseTooNew(UPGRADED) from error
        raise
    except DBAPIError as error:
        failure = failure_of(error.orig, address, lost=error.connection_invalidated)
        if failure is None:
            raise
        lost(address, failure)
        raise failure from error
    except PendingRollbackError as error:  # a connection lost earlier in this transaction, by who went on
        failure = DatabaseUnreachable(LOST.format(address=address))
        lost(address, failure)
        raise failure from error
    except sqlite3.IntegrityError:
        raise
    except sqlite3.Error as error:
        failure = failure_of(error, address)
        if failure is None:
            raise
        lost(address, failure)
        raise failure from error
    except Exception as error:
        # The server's driver on its own: SQLAlchemy wraps what statements raise, not what preparing a connection does.
        failure = failure_of(error, address) if type(error).__module__.startswith("psycopg.") else None
        if failure is None:
            raise
        lost(address, failure)
        raise failure from error


def failure_of(error: BaseException | None, address: DatabaseAddress, *, lost: bool = False) -> DatabaseFailure | None:
    """Return what a driver's error means for the agent, or None when it is a bug of ours."""
    if isinstance(error, sqlite3.Error):
        return _sqlite_failure(error, address)
    if error is None:
        return None
    return _postgresql_failure(error, address, lost=lost)


def is_busy(error: sqlite3.Error) -> bool:
    """Say whether SQLite refused because another connection holds the file."""
    return _sqlite_code(error) & PRIMARY_CODE in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _sqlite_code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", None) or 0


def _sqlite_failure(error: sqlite3.Error, address: DatabaseAddress) -> DatabaseFailure | None:
    code = _sqlite_code(error)
    if is_busy(error):
        return DatabaseBusy(BUSY, retriable=True)
    found = SQLITE_FAILURES.get(code) or SQLITE_FAILURES.get(code & PRIMARY_CODE)
    return _fill(found, address)


def _postgresql_failure(error: BaseException, address: DatabaseAddress, *, lost: bool) -> DatabaseFailure | None:
    state: str = getattr(error, "sqlstate", None) or ""
    if state in {"40001", "40P01"}:  # serialization failure, deadlock
        return DatabaseBusy(BUSY, retriable=True)
    found = POSTGRESQL_FAILURES.get(state) or POSTGRESQL_FAILURES.get(state[:2])
    lost = lost or (not state and type(error).__name__ == GONE) or _severity(error) in ENDS_THE_CONNECTION
    if lost and (found is None or found[1] in NOTHING_KEPT):
        found = (DatabaseUnreachable, LOST)
    if not state and type(error).__name__ in NO_SERVER:
        found = _why_not_connected(error) or found or _refused_connection(str(error))
    if (
        found is None and not state and type(error).__name__ == "ProgrammingError"
    ):  # refused before any server was asked
        found = (DatabaseAddressInvalid, UNKNOWN_OPTION)
    return _fill(found, address)


def _why_not_connected(error: BaseException) -> tuple[type[DatabaseFailure], str] | None:
    """Return what a connection that never was lacked: the server's proof, or a password."""
    said = str(error)
    for words, sentence in NOT_TRUSTED:
        if words.search(said):
            return (DatabaseNotTrusted, sentence)
    if getattr(getattr(error, "pgconn", None), "needs_password", False):
        return (AccountRefused, NOTHING_TO_PROVE_ONESELF)
    if BAD_PASSWORD_SAID.search(said):
        return (AccountRefused, REFUSED_ACCOUNT)
    return None


def _severity(error: BaseException) -> str | None:
    """Return the word, in English whatever the server's language, that says whether the server goes on after this error."""
    severity: str | None = getattr(getattr(error, "diag", None), "severity_nonlocalized", None)
    return severity


def _refused_connection(said: str) -> tuple[type[DatabaseFailure], str]:
    if NO_OPTIONS in said:
        return DatabaseAddressInvalid, POOLER
    return (
        (DatabaseMissing, MISSING_ON_SERVER) if NO_SUCH_DATABASE.search(said) else (DatabaseUnreachable, SERVER_SILENT)
    )


def _fill(found: tuple[type[DatabaseFailure], str] | None, address: DatabaseAddress) -> DatabaseFailure | None:
    if found is None:
        return None
    failure, sentence = found
    return failure(sentence.format(address=address))
