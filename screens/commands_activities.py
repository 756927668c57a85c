"""The commands of the life of the activities: one tuple a screen."""

from __future__ import annotations

from screens.command import Command

PLACES: tuple[Command, ...] = (
    Command("activities.open", "enter", "Ouvrir", "Aller à l’endroit choisi", "open_place", shown=True),
)

MENUS: tuple[Command, ...] = (
    Command("menus.edit", "enter", "Saisir", "Saisir le menu du jour choisi", "edit", "PUBLISH", True),
    Command("menus.later", "pagedown,semicolon", "Suite", "Semaine suivante", "move_week(1)", shown=True),
    Command("menus.earlier", "pageup,comma", "Avant", "Semaine précédente", "move_week(-1)", shown=True),
    Command("menus.today", "h", "Aujourd’hui", "Revenir à la semaine d’aujourd’hui", "this_week"),
    Command("menus.site", "t", "Site", "Passer aux menus d’un site, ou de tous", "next_site", shown=True),
    Command("menus.import", "i", "Importer", "Enregistrer les menus d’un fichier, vus d’abord", "import", "PUBLISH"),
    Command("menus.print", "f10", "Affiche", "Dessiner et imprimer l’affiche de la semaine", "print", shown=True),
)

NEWS: tuple[Command, ...] = (
    Command(
        "news.edit", "enter", "Lire", "Lire l’actualité choisie ; qui publie peut la changer", "open_news", shown=True
    ),
    Command("news.new", "n", "Publier", "Écrire une actualité, du … au …", "publish", "PUBLISH", True),
    Command("news.withdraw", "x", "Retirer", "Ne plus montrer l’actualité choisie", "withdraw", "PUBLISH", True),
    Command("news.past", "ctrl+n", "Passées", "Montrer aussi les passées et les retirées", "toggle_past", shown=True),
    Command("news.print", "f10", "Affiche", "Dessiner et imprimer les actualités en cours", "print", shown=True),
)

FIGURES: tuple[Command, ...] = (
    Command(
        "figures.open", "enter", "Liste", "Ouvrir la liste de ce qui fait la barre choisie", "open_list", shown=True
    ),
    Command(
        "figures.occupation",
        "f5",
        "Occupation",
        "Journées réservées sur les places offertes, par semaine",
        "show('occupation')",
    ),
    Command("figures.attendance", "f6", "Présences", "Prévus et présents, par semaine", "show('presences')"),
    Command("figures.revenue", "f8", "Recettes", "Recettes nettes par activité", "show('recettes')"),
    Command("figures.brackets", "f9", "Tranches", "Familles par tranche de quotient, aujourd’hui", "show('tranches')"),
    Command(
        "figures.activity", "t", "Activité", "Une activité après l’autre, puis toutes", "next_activity", shown=True
    ),
    Command("figures.site", "l", "Site", "Un site après l’autre, puis tous", "next_site", shown=True),
    Command("figures.print", "f10", "Imprimer", "Dessiner et imprimer ce chiffre", "print", shown=True),
)

ACTIVITIES: tuple[Command, ...] = (
    *PLACES,
    *MENUS,
    *NEWS,
    *FIGURES,
)
