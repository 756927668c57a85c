"""The life of the activities, one line a place: who comes, what they eat, the places, what is published, the commune's settings."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from screens.commands import bindings_of
from screens.places import PlacesScreen


class ActivitiesScreen(PlacesScreen):
    """Where an agent chooses what to do around the bookings."""

    AREA = "activities"
    TITLE = "Vie des activités"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("activities")
    PLACES = (
        ("attendance", "Pointage", "qui est venu, par site, activité et jour"),
        ("attendance_report", "Heures pour la CAF", "heures réelles, par site et période"),
        ("expected", "Effectifs", "enfants attendus, adultes qu’il faut, listes"),
        ("meals", "Repas à commander", "par jour et par menu, arrêtés puis leurs écarts"),
        ("waiting", "Listes d’attente", "qui appeler, places proposées"),
        ("day_places", "Places d’une journée", "capacité, places retenues, limites d’âge"),
        ("closures", "Journées annulées", "grève, site fermé : familles, avoirs, courriers"),
        ("menus", "Menus", "de la semaine, allergènes, affiche"),
        ("news", "Actualités", "ce que le service dit aux familles, du … au …"),
        ("figures", "Chiffres", "occupation, présences, recettes, tranches"),
        ("commune", "Réglages de la commune", "sites, activités, places, règles, moyens, historique"),
        ("calendar", "Calendrier scolaire", "années, vacances, ponts, fermetures"),
        ("tariffs", "Tarifs", "grilles datées, copie d’une année à l’autre, essai"),
        ("diagnostic", "Diagnostic", "état de ce poste et de la base, rapport à envoyer"),
    )
