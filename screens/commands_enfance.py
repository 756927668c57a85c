"""The commands of Enfance/Jeunesse: its places, its diary, its letters, the files of the schools."""

from __future__ import annotations

from screens.command import Command

PLACES: tuple[Command, ...] = (
    Command(
        "app.enfance",
        "ctrl+w",
        "Enfance/Jeunesse",
        "Rendez-vous, renouvellements, pièces, courriers, imports, conservation",
        "app.open('enfance')",
        "EDIT_DOSSIER",
        priority=True,
    ),
    Command("enfance.open", "enter", "Ouvrir", "Ouvrir la ligne choisie", "open_place", shown=True),
)

APPOINTMENTS: tuple[Command, ...] = (
    Command(
        "appointments.open",
        "enter",
        "Choisir",
        "Prendre un rendez-vous à l’heure libre choisie ; sur un rendez-vous, ouvrir le dossier",
        "open_line",
        "APPOINTMENTS",
        True,
    ),
    Command("appointments.view", "w", "Semaine", "Passer du jour à sa semaine, et retour", "toggle_view", shown=True),
    Command(
        "appointments.move",
        "m",
        "Déplacer",
        "Déplacer le rendez-vous choisi : l’heure libre se choisit ensuite",
        "move",
        "APPOINTMENTS",
        True,
    ),
    Command(
        "appointments.cancel",
        "x",
        "Annuler",
        "Annuler le rendez-vous choisi, avec un motif",
        "cancel_chosen",
        "APPOINTMENTS",
        True,
    ),
    Command(
        "appointments.missed",
        "a",
        "Absent",
        "La famille n’est pas venue : son heure est de nouveau libre",
        "mark('missed')",
        "APPOINTMENTS",
        True,
    ),
    Command("appointments.kept", "o", "Honoré", "La famille est venue", "mark('kept')", "APPOINTMENTS"),
    Command(
        "appointments.again",
        "u,backspace",
        "Reprendre",
        "Remettre à « prévu » un rendez-vous honoré ou absent, dit par erreur",
        "mark('again')",
        "APPOINTMENTS",
    ),
    Command(
        "appointments.other",
        "n",
        "Autre heure",
        "Prendre un rendez-vous à une heure tapée, même hors plage",
        "other_time",
        "APPOINTMENTS",
    ),
    Command(
        "appointments.link",
        "l",
        "Rattacher",
        "Donner son dossier au rendez-vous d’une famille qui n’en avait pas",
        "link",
        "APPOINTMENTS",
    ),
    Command("appointments.earlier", "comma", "Avant", "Jour ou semaine d’avant", "step(-1)"),
    Command("appointments.later", "semicolon", "Suite", "Jour ou semaine d’après", "step(1)"),
    Command("appointments.today", "h", "Aujourd’hui", "Revenir à aujourd’hui", "today"),
    Command("appointments.day", "d", "Jour", "Aller à un jour tapé", "ask_day"),
    Command("appointments.print", "f10,p", "Imprimer", "Imprimer la feuille du jour", "print_day", "APPOINTMENTS"),
    Command(
        "appointments.export",
        "ctrl+x",
        "iCalendar",
        "Écrire un fichier iCalendar, que les autres agendas ouvrent",
        "export",
        "APPOINTMENTS",
    ),
    Command("appointments.reload", "f5", "Relire", "Lire à nouveau l’agenda", "reload"),
)

RENEWALS: tuple[Command, ...] = (
    Command(
        "renewals.open", "enter", "Dossier", "Ouvrir le dossier de l’enfant choisi", "open_dossier", "SEARCH", True
    ),
    Command(
        "renewals.renew",
        "r",
        "Renouveler",
        "Renouveler le dossier ALSH de l’enfant choisi, au rendez-vous",
        "renew",
        "EDIT_DOSSIER",
        True,
    ),
    Command(
        "renewals.appointment",
        "v",
        "Rendez-vous",
        "Prendre un rendez-vous pour la famille de l’enfant choisi",
        "book_appointment",
        "APPOINTMENTS",
        True,
    ),
    Command(
        "renewals.later",
        "semicolon",
        "Année après",
        "Les enfants à renouveler pour l’année suivante",
        "move_year(1)",
        shown=True,
    ),
    Command("renewals.earlier", "comma", "Année avant", "L’année d’avant", "move_year(-1)"),
    Command(
        "renewals.print",
        "f10,p",
        "Imprimer",
        "Imprimer la liste d’appel, par site",
        "print_list",
        "APPOINTMENTS",
        True,
    ),
    Command("renewals.reload", "f5", "Relire", "Lire à nouveau la liste", "reload"),
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

ENFANCE: tuple[Command, ...] = (*PLACES, *APPOINTMENTS, *RENEWALS, *LETTERS, *IMPORTS, *YEAR_CHANGE)
