"""The places of Enfance/Jeunesse, one line each: families, appointments, what is missing, letters, files of the schools, data kept."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from screens.commands import bindings_of
from screens.places import PlacesScreen


class EnfanceScreen(PlacesScreen):
    """Where an agent of Enfance/Jeunesse chooses where to go."""

    AREA = "enfance"
    TITLE = "Enfance/Jeunesse"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("enfance")
    PLACES = (
        ("registration", "Nouvelle famille", "inscrire une famille qui n’a pas de dossier"),
        ("appointments", "Rendez-vous", "l’agenda du service, par jour et par semaine"),
        ("renewals", "Renouvellements ALSH", "les enfants à renouveler pour l’année, par site"),
        ("quotients", "Quotients à demander", "les payeurs au tarif le plus haut, faute de preuve"),
        ("missing_papers", "Pièces manquantes", "ce qu’il reste à demander, famille par famille"),
        ("proofs", "Justificatifs d’absence", "ceux qu’on attend, leurs délais"),
        ("letters", "Courriers", "numéros de dossier, relances, confirmations"),
        ("letter_texts", "Modèles de courriers", "leurs textes, le blason de la commune"),
        ("imports", "Importer un fichier", "élèves et responsables d’ONDE, tableau CSV ou XLSX"),
        ("year_change", "Changement d’année", "niveaux, écoles, départs : prévoir puis appliquer"),
        ("archived", "Dossiers archivés", "les retrouver, les rouvrir"),
        ("retention", "Conservation des données", "ce qui est à effacer, les données d’une famille"),
    )
