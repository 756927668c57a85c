"""What the tables and columns of a family's data are called in French, for its reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TITLES: Mapping[str, str] = {
    "dossier": "le dossier",
    "guardian": "responsables",
    "payer": "comptes de paiement",
    "quotient_familial": "quotients familiaux",
    "child": "enfants",
    "schooling": "écoles et classes",
    "alsh_enrolment": "dossiers ALSH, par année",
    "custody_pattern": "garde alternée",
    "custody_exception": "exceptions à la garde",
    "contact_person": "personnes autorisées, interdites ou à prévenir",
    "consent": "consentements",
    "supporting_document": "pièces vues",
    "appointment": "rendez-vous",
    "letter_printed": "courriers imprimés",
    "basket": "paniers",
    "booking": "journées réservées",
    "absence_proof": "absences et justificatifs",
    "waiting_entry": "listes d’attente",
    "attendance": "présences pointées",
    "week_pattern": "semaines habituelles",
    "day_closure_line": "journées annulées par la commune",
    "payment": "paiements",
    "tender": "moyens de paiement, chèques compris",
    "payment_line": "journées payées",
    "tender_allocation": "répartition des moyens sur les journées",
    "quittance": "quittances",
    "quittance_copy": "duplicatas de quittances",
    "reversal": "paiements contre-passés",
    "reversal_line": "journées des paiements contre-passés",
    "reversal_tender": "moyens des paiements contre-passés",
    "late_unpaid": "chèques revenus impayés",
    "avoir": "avoirs",
    "avoir_line": "journées rendues en avoir",
    "avoir_use": "usages des avoirs",
    "avoir_withdrawal": "avoirs repris ou remboursés",
    "refund": "remboursements par mandat",
    "payer_transfer": "comptes d’une même personne réunis",
    "posting": "mouvements des comptes au journal",
    "portal_account": "comptes du Portail Famille",
    "portal_code": "codes envoyés pour ces comptes",
    "terms_accepted": "conditions d’utilisation acceptées",
    "online_payment": "paiements en ligne",
    "online_payment_line": "journées des paiements en ligne",
    "identity_snapshot": "identités imprimées sur les papiers",
    "dossier_change": "historique des changements",
    "audit_event": "gestes faits sur le dossier",
}
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A table's section: its columns, each with its French label."""

    table: str
    fields: Fields  # (French label, column)


_DATED = (("le", "recorded_at"), ("par", "agent_nom"))
TOLD: Sequence[Told] = (
    Told(
        "dossier", (("numéro", "number"), ("nom", "label"), ("ouvert le", "created_at"), ("archivé le", "archived_at"))
    ),
    Told(
        "guardian",
        (
            ("nom", "last_name"),
            ("prénom", "first_name"),
            ("nom de naissance", "birth_name"),
            ("né(e) le", "birth_on"),
            ("à", "birth_place"),
            ("code INSEE", "birth_insee"),
            ("lien", "relation"),
            ("autorité parentale", "authority"),
            ("adresse", "address"),
            ("complément", "address_2"),
            ("code postal", "postcode"),
            ("ville", "city"),
            ("téléphone", "phone"),
            ("autre téléphone", "phone_2"),
            ("courriel", "email"),
            ("caisse", "allowance_fund"),
            ("numéro d’allocataire", "allowance_number"),
            ("compte du portail depuis le", "linked_at"),
        ),
    ),
    Told(
        "payer",
        (
            ("compte", "guardian_id"),
            ("rang", "rank"),
            ("de la commune", "resident"),
            ("payeur selon", "basis"),
            ("du", "basis_on"),
            ("vu le", "basis_seen_on"),
            ("par", "basis_seen_by_nom"),
        ),
    ),
    Told(
        "quotient_familial",
        (
            ("compte", "payer_id"),
            ("quotient", "value_cents"),
            ("du", "valid_from_on"),
            ("au", "valid_until_on"),
            ("source", "source"),
        ),
    ),
    Told(
        "child",
        (
            ("nom", "last_name"),
            ("prénom", "first_name"),
            ("nom de naissance", "birth_name"),
            ("né(e) le", "birth_on"),
            ("à", "birth_place"),
            ("code INSEE", "birth_insee"),
            ("sexe", "sex"),
            ("repas fourni", "meal_supplied"),
            ("régime", "diet"),
            ("PAI", "pai"),
            ("PAI jusqu’au", "pai_until_on"),
            ("médecin", "doctor_name"),
            ("téléphone du médecin", "doctor_phone"),
            ("assureur", "insurer"),
            ("contrat", "insurance_number"),
            ("assuré jusqu’au", "insurance_until_on"),
        ),
    ),
    Told(
        "schooling",
        (
            ("enfant", "child_id"),
            ("école", "school_code"),
            ("niveau", "level"),
            ("classe", "class_name"),
            ("depuis le", "from_on"),
        ),
    ),
    Told("alsh_enrolment", (("enfant", "child_id"), ("année", "year"), ("origine", "origin"), *_DATED)),
    Told(
        "custody_pattern",
        (
            ("enfant", "child_id"),
            ("depuis le", "from_on"),
            ("semaine de départ", "anchor_on"),
            ("premier compte", "first_payer_id"),
            ("second compte", "second_payer_id"),
            ("jusqu’au", "until_on"),
        ),
    ),
    Told(
        "custody_exception",
        (("enfant", "child_id"), ("du", "from_on"), ("au", "until_on"), ("compte", "payer_id"), ("motif", "reason")),
    ),
    Told(
        "contact_person",
        (
            ("nom", "last_name"),
            ("prénom", "first_name"),
            ("lien", "relation"),
            ("téléphone", "phone"),
            ("autre téléphone", "phone_2"),
            ("peut venir chercher", "may_collect"),
            ("à prévenir", "emergency"),
            ("interdite", "forbidden"),
            ("note", "note"),
        ),
    ),
    Told(
        "consent",
        (
            ("enfant", "child_id"),
            ("consentement", "kind"),
            ("donné", "given"),
            ("le", "given_on"),
            ("par", "agent_nom"),
        ),
    ),
    Told(
        "supporting_document",
        (
            ("pièce", "kind_code"),
            ("vue le", "seen_on"),
            ("par", "seen_by_nom"),
            ("valable du", "valid_from_on"),
            ("au", "valid_until_on"),
        ),
    ),
    Told(
        "appointment",
        (
            ("le", "starts_at"),
            ("motif", "kind_code"),
            ("état", "state"),
            ("nom", "name"),
            ("téléphone", "phone"),
            ("note", "note"),
        ),
    ),
    Told("letter_printed", (("courrier", "kind"), ("le", "printed_at"), ("par", "agent_nom"))),
    Told(
        "booking",
        (
            ("jour", "day"),
            ("enfant", "child_id"),
            ("activité", "activite"),
            ("état", "state"),
            ("tarif", "tariff"),
            ("prix", "price_cents"),
        ),
    ),
    Told(
        "absence_proof",
        (
            ("activité", "activity_code"),
            ("du", "first_on"),
            ("au", "last_on"),
            ("état", "state"),
            ("reçu le", "received_on"),
            ("motif", "reason"),
        ),
    ),
    Told(
        "waiting_entry",
        (
            ("jour", "day"),
            ("enfant", "child_id"),
            ("demandé le", "asked_at"),
            ("état", "state"),
            ("proposé le", "offered_at"),
            ("jusqu’au", "offer_until"),
            ("motif", "reason"),
        ),
    ),
    Told(
        "attendance",
        (("jour", "day"), ("enfant", "child_id"), ("pointé", "state"), ("le", "marked_at"), ("par", "agent_nom")),
    ),
    Told("week_pattern", (("enfant", "child_id"), ("nom", "name"), ("jours", "days"), *_DATED)),
    Told(
        "payment", (("le", "paid_at"), ("compte", "payer_id"), ("total", "total_cents"), ("dont avoirs", "avoir_cents"))
    ),
    Told(
        "tender",
        (
            ("quittance", "payment_id"),
            ("moyen", "means"),
            ("somme", "amount_cents"),
            ("banque", "bank"),
            ("référence", "reference"),
            ("tireur", "drawer_snapshot_id"),
        ),
    ),
    Told("quittance", (("année", "year"), ("numéro", "number"), ("le", "issued_at"), ("par", "agent_name"))),
    Told(
        "reversal",
        (("quittance", "payment_id"), ("le", "reversed_at"), ("motif", "reason"), ("dû de nouveau", "owed_cents")),
    ),
    Told(
        "late_unpaid",
        (("quittance", "payment_id"), ("le", "declared_at"), ("motif", "reason"), ("somme", "amount_cents")),
    ),
    Told(
        "avoir",
        (
            ("année", "year"),
            ("numéro", "number"),
            ("le", "issued_at"),
            ("compte", "payer_id"),
            ("somme", "amount_cents"),
        ),
    ),
    Told(
        "refund",
        (
            ("année", "year"),
            ("numéro", "number"),
            ("le", "requested_at"),
            ("motif", "reason"),
            ("somme", "amount_cents"),
        ),
    ),
    Told(
        "payer_transfer",
        (
            ("le", "transferred_at"),
            ("du compte", "from_payer_id"),
            ("au compte", "into_payer_id"),
            ("avoirs", "avoir_cents"),
            ("dettes", "debt_cents"),
        ),
    ),
    Told(
        "portal_account",
        (
            ("nom", "last_name"),
            ("prénom", "first_name"),
            ("nom d’utilisateur", "username"),
            ("courriel", "email"),
            ("créé le", "created_at"),
            ("donné par", "given_by_nom"),
            ("activé le", "activated_at"),
        ),
    ),
    Told("terms_accepted", (("conditions", "version"), ("du", "terms_on"), ("acceptées le", "accepted_at"))),
    Told(
        "online_payment",
        (
            ("le", "asked_at"),
            ("compte", "payer_id"),
            ("référence", "reference"),
            ("somme", "amount_cents"),
            ("état", "state"),
            ("contesté", "dispute"),
            ("réponse", "dispute_answer"),
        ),
    ),
    Told(
        "identity_snapshot", (("depuis le", "taken_at"), ("qualité", "kind"), ("nom", "name"), ("adresse", "address"))
    ),
    Told(
        "dossier_change",
        (
            ("le", "changed_at"),
            ("par", "agent_nom"),
            ("objet", "subject"),
            ("champ", "field"),
            ("avant", "before"),
            ("après", "after"),
        ),
    ),
    Told("audit_event", (("le", "at"), ("par", "agent_nom"), ("geste", "gesture"), ("motif", "reason"))),
)
