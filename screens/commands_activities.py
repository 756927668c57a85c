"""The commands of the life of the activities: one tuple a screen."""

from __future__ import annotations

from screens.command import Command

PLACES: tuple[Command, ...] = (
    Command("activities.open", "enter", "Ouvrir", "Aller à l’endroit choisi", "open_place", shown=True),
    Command(
        "usual_weeks.keep", "n", "Garder", "Garder sous un nom la semaine affichée de l’enfant", "keep", right="BOOK"
    ),
    Command(
        "usual_weeks.aside",
        "x",
        "Mettre de côté",
        "Ne plus proposer la semaine choisie ; ce qui est réservé reste",
        "put_aside",
        right="BOOK",
    ),
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

WAITING: tuple[Command, ...] = (
    Command(
        "waiting.planning",
        "enter",
        "Planning",
        "Ouvrir le planning de la famille à ce jour",
        "open_planning",
        shown=True,
    ),
    Command("waiting.dossier", "d", "Dossier", "Ouvrir le dossier de la famille", "open_dossier", shown=True),
    Command(
        "waiting.offer", "o", "Proposer", "Proposer les places libres, dans l’ordre des demandes", "offer", "BOOK", True
    ),
    Command("waiting.decline", "n", "Refuse", "La famille refuse la place proposée", "decline", "BOOK", True),
    Command("waiting.withdraw", "x", "Retirer", "Retirer l’enfant de la liste d’attente", "withdraw", "BOOK", True),
    Command("waiting.print", "f10", "Imprimer", "Dessiner et imprimer la liste d’appel", "print_list"),
    Command("waiting.reload", "f5", "Relire", "Relire les listes d’attente", "reload"),
)

ACTIVITIES: tuple[Command, ...] = (
    *PLACES,
    *MENUS,
    *NEWS,
    *WAITING,
)
