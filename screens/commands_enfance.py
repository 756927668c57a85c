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

FAMILY: tuple[Command, ...] = (
    Command("family.save", "f10,ctrl+r", "Enregistrer", "Enregistrer toute la famille", "save", shown=True),
    Command("family.child", "f5", "+ enfant", "Ajouter un enfant", "add('children')"),
    Command("family.guardian", "f6", "+ responsable", "Ajouter un responsable", "add('guardians')"),
    Command(
        "family.contact",
        "f7",
        "+ personne",
        "Ajouter une personne autorisée, interdite ou à appeler",
        "add('contacts')",
    ),
    Command("family.remove", "f9", "Retirer", "Retirer du formulaire la personne affichée", "remove"),
    Command(
        "family.next",
        "pagedown,ctrl+down",
        "Suite",
        "Aller à la personne suivante",
        "turn(1)",
        shown=True,
        priority=True,
    ),
    Command("family.previous", "pageup,ctrl+up", "Avant", "Revenir à la personne d’avant", "turn(-1)", priority=True),
)
CHANGES: tuple[Command, ...] = (
    Command("changes.older", "s,f6", "Plus anciens", "Les changements d’avant", "older", shown=True),
    Command("changes.reload", "f5", "Derniers", "Relire, à partir des derniers changements", "reload", shown=True),
    Command("changes.whole", "enter", "Lire en entier", "Lire en entier le changement choisi", "whole", shown=True),
)

ENFANCE: tuple[Command, ...] = (*PLACES, *FAMILY, *CHANGES)
