"""The paper of a family's data is read by the family: no code, no column's name, no number of somebody else."""

from datetime import UTC, date, datetime
from typing import Any

from tests.factories import the_commune
from tui_portail.services.family_labels import TOLD
from tui_portail.services.family_sections import sections_of


def test_what_is_kept_as_a_code_is_written_in_french_and_the_other_parent_is_not_named() -> None:
    at = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)

    def changed(subject: str, field: str, before: str, after: str) -> dict[str, Any]:
        return {
            "changed_at": at,
            "agent_nom": "Sacha Fabre",
            "subject": subject,
            "field": field,
            "before": before,
            "after": after,
        }

    rows: dict[str, list[dict[str, Any]]] = {told.table: [] for told in TOLD}
    rows["supporting_document"] = [
        {
            "kind_code": "DOMICILE",
            "seen_on": date(2026, 12, 1),
            "seen_by": 2,
            "seen_by_nom": "Sacha Fabre",
            "valid_from_on": None,
            "valid_until_on": None,
        }
    ]
    rows["letter_printed"] = [{"kind": "pieces", "printed_at": at, "agent_nom": "Sacha Fabre"}]
    rows["alsh_enrolment"] = [
        {"child_id": 1, "year": 2026, "origin": "renouvele", "recorded_at": at, "agent_nom": "Sacha Fabre"}
    ]
    rows["dossier_change"] = [
        changed("supporting_document", "seen_by", "", "2"),
        changed("child", "diet", "", "sans_porc"),
        changed("custody_pattern", "second_payer_id", "", "7"),
    ]

    read = {section.title: section.rows for section in sections_of(rows, the_commune())}

    assert read["Courriers imprimés"][0][0] == "Pièces manquantes"
    assert read["Dossiers ALSH, par année"][0][2] == "renouvelé"
    changes = [line[2:] for line in read["Historique des changements"]]
    assert changes == [
        ("pièces vues", "vu par", "", "Sacha Fabre"),
        ("enfants", "menu", "", "sans porc"),
        ("garde alternée", "suit", "", "autre compte"),
    ]
