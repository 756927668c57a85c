"""What happened lately in a family's dossier: gestures, quittances, avoirs and letters in one list, newest first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, Select, String, cast, func, literal, null, or_, select, union_all

from models import tables as t
from models.states import LetterKind
from tui_portail.dossier_number import display
from tui_portail.french import join_words, plural
from tui_portail.services.avoirs import avoir_number
from tui_portail.services.sale import quittance_number

FINISHED_ON_PORTAL = "terminer_portail"
SIGNED_IN = "ouvrir_session_portail"  # said to the family, too frequent for the list
DROPPED, CLOSED, RESTORED = "annuler_dette", "annuler_journees_famille", "retablir_journees_famille"
LABELS = {
    "inscrire_famille": "Dossier ouvert",
    "modifier_dossier": "Dossier modifié",
    "modifier_responsable": "Responsable modifié",
    "ajouter_responsable": "Responsable ajouté",
    "modifier_enfant": "Enfant modifié",
    "ajouter_enfant": "Enfant ajouté",
    "enregistrer_quotient": "Quotient familial enregistré",
    "voir_pieces": "Pièces vues",
    "retirer_piece": "Pièce retirée",
    "renouveler_alsh": "Dossier ALSH renouvelé",
    "garde_alternee": "Garde alternée enregistrée",
    "fin_garde_alternee": "Fin de la garde alternée",
    "exception_garde": "Exception à la garde alternée",
    "annuler_exception_garde": "Exception à la garde annulée",
    "attendre": "Mis en liste d’attente",
    "ne_plus_attendre": "Retiré de la liste d’attente",
    "refuser_place": "Place proposée refusée",
    "garder_semaine": "Semaine habituelle gardée",
    "retirer_semaine": "Semaine habituelle mise de côté",
    "fusionner": "Dossier réuni à celui-ci",
    "archiver": "Dossier archivé",
    "rouvrir": "Dossier rouvert",
    "terminer": "Modifications terminées",
    "justificatif": "Justificatif traité",
    CLOSED: "Annulé par la commune",
    RESTORED: "Annulation de la commune défaite",
    "prolonger": "Panier prolongé",
    "retirer_lignes": "Lignes retirées du panier",
    "abandonner_panier": "Panier abandonné",
    "contre_passer": "Paiement contre-passé",
    "corriger_paiement": "Moyens de paiement corrigés",
    DROPPED: "Dette annulée",
    "pointer_sans_reservation": "Venu sans réservation",
    "effacer_sans_reservation": "Pointage sans réservation effacé",
    "cheque_revenu": "Chèque gardé revenu impayé",
    "demander_remboursement": "À rembourser par mandat",
    "prendre_rendez_vous": "Rendez-vous pris",
    "deplacer_rendez_vous": "Rendez-vous déplacé",
    "annuler_rendez_vous": "Rendez-vous annulé",
    "honorer_rendez_vous": "Rendez-vous honoré",
    "manquer_rendez_vous": "Absent au rendez-vous",
    "rattacher_rendez_vous": "Rendez-vous rattaché au dossier",
    "reprendre_rendez_vous": "Rendez-vous remis à « prévu »",
    "remettre_donnees": "Données de la famille remises",
    "effacer_famille": "Données de la famille effacées",
    "donner_identifiant": "Identifiant du portail donné",
    "redonner_code": "Code du portail redonné",
    "detacher_compte": "Compte du portail détaché",
    "rattacher_compte_guichet": "Compte du portail rattaché de nouveau",
    "corriger_courriel_compte": "Adresse du compte du portail corrigée",
    "creer_compte_portail": "Portail : compte créé",
    "renvoyer_activation": "Portail : lien d’activation redemandé",
    "activer_compte_portail": "Portail : compte activé",
    "accepter_conditions": "Portail : conditions acceptées",
    SIGNED_IN: "Portail : session ouverte",
    "demander_mot_de_passe": "Portail : mot de passe oublié",
    "changer_mot_de_passe_portail": "Portail : mot de passe changé",
    "rattacher_compte": "Portail : compte rattaché au dossier",
    FINISHED_ON_PORTAL: "Portail : modifications terminées",
    "abandonner_panier_portail": "Portail : panier abandonné",
}
ACCOUNT = "portal_account"
"""What a gesture of a parent is about, or whose account did it: called by their name."""
IN_BULK = {"importer": "Inscrit ou complété par un fichier", "changer_annee": "Changement d’année scolaire"}
"""Gestures over many dossiers: each one that changed something of a dossier is an operation of it."""
QUITTANCE, AVOIR = "quittance", "avoir"
LETTERS = {
    LetterKind.NUMBER.value: "Courrier : numéro de dossier",
    LetterKind.MISSING_PAPERS.value: "Courrier : pièces manquantes",
    LetterKind.APPOINTMENT.value: "Courrier : rendez-vous",
    LetterKind.CLOSURE.value: "Courrier : journées annulées",
}
_NOTHING_SAID = tuple(cast(null(), String) for _ in range(4))  # result, details, subject and its id: a gesture's alone
_REFERENCES = ("reference", "contrepassee", "remplace", "impayee", "remboursement")  # of the details of a gesture


@dataclass(frozen=True, slots=True)
class OperationLine:
    """One thing done in the dossier: when (UTC), what, for how much (cents, None where no amount), its reference, by whom."""

    at: datetime
    label: str
    amount_cents: int | None
    reference: str
    agent: str


def recent_operations(
    connection: Connection, dossier_id: int, names: Mapping[tuple[str, int], str], limit: int = 20
) -> tuple[OperationLine, ...]:
    """Return the dossier's last operations, newest first, in one statement.

    `names` calls its guardians, payers and children, by table and id: the audit trail names nobody.
    """
    event, payment, quittance, avoir = t.audit_event, t.payment, t.quittance, t.avoir
    gestures = (
        select(
            event.c.at.label("at"),
            event.c.gesture.label("kind"),
            cast(null(), Integer).label("amount_cents"),
            event.c.result.label("result"),
            event.c.details.label("details"),
            event.c.subject.label("subject"),
            event.c.subject_id.label("subject_id"),
            cast(null(), Integer).label("year"),
            cast(null(), Integer).label("number"),
            t.agent.c.name.label("agent"),
        )
        .outerjoin(t.agent, t.agent.c.id == event.c.agent_id)
        .where(event.c.dossier_id.in_(with_merged(dossier_id)), event.c.gesture.in_(LABELS.keys() - {SIGNED_IN}))
    )
    payers = select(t.payer.c.id).where(t.payer.c.dossier_id == dossier_id)
    quittances = (
        select(
            quittance.c.issued_at,
            literal(QUITTANCE),
            payment.c.total_cents,
            *_NOTHING_SAID,
            quittance.c.year,
            quittance.c.number,
            quittance.c.agent_name,
        )
        .join(payment, payment.c.id == quittance.c.payment_id)
        .where(payment.c.payer_id.in_(payers))
    )
    avoirs = select(
        avoir.c.issued_at,
        literal(AVOIR),
        avoir.c.amount_cents,
        *_NOTHING_SAID,
        avoir.c.year,
        avoir.c.number,
        avoir.c.agent_name,
    ).where(avoir.c.payer_id.in_(payers))
    letter = t.letter_printed
    letters = (
        select(
            letter.c.printed_at,
            letter.c.kind,
            cast(null(), Integer),
            *_NOTHING_SAID,
            cast(null(), Integer),
            func.count(),
            t.agent.c.name,
        )
        .outerjoin(t.agent, t.agent.c.id == letter.c.agent_id)
        .where(letter.c.dossier_id.in_(with_merged(dossier_id)))
        .group_by(letter.c.printed_at, letter.c.kind, t.agent.c.name)
    )
    change = t.dossier_change
    in_bulk = (
        select(
            event.c.at,
            event.c.gesture,
            cast(null(), Integer),
            *_NOTHING_SAID,
            cast(null(), Integer),
            cast(null(), Integer),
            t.agent.c.name,
        )
        .join(change, change.c.operation_id == event.c.operation_id)
        .outerjoin(t.agent, t.agent.c.id == event.c.agent_id)
        .where(change.c.dossier_id.in_(with_merged(dossier_id)), event.c.gesture.in_(IN_BULK))
        .distinct()
    )
    every = union_all(gestures, quittances, avoirs, letters, in_bulk).subquery()
    rows = connection.execute(select(every).order_by(every.c.at.desc(), every.c.kind).limit(limit))
    return tuple(_line(row, names) for row in rows)


def with_merged(dossier_id: int) -> Select[Any]:
    """Return the query of a dossier's id and of those merged into it, whose history is its own."""
    dossier = t.dossier.c
    return select(dossier.id).where(or_(dossier.id == dossier_id, dossier.merged_into_id == dossier_id))


def _line(row: Any, names: Mapping[tuple[str, int], str]) -> OperationLine:
    agent = row.agent or ""
    if row.kind in IN_BULK:
        return OperationLine(row.at, IN_BULK[row.kind], None, "", agent)
    if row.kind == QUITTANCE:
        number = quittance_number(row.year, row.number)
        return OperationLine(row.at, "Quittance", row.amount_cents, number, agent)
    if row.kind == AVOIR:
        return OperationLine(row.at, "Avoir", row.amount_cents, avoir_number(row.year, row.number), agent)
    if row.kind in LETTERS:
        return OperationLine(row.at, LETTERS[row.kind], None, f"{row.number} lettres" if row.number > 1 else "", agent)
    result, details = json.loads(row.result), json.loads(row.details)
    reference = next((str(details[name]) for name in _REFERENCES if details.get(name)), "")
    if "subject" in details:
        who = names.get((details["subject"], details["id"]), "")
        reference = ", ".join(part for part in (who, details["words"]) if part)
    if row.kind == "inscrire_famille":
        reference = display(result["number"])
    elif row.kind in {"terminer", FINISHED_ON_PORTAL}:
        counts = [
            plural(result[key], word, several)
            for key, word, several in (
                ("added", "journée ajoutée", "journées ajoutées"),
                ("removed", "journée retirée", "journées retirées"),
            )
            if result.get(key)
        ]
        reference = join_words(counts)
    elif row.kind == CLOSED:
        reference = plural(result["days"], "journée annulée", "journées annulées")
    elif row.kind == RESTORED:
        reference = plural(result["restored"], "journée réservée de nouveau", "journées réservées de nouveau")
    parent = "" if "subject" in details else names.get((ACCOUNT, _account(row, details)), "")
    reference = ", ".join(part for part in (parent, reference) if part)
    amount_cents = result["dropped_cents"] if row.kind == DROPPED else None
    return OperationLine(row.at, LABELS[row.kind], amount_cents, reference, agent)


def _account(row: Any, details: Mapping[str, Any]) -> int:
    """Return whose account a gesture was about, or who did it at the portal; 0 where there is none."""
    if row.subject == ACCOUNT:
        return int(row.subject_id)
    return int(details.get("account", 0))
