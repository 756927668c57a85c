"""The commands of the price grids and of the school calendar."""

from __future__ import annotations

from screens.command import Command

TARIFFS: tuple[Command, ...] = (
    Command("tariffs.edit", "enter", "Modifier", "Modifier la grille choisie", "edit", "SETTINGS", True),
    Command("tariffs.add", "n", "Ajouter", "Ajouter une grille", "add", "SETTINGS", True),
    Command(
        "tariffs.copy_all",
        "c",
        "Année suiv.",
        "Copier toutes les grilles pour l’année suivante, avec une augmentation",
        "copy_all",
        "SETTINGS",
        True,
    ),
    Command(
        "tariffs.copy_one", "d", "Copier", "Copier la grille choisie pour une autre période", "copy_one", "SETTINGS"
    ),
    Command("tariffs.remove", "x,delete", "Enlever", "Enlever la grille choisie", "remove", "SETTINGS"),
    Command("tariffs.try", "t", "Essai", "Voir ce que le brouillon change pour des familles", "try", "SETTINGS", True),
    Command(
        "tariffs.record",
        "f10,ctrl+r",
        "Enregistrer",
        "Voir tout ce qui change, dire pourquoi, enregistrer",
        "record",
        "SETTINGS",
        True,
    ),
    Command("tariffs.abandon", "u", "Abandonner", "Abandonner les changements non enregistrés", "abandon", "SETTINGS"),
)

TARIFF_TRIAL: tuple[Command, ...] = (
    Command("tariff_trial.choose", "enter", "Familles", "Choisir le jour et les familles", "choose", "SETTINGS", True),
    Command("tariff_trial.home", "r", "Résidents", "Passer des résidents à l’extérieur", "turn_home", "SETTINGS", True),
    Command("tariff_trial.meal", "m", "Repas", "Avec ou sans repas fourni", "turn_meal", "SETTINGS", True),
    Command(
        "tariff_trial.print",
        "i,f10",
        "Imprimer",
        "Toute la grille des prix en PDF, pour le conseil",
        "print_table",
        "SETTINGS",
        True,
    ),
    Command(
        "tariff_trial.export", "e", "Exporter", "Toute la grille des prix en CSV", "export_table", "SETTINGS", True
    ),
)

CALENDAR: tuple[Command, ...] = (
    Command("calendar.edit", "enter", "Modifier", "Modifier la ligne choisie", "edit", "SETTINGS", True),
    Command("calendar.add", "n", "Ajouter", "Ajouter une fermeture, des vacances, un pont…", "add", "SETTINGS", True),
    Command("calendar.remove", "x,delete", "Enlever", "Enlever la ligne choisie", "remove", "SETTINGS", True),
    Command(
        "calendar.next_year", "s", "Année suiv.", "Ajouter l’année scolaire suivante", "next_year", "SETTINGS", True
    ),
    Command("calendar.coverage", "k", "Période", "Changer la période que le calendrier couvre", "coverage", "SETTINGS"),
    Command("calendar.site", "t", "Site", "Voir les fermetures d’un site, ou de tous", "next_site"),
    Command("calendar.later", "pagedown,semicolon", "Mois suivants", "Voir les mois suivants", "turn(1)"),
    Command("calendar.earlier", "pageup,comma", "Mois d’avant", "Voir les mois d’avant", "turn(-1)"),
    Command("calendar.today", "h", "Aujourd’hui", "Revenir à aujourd’hui", "today"),
    Command(
        "calendar.record",
        "f10,ctrl+r",
        "Enregistrer",
        "Voir tout ce qui change, dire pourquoi, enregistrer",
        "record",
        "SETTINGS",
        True,
    ),
    Command("calendar.abandon", "u", "Abandonner", "Abandonner les changements non enregistrés", "abandon", "SETTINGS"),
)

PRICES: tuple[Command, ...] = (*TARIFFS, *TARIFF_TRIAL, *CALENDAR)
