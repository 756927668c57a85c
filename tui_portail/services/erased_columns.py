"""What erasing a family leaves in each column that can hold a text of people: emptied, or kept, with why.

Complete by construction, as `family_rows`: a test walks every text and date column of the tables that hold something of a family.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, Table, cast, literal

from models import tables as t

ERASED_LABEL = "Famille effacée"
ERASED_USERNAME = "effacé"

DELETED: tuple[Table, ...] = (t.contact_person, t.quotient_familial, t.custody_pattern, t.week_pattern)
"""Rows that say nothing once emptied: third persons, what the family earned, where its children slept, their usual weeks."""

BLANKED: Mapping[Table, Mapping[str, Any]] = {
    t.dossier: {"label": ERASED_LABEL},
    t.guardian: {
        **dict.fromkeys(("last_name", "first_name", "birth_name", "birth_place", "birth_insee", "email"), ""),
        **dict.fromkeys(("phone", "phone_2", "address", "address_2", "postcode", "city"), ""),
        **dict.fromkeys(("relation", "authority", "allowance_fund", "allowance_number"), ""),
        "birth_on": None,
        "linked_at": None,
    },
    t.payer: {"basis": "", "basis_on": None, "basis_seen_on": None},
    t.child: {
        **dict.fromkeys(("last_name", "first_name", "birth_name", "sex", "birth_place", "birth_insee", "diet"), ""),
        **dict.fromkeys(("doctor_name", "doctor_phone", "insurer", "insurance_number"), ""),
        "meal_supplied": True,
        "pai": False,
        "pai_until_on": None,
        "insurance_until_on": None,
    },
    t.schooling: {"class_name": ""},
    t.waiting_entry: {"reason": ""},
    t.custody_exception: {"reason": ""},
    t.appointment: {"name": "", "phone": "", "note": ""},
    t.dossier_change: {"before": "", "after": ""},
    t.portal_account: dict.fromkeys(("last_name", "first_name", "email", "password_hash"), ""),
    t.online_payment: {"dispute": "", "dispute_answer": ""},
}
"""What each column becomes. Those with a rule of their own (`erasure`): a child's birth (the year stays), reasons, snapshots, audit."""

_LIST, _BOOKS = "code ou mot d’une liste", "écriture de la régie, sans nom"
_CHAINED = "motif de la liste de la commune, chaîné"
_TYPED_CHAINED = "chaîné dans le journal : le geste refuse d’y nommer la famille"
_ID, _AGENT = "référence", "nom d’un agent, signé sur le papier"
_HASH = "empreinte d’un secret, sans retour possible au texte"
OWN_RULE = "règle propre dans l’effacement"
KEPT: Mapping[str, str] = {
    "dossier.number": "référence des écritures, tirée au hasard",
    "child.birth_on": OWN_RULE,
    "schooling.school_code": _LIST,
    "schooling.level": _LIST,
    "schooling.from_on": "année scolaire",
    "alsh_enrolment.origin": _LIST,
    "custody_exception.from_on": "jours, sans personne ni motif",
    "custody_exception.until_on": "jours, sans personne ni motif",
    "consent.kind": _LIST,
    "consent.given_on": "jour d’un geste",
    "supporting_document.kind_code": _LIST,
    "supporting_document.valid_from_on": "jour d’un geste",
    "supporting_document.valid_until_on": "jour d’un geste",
    "supporting_document.seen_on": "jour d’un geste",
    "appointment.kind_code": _LIST,
    "appointment.state": _LIST,
    "letter_printed.kind": _LIST,
    "basket.kind": _LIST,
    "basket.state": _LIST,
    "booking.day": _BOOKS,
    "booking.state": _LIST,
    "booking.tariff": "tarif appliqué : une tranche, pas le quotient",
    "booking.derogation": OWN_RULE,
    "booking.payer_reason": OWN_RULE,
    "absence_proof.activity_code": _LIST,
    "absence_proof.first_on": _BOOKS,
    "absence_proof.last_on": _BOOKS,
    "absence_proof.state": _LIST,
    "absence_proof.received_on": "jour d’un geste",
    "absence_proof.reason": "motif de la liste de la commune",
    "waiting_entry.day": _BOOKS,
    "waiting_entry.state": _LIST,
    "attendance.day": _BOOKS,
    "attendance.state": _LIST,
    "day_closure_line.outcome": _LIST,
    "day_closure_line.not_restored": _LIST,
    "payment.id": _ID,
    "payment.corrects_id": _ID,
    "tender.payment_id": _ID,
    "tender.means": _LIST,
    "tender.bank": "référence du chèque, chaînée",
    "tender.reference": "numéro du chèque ou du terminal, chaîné",
    "payment_line.payment_id": _ID,
    "payment_line.activity_code": _LIST,
    "payment_line.activity_label": _LIST,
    "payment_line.day": _BOOKS,
    "tender_allocation.payment_id": _ID,
    "quittance.payment_id": _ID,
    "quittance.agent_name": _AGENT,
    "quittance.head_hash": _BOOKS,
    "reversal.payment_id": _ID,
    "reversal.kind": _LIST,
    "reversal.reason": _CHAINED,
    "reversal_line.payment_id": _ID,
    "reversal_line.outcome": _LIST,
    "reversal_tender.payment_id": _ID,
    "late_unpaid.payment_id": _ID,
    "late_unpaid.reason": _CHAINED,
    "avoir.reason": _LIST,
    "avoir.agent_name": _AGENT,
    "avoir.head_hash": _BOOKS,
    "avoir_line.activity_label": _LIST,
    "avoir_use.payment_id": _ID,
    "refund.reason": _TYPED_CHAINED,
    "refund.agent_name": _AGENT,
    "refund.head_hash": _BOOKS,
    "posting.account": _LIST,
    "basket.origin": _LIST,
    "portal_account.username": OWN_RULE,
    "portal_account.terms_version": "version d’un texte de la commune",
    "portal_code.kind": _LIST,
    "portal_code.link_hash": _HASH,
    "portal_code.code_hash": _HASH,
    "terms_accepted.version": "version d’un texte de la commune",
    "terms_accepted.terms_on": "jour de ce texte",
    "online_payment.reference": "référence tirée par le programme",
    "online_payment.subject": "objet de tous les paiements, des réglages de la commune",
    "online_payment.client_number": "numéro de la régie au Trésor",
    "online_payment.mode": _LIST,
    "online_payment.id_op": "référence du Trésor",
    "online_payment.page_address": "page du Trésor où ce paiement se faisait",
    "online_payment.state": _LIST,
    "online_payment.code": _LIST,
    "online_payment.paid_on": _BOOKS,
    "online_payment.payment_id": _ID,
    "identity_snapshot.kind": _LIST,
    "identity_snapshot.name": OWN_RULE,
    "identity_snapshot.address": OWN_RULE,
    "dossier_change.operation_id": _ID,
    "dossier_change.subject": _LIST,
    "dossier_change.field": "nom d’une colonne",
    "audit_event.operation_id": _ID,
    "audit_event.gesture": _LIST,
    "audit_event.revision": "version du programme",
    "audit_event.fingerprint": "empreinte d’un geste, sans retour possible au texte",
    "audit_event.result": OWN_RULE,
    "audit_event.subject": _LIST,
    "audit_event.subject_id": _ID,
    "audit_event.reason": OWN_RULE,
    "audit_event.details": OWN_RULE,
}
"""Why each other column stays as it is."""


def erased_username() -> ColumnElement[str]:
    """Return what the user name of an account becomes: its id after a word that no name is made of, so that it is nobody's."""
    return literal(f"{ERASED_USERNAME} ") + cast(t.portal_account.c.id, String)
