"""The commands of Enfance/Jeunesse: its places, and what one does in each."""

from __future__ import annotations

from screens.command import Command

PLACES: tuple[Command, ...] = (
    Command(
        "app.enfance",
        "ctrl+z",
        "Enfance/Jeunesse",
        "Rendez-vous, renouvellements, pièces, courriers, imports, conservation",
        "app.open('enfance')",
        "EDIT_DOSSIER",
        priority=True,
    ),
    Command("enfance.open", "enter", "Ouvrir", "Ouvrir la ligne choisie", "open_place", shown=True),
)

CUSTODY: tuple[Command, ...] = (
    Command(
        "custody.pattern",
        "m",
        "Rythme",
        "Fixer ou modifier la garde alternée : premier jour, heure, vacances, fin",
        "edit_pattern",
        "EDIT_DOSSIER",
        True,
    ),
    Command(
        "custody.exception",
        "x",
        "Exception",
        "Confier l’enfant à l’autre parent quelques jours, à partir de celui du curseur",
        "add_exception",
        "EDIT_DOSSIER",
        True,
    ),
    Command(
        "custody.day",
        "enter",
        "Ce jour",
        "Voir l’exception à la garde du jour sous le curseur, et l’annuler",
        "open_day",
        "EDIT_DOSSIER",
        True,
    ),
    Command(
        "custody.end",
        "t",
        "Mettre fin",
        "Mettre fin à la garde alternée : le premier payeur paie de nouveau",
        "end_pattern",
        "EDIT_DOSSIER",
    ),
    Command("custody.later", "semicolon,pagedown", "Suite", "Mois suivant", "turn(1)", shown=True),
    Command("custody.earlier", "comma,pageup", "Avant", "Mois précédent", "turn(-1)", shown=True),
    Command("custody.today", "h", "Aujourd’hui", "Revenir au mois d’aujourd’hui", "today"),
    Command("custody.next_child", "tab", "Enfant suivant", "Passer à l’enfant suivant", "next_child(1)"),
    Command(
        "custody.previous_child", "shift+tab", "Enfant précédent", "Revenir à l’enfant précédent", "next_child(-1)"
    ),
    Command("custody.reload", "f5", "Relire", "Lire à nouveau la garde", "reload"),
)

ENFANCE: tuple[Command, ...] = (*PLACES, *CUSTODY)
