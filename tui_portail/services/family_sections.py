"""The sections of the paper that tells a family what is held on it: ids become names, codes the commune's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from models.states import OnlineState
from receipts.family_sections import FamilySection
from tui_portail.change_words import CODES, FIELDS, PERSONS, field_words, value_words
from tui_portail.commune import Commune
from tui_portail.french import time_text
from tui_portail.instants import in_paris
from tui_portail.letter_templates import FORMS
from tui_portail.money import format_cents
from tui_portail.services.dossier_history import IN_BULK, LABELS
from tui_portail.services.family_labels import TITLES, TOLD
from tui_portail.services.sale import quittance_number

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
_WORDS: Mapping[str, str] = {
    "held": "en attente",
    "confirmed": "payée",
    "released": "libérée",
    "cancelled": "annulée",
    "cancelled_late": "annulée hors délai",
    "due": "due",
    "due_late": "due, annulée hors délai",
    "prevu": "prévu",
    "honore": "honoré",
    "annule": "annulé",
    "attente": "en attente",
    "offerte": "place proposée",
    "prise": "place prise",
    "refusee": "place refusée",
    "echue": "délai passé",
    "retiree": "retirée",
}
_ONLINE: Mapping[str, str] = {
    OnlineState.ASKED.value: "demandé",
    OnlineState.OPEN.value: "en cours",
    OnlineState.PAID.value: "payé",
    OnlineState.REFUSED.value: "refusé",
    OnlineState.ABANDONED.value: "abandonné",
    OnlineState.EXPIRED.value: "délai passé",
    OnlineState.FAILED.value: "échoué",
}
_LISTED: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("letter_printed", "kind"): {kind: form.label for kind, form in FORMS.items()},
    ("online_payment", "state"): _ONLINE,
}
"""Codes that mean one thing in one column, and another elsewhere."""
_CODES = frozenset({"state", "subject", "field", "gesture"})
_GESTURES = {**LABELS, **IN_BULK, "encaisser": "Paiement encaissé", "duplicata": "Duplicata édité"}
_FIELDS = {column: label for told in TOLD for label, column in told.fields}


def sections_of(rows: Rows, commune: Commune) -> tuple[FamilySection, ...]:
    """Return the sections of the paper, those with nothing left out; codes are called as the commune calls them."""
    called = _called(rows) | _codes(commune)
    return tuple(
        FamilySection(
            _capital(TITLES[told.table]),
            tuple(label for label, _ in told.fields),
            tuple(
                tuple(_cell(told.table, column, row, called) for _, column in told.fields) for row in rows[told.table]
            ),
        )
        for told in TOLD
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
    agents: dict[object, str] = {row["seen_by"]: row["seen_by_nom"] for row in rows["supporting_document"]}
    return {
        "child_id": {row["id"]: row["first_name"] for row in rows["child"]},
        **dict.fromkeys(("seen_by", "agent_id"), agents),
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


def _cell(table: str, column: str, row: Mapping[str, Any], called: Mapping[str, Mapping[object, str]]) -> str:
    """Return a cell as it is read; a change says its field and its values as the dossier's history does."""
    value = row[column]
    if table == "dossier_change" and column == "field":
        return field_words(value) if value in FIELDS else _words(column, value, called)
    if table == "dossier_change" and column in {"before", "after"}:
        field = row["field"]
        if field in PERSONS and value:
            names = {str(key): name for key, name in called.get(field, {}).items()}
            return names.get(value, "autre compte" if PERSONS[field] in {"guardian", "payer"} else value)
        return value_words(field, value, _activities(called)) if field in FIELDS else _words(column, value, called)
    if called_here := _LISTED.get((table, column)):
        return called_here.get(value, str(value))
    of_week = (table, column) == ("week_pattern", "days")
    if of_week or column == "level" or (column in CODES and isinstance(value, str)):
        return value_words(column, value or "", _activities(called))
    return _words(column, value, called)


def _activities(called: Mapping[str, Mapping[object, str]]) -> dict[tuple[str, str], str]:
    return {("activity", str(code)): label for code, label in called["activity_code"].items()}


def _words(column: str, value: Any, called: Mapping[str, Mapping[object, str]]) -> str:
    if column in called and value is not None:
        return called[column].get(value, str(value) if isinstance(value, str) else "autre compte")
    match value:
        case bool():
            text = "oui" if value else "non"
        case int() if column.endswith("_cents"):
            text = format_cents(value)
        case datetime():
            text = f"{in_paris(value):%d/%m/%Y} {time_text(value)}"
        case date():
            text = f"{value:%d/%m/%Y}"
        case str() if column in _CODES:
            known = {"subject": TITLES, "field": _FIELDS, "gesture": _GESTURES}.get(column, _WORDS)
            text = known.get(value, value.replace("_", " "))
        case _:
            text = "" if value is None else str(value)
    return text
