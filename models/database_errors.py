"""What can go wrong with the database itself, each with the French sentence that says what to do next.

Business refusals are elsewhere; a constraint violation is not one of these: it passes as SQLAlchemy's `IntegrityError`.
"""

from collections.abc import Sequence

from tui_portail.errors import PortailError

MOST_TOLD = 4


class DatabaseFailure(PortailError):
    """The database cannot serve. Subclasses say why and what to do."""

    code = "BASE_INDISPONIBLE"


class DatabaseAddressInvalid(DatabaseFailure):
    """The address given is neither a file nor `sqlite:///…` nor `postgresql://…`."""

    code = "ADRESSE_BASE_INVALIDE"


class DatabaseMissing(DatabaseFailure):
    """No database at the address: the file, or the PostgreSQL database, does not exist."""

    code = "BASE_ABSENTE"


class DatabaseEmpty(DatabaseFailure):
    """The database exists and holds nothing yet: it must be initialised."""

    code = "BASE_VIDE"


class DatabaseNotEmpty(DatabaseFailure):
    """The database holds something already: nothing is restored nor moved over it."""

    code = "BASE_NON_VIDE"


class DatabaseNotOurs(DatabaseFailure):
    """A file that is no database, or another program's database."""

    code = "BASE_ETRANGERE"


class DatabaseTooNew(DatabaseFailure):
    """Written by a later version of the program."""

    code = "BASE_TROP_RECENTE"


class DatabaseTooOld(DatabaseFailure):
    """Written by an earlier version: it must be migrated first."""

    code = "BASE_TROP_ANCIENNE"


class DatabaseBusy(DatabaseFailure):
    """Other desks hold what this gesture needs. `retriable` says that doing it again at once may well succeed."""

    code = "BASE_OCCUPEE"

    def __init__(self, sentence: str, *, retriable: bool = False) -> None:
        super().__init__(sentence)
        self.retriable = retriable


class DatabaseLocked(DatabaseBusy):
    """Another program keeps the whole database for itself."""

    code = "BASE_VERROUILLEE"


class DesksOpen(DatabaseLocked):
    """Other desks have the base open: it is not upgraded under them."""

    code = "POSTES_OUVERTS"


class DatabaseTooSlow(DatabaseBusy):
    """A statement ran past its time-out and was stopped."""

    code = "BASE_TROP_LENTE"


class DatabaseReadOnly(DatabaseFailure):
    """It can be read and not written."""

    code = "BASE_LECTURE_SEULE"


class DatabaseFull(DatabaseFailure):
    """No room left on the disk that holds it."""

    code = "DISQUE_PLEIN"


class DatabaseUnreachable(DatabaseFailure):
    """The server does not answer, refuses the account, or the connection was lost."""

    code = "BASE_INJOIGNABLE"


class AccountRefused(DatabaseFailure):
    """The server answers and wants another password than the one given, or one where none is known: asking again changes nothing."""

    code = "COMPTE_REFUSE"


class DatabaseNotTrusted(DatabaseFailure):
    """A server elsewhere that does not prove who it is, or a connection to it that would go in clear."""

    code = "SERVEUR_NON_RECONNU"


class DatabaseOnNetworkDrive(DatabaseFailure):
    """A SQLite file on a network file system, where its locks cannot be trusted (design, guarantee 10)."""

    code = "BASE_SUR_RESEAU"


class DatabaseDamaged(DatabaseFailure):
    """The file is recognised and unreadable: restore a copy."""

    code = "BASE_ABIMEE"


class OwnerNeeded(DatabaseFailure):
    """Making or upgrading a base, or giving rights on it, asked of an account that does not own it. `shown` is the base's address."""

    code = "COMPTE_PROPRIETAIRE_ATTENDU"

    def __init__(self, shown: str) -> None:
        super().__init__(
            f"Ce compte ne possède pas la base {shown} ; rien n’a été changé. Recommencez avec le compte qui l’a créée : c’est lui "
            "qui la met à jour et qui donne leurs droits aux comptes des postes."
        )


class AccountNotFit(DatabaseFailure):
    """An account of the server that a desk must not use: it could do more than a desk's work."""

    code = "COMPTE_TROP_PUISSANT"

    def __init__(self, role: str, beyond: Sequence[str]) -> None:
        super().__init__(
            f"Le compte « {role} » ne convient pas à un poste ({', '.join(beyond[:MOST_TOLD])}{' …' if len(beyond) > MOST_TOLD else ''}) ; "
            "rien n’a été changé. Donnez le nom d’un compte qui n’existe pas encore, ou retirez-lui ces droits."
        )


class AccountNotMade(DatabaseFailure):
    """The account does not exist, and the one that is connected may not make any."""

    code = "COMPTE_A_CREER"

    def __init__(self, role: str) -> None:
        super().__init__(
            f"Le compte « {role} » n’existe pas et celui qui possède la base ne peut pas le créer. Demandez à l’administrateur du serveur "
            f"« CREATE ROLE {role} LOGIN », puis recommencez."
        )
