"""The history of a dossier in French: what each column is called, and how its values are read. Codes and columns are the database's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tui_portail.family_words import AUTHORITIES, BASES, CONSENTS, DIETS, FUNDS, RELATIONS, SEXES
from tui_portail.money import format_cents
from tui_portail.school_levels import level_label
from tui_portail.usual_weeks import week_from_text, week_words

SUBJECTS: Mapping[str, str] = {
    "dossier": "Dossier",
    "guardian": "Responsable",
    "payer": "Payeur",
    "quotient_familial": "Quotient familial",
    "child": "Enfant",
    "schooling": "Scolarité",
    "alsh_enrolment": "Dossier ALSH",
    "custody_pattern": "Garde alternée",
    "custody_exception": "Exception de garde",
    "contact_person": "Personne",
    "consent": "Autorisation",
    "supporting_document": "Pièce",
    "week_pattern": "Semaine habituelle",
}
FIELDS: Mapping[str, str] = {
    "number": "numéro",
    "name": "nom",
    "days": "jours",
    "ended_at": "mise de côté le",
    "archived_at": "archivé le",
    "merged_into_id": "fusionné avec",
    "erased_at": "effacé le",
    "last_name": "nom",
    "first_name": "prénom",
    "birth_name": "nom de naissance",
    "birth_on": "date de naissance",
    "birth_place": "lieu de naissance",
    "birth_insee": "code INSEE de naissance",
    "email": "courriel",
    "phone": "téléphone",
    "phone_2": "autre téléphone",
    "address": "adresse",
    "address_2": "complément d’adresse",
    "postcode": "code postal",
    "city": "commune",
    "relation": "lien",
    "authority": "autorité parentale",
    "allowance_fund": "caisse d’allocations",
    "allowance_number": "numéro d’allocataire",
    "linked_at": "compte du portail",
    "guardian_id": "responsable",
    "rank": "rang",
    "resident": "habite la commune",
    "basis": "fondement du second payeur",
    "basis_on": "document daté du",
    "basis_seen_on": "document vu le",
    "basis_seen_by": "document vu par",
    "joined_into_id": "compte réuni à",
    "payer_id": "payeur",
    "value_cents": "quotient",
    "valid_from_on": "valable du",
    "valid_until_on": "valable jusqu’au",
    "source": "pièce vue",
    "seen_by": "vu par",
    "seen_on": "vu le",
    "sex": "sexe",
    "meal_supplied": "repas fourni",
    "diet": "menu",
    "pai": "PAI",
    "pai_until_on": "PAI jusqu’au",
    "doctor_name": "médecin",
    "doctor_phone": "téléphone du médecin",
    "insurer": "assurance",
    "insurance_number": "contrat d’assurance",
    "insurance_until_on": "assurance jusqu’au",
    "child_id": "enfant",
    "school_code": "école",
    "class_name": "classe",
    "level": "niveau",
    "from_on": "à partir du",
    "until_on": "jusqu’au",
    "year": "année",
    "origin": "motif",
    "agent_id": "agent",
    "anchor_on": "première semaine",
    "first_payer_id": "commence",
    "second_payer_id": "suit",
    "period_days": "jours par tour",
    "switch_at": "heure du changement",
    "holidays": "petites vacances",
    "summer": "été",
    "first_half": "première moitié",
    "reason": "motif",
    "cancelled_at": "annulée le",
    "may_collect": "peut venir chercher",
    "emergency": "à appeler en urgence",
    "forbidden": "INTERDITE",
    "note": "précision",
    "kind": "autorisation",
    "given": "accord",
    "given_on": "dit le",
    "kind_code": "pièce",
    "withdrawn_at": "retirée le",
}
CODES: Mapping[str, Mapping[str, str]] = {
    "relation": RELATIONS,
    "authority": AUTHORITIES,
    "allowance_fund": FUNDS,
    "basis": BASES,
    "sex": SEXES,
    "diet": DIETS,
    "kind": CONSENTS,
    "origin": {"renouvele": "renouvelé", "frequente": "fréquenté"},
    "holidays": {"alternance": "semaines alternées", "moities": "par moitiés"},
    "summer": {"alternance": "semaines alternées", "moities": "par moitiés", "quinzaines": "par quinzaines"},
    "first_half": {"paires": "années paires", "impaires": "années impaires"},
}
YES_NO = frozenset({"resident", "meal_supplied", "pai", "may_collect", "emergency", "forbidden", "given"})
PERSONS: Mapping[str, str] = {
    "guardian_id": "guardian",
    "child_id": "child",
    "payer_id": "payer",
    "first_payer_id": "payer",
    "second_payer_id": "payer",
    "joined_into_id": "payer",
    "basis_seen_by": "agent",
    "seen_by": "agent",
    "agent_id": "agent",
    "school_code": "school",
    "kind_code": "paper",
    "merged_into_id": "dossier",
}
"""Of whom or what a column holds the id or the code."""
ADDED, TAKEN_OUT = "ajout", "retrait"


def field_words(field: str) -> str:
    """Return what a column is called; its own name when it is not known."""
    return FIELDS.get(field, field)


def value_words(field: str, value: str, names: Mapping[tuple[str, str], str]) -> str:
    """Return a value of the history as it is read; `names` call persons and things by what they are and their id."""
    if field in YES_NO:
        return "oui" if value else "non"
    if not value:
        return ""
    if field == "days":
        return week_words(
            week_from_text(value), {code: name for (kind, code), name in names.items() if kind == "activity"}
        )
    if field in PERSONS:
        return names.get((PERSONS[field], value), value)
    if field.endswith(("_on", "_at")) and field != "switch_at":
        return _day(value)
    return _code_words(field, value)


def _code_words(field: str, value: str) -> str:
    if field == "value_cents" and value.isdecimal():
        return format_cents(int(value), symbol=False).removesuffix(",00")
    if field == "level":
        return level_label(value)
    return CODES.get(field, {}).get(value, value)


def _day(value: str) -> str:
    """Return an ISO day or instant as « 12/03/2026 » (an instant's day alone), or as it is."""
    try:
        return f"{date.fromisoformat(value[:10]):%d/%m/%Y}"
    except ValueError:
        return value
