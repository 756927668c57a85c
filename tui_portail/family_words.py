"""The words of a dossier in French: what a guardian is to the children, meals, consents. The codes are those the database keeps."""

from __future__ import annotations

from collections.abc import Mapping

from tui_portail.field_checks import FormRefused

RELATIONS: Mapping[str, str] = {
    "": "à préciser",
    "mere": "mère",
    "pere": "père",
    "tuteur": "tuteur ou tutrice",
    "beau_parent": "beau-parent",
    "famille_accueil": "famille d’accueil",
    "grand_parent": "grand-parent",
    "autre": "autre",
}
AUTHORITIES: Mapping[str, str] = {"": "à préciser", "oui": "oui", "non": "non"}
FUNDS: Mapping[str, str] = {"": "aucune", "CAF": "CAF", "MSA": "MSA"}
BASES: Mapping[str, str] = {"": "à choisir", "jugement": "jugement", "accord": "accord écrit"}
SEXES: Mapping[str, str] = {"": "à préciser", "F": "fille", "M": "garçon"}
DIETS: Mapping[str, str] = {"": "ordinaire", "sans_porc": "sans porc", "sans_viande": "sans viande"}
"""The meals asked for, and nothing of why (rules, « Privacy »)."""
NO_MEAL = "accueil sans repas fourni"
CARE_NOTE = "consigne d’accueil"
"""What a site is told of a child who has a PAI: that there is an instruction to ask for, and nothing of why (rules, « Privacy »)."""
RULES, IMAGE, LEAVES_ALONE = "reglement", "image", "sortie_seul"
CONSENTS: Mapping[str, str] = {RULES: "règlement accepté", IMAGE: "droit à l’image", LEAVES_ALONE: "sort seul"}
FAMILY_CONSENTS, CHILD_CONSENTS = (RULES,), (IMAGE, LEAVES_ALONE)


def check_known(code: str, known: Mapping[str, str], field: str) -> None:
    """Refuse a code that the database does not keep. Raises FormRefused."""
    if code not in known:
        raise FormRefused("Choisissez une des valeurs proposées.", field)
