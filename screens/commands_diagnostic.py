"""The commands of the diagnostic's screen, and the one that leads there from the agents."""

from __future__ import annotations

from screens.command import Command

DIAGNOSTIC: tuple[Command, ...] = (
    Command(
        "agents.diagnostic",
        "g",
        "Diagnostic",
        "L’état de ce poste et de la base : versions, liaison, droits, place, sauvegarde, incidents",
        "app.open('diagnostic')",
        "SETTINGS",
    ),
    Command(
        "diagnostic.read",
        "enter",
        "Lire",
        "La ligne en entier, et ce qu’il y a à faire",
        "read",
        "SETTINGS",
        shown=True,
    ),
    Command("diagnostic.again", "f5", "Refaire", "Regarder à nouveau", "again", "SETTINGS", shown=True),
    Command(
        "diagnostic.write",
        "f10,ctrl+x",
        "Écrire",
        "Écrire le rapport dans un fichier, pour l’envoyer à qui vous aide",
        "write",
        "SETTINGS",
        shown=True,
    ),
)
