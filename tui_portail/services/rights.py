"""Who may do what (rules, « Who may do what »): the table of roles and rights, enforced by every gesture before it touches a row."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from models.states import Role
from tui_portail.errors import PortailError

__all__ = ["ASSIGNABLE_ROLES", "ROLE_LABELS", "ROLE_RIGHTS", "NotAllowed", "Right", "Role", "holders", "may"]


class Right(StrEnum):
    """One thing an agent may or may not do; the value is the French words shown when it is refused."""

    SEARCH = "chercher et consulter un dossier"
    EDIT_DOSSIER = "inscrire une famille ou modifier un dossier"
    SEE_DIET = "voir les données de santé et de repas des enfants"
    BOOK = "réserver des journées"
    CANCEL = "annuler des journées"
    DEROGATE = "accorder une dérogation"
    CHOOSE_PAYER = "changer le payeur d’une journée"
    MERGE = "fusionner, archiver ou rouvrir un dossier"
    APPOINTMENTS = "tenir l’agenda des rendez-vous"
    LETTERS = "écrire aux familles"
    LETTER_TEXTS = "modifier les modèles de courriers"
    IMPORT = "importer un fichier d’élèves ou changer d’année"
    GIVE_DATA = "remettre ou effacer les données d’une famille"
    JUDGE_PROOF = "accepter ou refuser un justificatif"
    SEE_QUEUE = "consulter la file « à encaisser »"
    EXTEND = "prolonger un panier"
    RELEASE = "abandonner un panier"
    REMOVE_LINES = "retirer des lignes d’un panier"
    CASH = "encaisser"
    TILL = "tenir la caisse"
    REPRINT = "éditer une quittance"
    REGISTERS = "consulter et exporter les registres"
    CLOSE_ANY_TILL = "clôturer la caisse ouverte par un autre agent"
    REVERSE = "contre-passer un paiement"
    DEPOSIT = "préparer et valider un bordereau de versement"
    REFUND = "demander un remboursement par mandat"
    CLOSE_PERIODS = "clôturer les journées, mois et années de la régie"
    AGENTS = "gérer les agents"
    SETTINGS = "modifier les réglages de la commune"
    PLACES = "changer les places d’une journée"
    CLOSE_DAYS = "annuler une journée pour toutes les familles"
    ATTENDANCE = "pointer les enfants"
    NUMBERS = "consulter les effectifs et les repas"  # menus and PAI of the children expected included
    PUBLISH = "publier les menus et les actualités"
    FIGURES = "consulter les chiffres du service"
    PORTAL = "agir pour une famille sur le Portail Famille"  # held by the portal alone, for the account signed in
    PORTAL_ACCOUNTS = "tenir les comptes des familles sur le portail"
    ONLINE_PAYMENTS = "suivre les paiements en ligne"
    RECONCILE = "rapprocher les paiements en ligne du relevé du Trésor"


_ENFANCE = frozenset(
    {
        Right.SEARCH,
        Right.EDIT_DOSSIER,
        Right.SEE_DIET,
        Right.BOOK,
        Right.CANCEL,
        Right.MERGE,
        Right.APPOINTMENTS,
        Right.LETTERS,
        Right.LETTER_TEXTS,
        Right.IMPORT,
        Right.GIVE_DATA,
        Right.DEROGATE,
        Right.CHOOSE_PAYER,
        Right.JUDGE_PROOF,
        Right.SEE_QUEUE,
        Right.EXTEND,
        Right.RELEASE,
        Right.PLACES,
        Right.CLOSE_DAYS,
        Right.ATTENDANCE,
        Right.NUMBERS,
        Right.PUBLISH,
        Right.FIGURES,
        Right.PORTAL_ACCOUNTS,
    }
)
_COMPTABILITE = frozenset(
    {
        Right.SEARCH,
        Right.SEE_QUEUE,
        Right.EXTEND,
        Right.REMOVE_LINES,
        Right.CASH,
        Right.TILL,
        Right.REPRINT,
        Right.REGISTERS,
        Right.FIGURES,
        Right.ONLINE_PAYMENTS,
    }
)
_REGISSEUR = _COMPTABILITE | {
    Right.CLOSE_ANY_TILL,
    Right.REVERSE,
    Right.DEPOSIT,
    Right.REFUND,
    Right.CLOSE_PERIODS,
    Right.RECONCILE,
}
ROLE_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ENFANCE: _ENFANCE,
    Role.COMPTABILITE: _COMPTABILITE,
    Role.REGISSEUR: _REGISSEUR,
    Role.ADMINISTRATEUR: frozenset({Right.AGENTS, Right.SETTINGS, Right.LETTER_TEXTS}),
    Role.SITE: frozenset({Right.ATTENDANCE, Right.NUMBERS}),
    Role.PORTAL: frozenset({Right.PORTAL}),
}
ASSIGNABLE_ROLES = tuple(role for role in Role if role is not Role.PORTAL)
"""The roles an agent may hold: the portal's own is nobody's."""
ROLE_LABELS: dict[Role, str] = {
    Role.ENFANCE: "Enfance/Jeunesse",
    Role.COMPTABILITE: "Comptabilité",
    Role.REGISSEUR: "Régisseur",
    Role.ADMINISTRATEUR: "Administrateur",
    Role.SITE: "Site",
    Role.PORTAL: "Portail Famille",
}


class NotAllowed(PortailError):
    """The agent's roles do not give the right."""

    code = "DROIT_INSUFFISANT"

    def __init__(self, right: Right) -> None:
        super().__init__(f"Vous n’avez pas le droit de {right.value}. Demandez à un agent {holders(right)}.")
        self.right = right


def holders(right: Right) -> str:
    """Name the roles that give `right`, joined by « ou »."""
    return " ou ".join(ROLE_LABELS[role] for role, rights in ROLE_RIGHTS.items() if right in rights)


def may(roles: Iterable[Role], right: Right) -> bool:
    """Say whether any of `roles` gives `right`."""
    return any(right in ROLE_RIGHTS[role] for role in roles)
