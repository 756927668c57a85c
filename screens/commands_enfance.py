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

ENFANCE: tuple[Command, ...] = (*PLACES, *APPOINTMENTS, *RENEWALS)
