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

IMPORTS: tuple[Command, ...] = (
    Command(
        "imports.simulate",
        "f5",
        "Simuler",
        "Lire le fichier et dire ce que devient chaque ligne",
        "simulate",
        shown=True,
    ),
    Command("imports.apply", "f10", "Importer", "Enregistrer ce que la simulation a dit", "apply", "IMPORT", True),
    Command(
        "imports.columns", "f6", "Colonnes", "Dire quelle colonne du tableau est quoi", "choose_columns", shown=True
    ),
    Command("imports.filter", "ctrl+n", "Trier", "Ne montrer que les lignes d’une sorte", "next_outcome", shown=True),
    Command("imports.detail", "enter", "Détail", "La ligne choisie en entier", "detail"),
    Command("imports.stop", "f8", "Arrêter", "Arrêter ce qui est en cours : rien n’est gardé", "stop", shown=True),
    Command(
        "imports.rejects",
        "ctrl+x",
        "Écrire les refus",
        "Écrire les lignes refusées dans un fichier à corriger",
        "rejects",
    ),
)

YEAR_CHANGE: tuple[Command, ...] = (
    Command(
        "year_change.exclude",
        "space",
        "Écarter",
        "Laisser l’enfant comme il est, ou le remettre",
        "exclude",
        shown=True,
    ),
    Command("year_change.apply", "f10", "Appliquer", "Enregistrer le changement d’année", "apply", "IMPORT", True),
    Command("year_change.filter", "ctrl+n", "Trier", "Ne montrer que les enfants d’une sorte", "next_move", shown=True),
    Command("year_change.sums", "t", "Écoles", "Combien montent, par école et par niveau", "sums", shown=True),
    Command("year_change.reload", "f5", "Relire", "Lire à nouveau la liste", "reload"),
)

ENFANCE: tuple[Command, ...] = (*PLACES, *IMPORTS, *YEAR_CHANGE)
