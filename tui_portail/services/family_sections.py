"""How what is held on a family is told to a reader: each table's French title, and the sections of the paper with their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from receipts.family_sections import FamilySection
from tui_portail.commune import Commune
from tui_portail.french import time_text
from tui_portail.instants import in_paris
from tui_portail.money import format_cents
from tui_portail.services.dossier_history import LABELS
from tui_portail.services.sale import quittance_number

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
    "posting": "mouvements des comptes au journal",
    "identity_snapshot": "identités imprimées sur les papiers",
    "dossier_change": "historique des changements",
    "audit_event": "gestes faits sur le dossier",
}
Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Told:
    table: str
    fields: Fields  # (French label, column)


_DATED = (("le", "recorded_at"), ("par", "agent_nom"))
_TOLD: Sequence[_Told] = (
    _Told(
        "dossier", (("numéro", "number"), ("nom", "label"), ("ouvert le", "created_at"), ("archivé le", "archived_at"))
    ),
    _Told(
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
    _Told(
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
    _Told(
        "quotient_familial",
        (
            ("compte", "payer_id"),
            ("quotient", "value_cents"),
            ("du", "valid_from_on"),
            ("au", "valid_until_on"),
            ("source", "source"),
        ),
    ),
    _Told(
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
    _Told(
        "schooling",
        (
            ("enfant", "child_id"),
            ("école", "school_code"),
            ("niveau", "level"),
            ("classe", "class_name"),
            ("depuis le", "from_on"),
        ),
    ),
    _Told("alsh_enrolment", (("enfant", "child_id"), ("année", "year"), ("origine", "origin"), *_DATED)),
    _Told(
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
    _Told(
        "custody_exception",
        (("enfant", "child_id"), ("du", "from_on"), ("au", "until_on"), ("compte", "payer_id"), ("motif", "reason")),
    ),
    _Told(
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
    _Told(
        "consent",
        (
            ("enfant", "child_id"),
            ("consentement", "kind"),
            ("donné", "given"),
            ("le", "given_on"),
            ("par", "agent_nom"),
        ),
    ),
    _Told(
        "supporting_document",
        (
            ("pièce", "kind_code"),
            ("vue le", "seen_on"),
            ("par", "seen_by_nom"),
            ("valable du", "valid_from_on"),
            ("au", "valid_until_on"),
        ),
    ),
    _Told(
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
    _Told("letter_printed", (("courrier", "kind"), ("le", "printed_at"), ("par", "agent_nom"))),
    _Told(
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
    _Told(
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
    _Told(
        "payment", (("le", "paid_at"), ("compte", "payer_id"), ("total", "total_cents"), ("dont avoirs", "avoir_cents"))
    ),
    _Told(
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
    _Told("quittance", (("année", "year"), ("numéro", "number"), ("le", "issued_at"), ("par", "agent_name"))),
    _Told(
        "reversal",
        (("quittance", "payment_id"), ("le", "reversed_at"), ("motif", "reason"), ("dû de nouveau", "owed_cents")),
    ),
    _Told(
        "late_unpaid",
        (("quittance", "payment_id"), ("le", "declared_at"), ("motif", "reason"), ("somme", "amount_cents")),
    ),
    _Told(
        "avoir",
        (
            ("année", "year"),
            ("numéro", "number"),
            ("le", "issued_at"),
            ("compte", "payer_id"),
            ("somme", "amount_cents"),
        ),
    ),
    _Told(
        "refund",
        (
            ("année", "year"),
            ("numéro", "number"),
            ("le", "requested_at"),
            ("motif", "reason"),
            ("somme", "amount_cents"),
        ),
    ),
    _Told(
        "identity_snapshot", (("depuis le", "taken_at"), ("qualité", "kind"), ("nom", "name"), ("adresse", "address"))
    ),
    _Told(
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
    _Told("audit_event", (("le", "at"), ("par", "agent_nom"), ("geste", "gesture"), ("motif", "reason"))),
)


Rows = Mapping[str, Sequence[Mapping[str, Any]]]
_WORDS: Mapping[str, str] = {
    "held": "en attente",
    "confirmed": "payée",
    "released": "libérée",
    "cancelled": "annulée",
    "cancelled_late": "annulée hors délai",
    "due": "due",
    "due_late": "due, annulée hors délai",
}
_CODES = frozenset({"state", "subject", "field", "gesture"})
_GESTURES = {**LABELS, "encaisser": "Paiement encaissé", "duplicata": "Duplicata édité"}
_FIELDS = {column: label for told in _TOLD for label, column in told.fields}


def sections_of(rows: Rows, commune: Commune) -> tuple[FamilySection, ...]:
    """Return the sections of the paper, those with nothing left out; codes are called as the commune calls them."""
    called = _called(rows) | _codes(commune)
    return tuple(
        FamilySection(
            _capital(TITLES[told.table]),
            tuple(label for label, _ in told.fields),
            tuple(tuple(_words(column, row[column], called) for _, column in told.fields) for row in rows[told.table]),
        )
        for told in _TOLD
        if rows[told.table]
    )


def _capital(title: str) -> str:
    return title[:1].upper() + title[1:]


def _called(rows: Rows) -> dict[str, dict[object, str]]:
    """Return what stands for an id on paper: a child's first name, an account's guardian, a cheque's drawer, a quittance's number."""
    guardians = {row["id"]: f"{row['first_name']} {row['last_name']}" for row in rows["guardian"]}
    accounts: dict[object, str] = {row["id"]: guardians.get(row["guardian_id"], "") for row in rows["payer"]}
    quittances: dict[object, str] = {
        row["payment_id"]: quittance_number(row["year"], row["number"]) for row in rows["quittance"]
    }
    return {
        "child_id": {row["id"]: row["first_name"] for row in rows["child"]},
        **dict.fromkeys(("payer_id", "first_payer_id", "second_payer_id"), accounts),
        "drawer_snapshot_id": {row["id"]: row["name"] for row in rows["identity_snapshot"]},
        "guardian_id": dict(guardians),
        "payment_id": quittances,
    }


def _codes(commune: Commune) -> dict[str, dict[object, str]]:
    policy = commune.policy
    activities: dict[object, str] = {code: rule.label for code, rule in policy.activities.items()}
    kinds: dict[object, str] = {paper.code: paper.label for paper in policy.papers}
    kinds |= {kind.code: kind.label for kind in policy.appointments.kinds}
    return {
        **dict.fromkeys(("activite", "activity_code"), activities),
        "school_code": {school.code: school.name for school in commune.schools},
        "means": {means.value: rule.label for means, rule in policy.means.items()},
        "kind_code": kinds,
    }


def _words(column: str, value: Any, called: Mapping[str, Mapping[object, str]]) -> str:
    if value is None or value == "":
        return ""
    if column in called:
        return called[column].get(value, str(value) if isinstance(value, str) else "autre compte")
    if isinstance(value, bool):
        return "oui" if value else "non"
    if column.endswith("_cents"):
        return format_cents(value)
    if isinstance(value, datetime):
        return f"{in_paris(value):%d/%m/%Y} {time_text(value)}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if column in _CODES:
        known = {"subject": TITLES, "field": _FIELDS, "gesture": _GESTURES}.get(column, _WORDS)
        return known.get(value, str(value).replace("_", " "))
    return str(value)
