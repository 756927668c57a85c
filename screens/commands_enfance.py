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

LETTERS: tuple[Command, ...] = (
    Command("dossier.letters", "c", "Courrier", "Écrire un courrier à cette famille", "write_letter", "LETTERS"),
    Command("letters.write", "enter,f5", "Écrire", "Écrire en un PDF le courrier choisi", "write_letters", shown=True),
    Command("letters.print", "f10", "Imprimer", "Imprimer ce qui vient d’être écrit", "print_letters", shown=True),
    Command("letters.stop", "f8", "Arrêter", "Arrêter l’écriture en cours : rien n’est gardé", "stop", shown=True),
    Command("letter_texts.edit", "enter", "Modifier", "Ouvrir le texte choisi", "edit", shown=True),
    Command("letter_texts.arms", "b", "Blason", "Donner l’image du blason, ou ne plus en imprimer", "arms", shown=True),
    Command(
        "letter_text.preview", "f5", "Essai", "Dessiner le courrier pour une famille inventée", "preview", shown=True
    ),
    Command("letter_text.undo", "f8", "Défaire", "Défaire la dernière frappe", "undo_typing", shown=True),
    Command(
        "letter_text.restore",
        "f9",
        "Texte fourni",
        "Reprendre le texte fourni avec le programme",
        "restore",
        shown=True,
    ),
    Command(
        "letter_text.save",
        "f10,ctrl+r",
        "Enregistrer",
        "Enregistrer ce texte pour les prochains courriers",
        "save",
        shown=True,
    ),
    Command(
        "agents.letter_texts",
        "l",
        "Courriers",
        "Les textes des courriers et le blason",
        "app.open('letter_texts')",
        "LETTER_TEXTS",
    ),
)

ENFANCE: tuple[Command, ...] = (*PLACES, *LETTERS)
