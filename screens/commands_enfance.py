"""The commands of Enfance/Jeunesse: its places, and what one does in each."""

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

PAPERS: tuple[Command, ...] = (
    Command("dossier.papers", "i", "Pièces", "Les pièces de la famille, vues ou à demander", "open_papers", "SEE_DIET"),
    Command(
        "family_papers.seen",
        "enter",
        "Vue aujourd’hui",
        "Noter vue aujourd’hui la pièce, ou celles choisies",
        "seen",
        "EDIT_DOSSIER",
        True,
    ),
    Command(
        "family_papers.choose", "space", "Choisir", "Choisir la pièce avec d’autres", "choose", "EDIT_DOSSIER", True
    ),
    Command(
        "family_papers.withdraw",
        "r,delete",
        "Retirer",
        "Retirer une pièce notée vue par erreur",
        "withdraw",
        "EDIT_DOSSIER",
        True,
    ),
    Command("family_papers.dossier", "o", "Dossier", "Ouvrir le dossier", "open_dossier", "SEARCH"),
    Command("family_papers.reload", "f5", "Relire", "Relire les pièces", "reload"),
)

MISSING_PAPERS: tuple[Command, ...] = (
    Command(
        "missing_papers.open", "enter", "Dossier", "Ouvrir le dossier de la famille", "open_dossier", "SEARCH", True
    ),
    Command("missing_papers.papers", "i", "Pièces", "Les pièces de la famille", "open_papers", "SEE_DIET", True),
    Command("missing_papers.kind", "t", "Sorte", "Ne garder qu’une sorte de pièce", "next_kind", shown=True),
    Command("missing_papers.site", "s", "Site", "Ne garder que les familles d’un site", "next_site", shown=True),
    Command(
        "missing_papers.ahead",
        "m",
        "D’ici un mois",
        "Celles qui expirent d’ici un mois aussi",
        "look_ahead",
        shown=True,
    ),
    Command("missing_papers.earlier", "pageup,comma", "Avant", "Les familles d’avant", "move_page(-1)"),
    Command("missing_papers.later", "pagedown,semicolon", "Après", "Les familles d’après", "move_page(1)"),
    Command("missing_papers.reload", "f5", "Relire", "Relire la liste", "reload"),
)

QUOTIENTS: tuple[Command, ...] = (
    Command("quotients.open", "enter", "Dossier", "Ouvrir le dossier du payeur", "open_dossier", "SEARCH", True),
    Command("quotients.ahead", "m", "D’ici un mois", "Ceux qui expirent d’ici un mois aussi", "look_ahead", shown=True),
    Command(
        "quotients.print", "f10,i", "Imprimer", "La liste en PDF, pour le guichet", "print_list", "EDIT_DOSSIER", True
    ),
    Command("quotients.export", "e", "Exporter", "La liste en CSV", "export_list", "EDIT_DOSSIER", True),
    Command("quotients.earlier", "pageup,comma", "Avant", "Les payeurs d’avant", "move_page(-1)"),
    Command("quotients.later", "pagedown,semicolon", "Après", "Les payeurs d’après", "move_page(1)"),
    Command("quotients.reload", "f5", "Relire", "Relire la liste", "reload"),
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

MERGING: tuple[Command, ...] = (
    Command(
        "dossier.merge", "f", "Réunir", "Réunir à ce dossier un autre dossier de la même famille", "merge", "MERGE"
    ),
    Command(
        "dossier.archive", "x", "Archiver", "Archiver ce dossier, ou le rouvrir, avec un motif", "archive", "MERGE"
    ),
    Command(
        "merging.turn",
        "space",
        "Changer",
        "Dire qui est la personne choisie dans le dossier gardé",
        "turn",
        "MERGE",
        True,
    ),
    Command("merging.merge", "f10,ctrl+e", "Réunir", "Réunir les deux dossiers, avec un motif", "merge", "MERGE", True),
    Command("merging.exchange", "c", "Échanger", "Garder l’autre dossier", "exchange", "MERGE", True),
    Command("archived.open", "enter", "Ouvrir", "Ouvrir le dossier choisi", "open_dossier", "SEARCH", True),
    Command("archived.reopen", "r", "Rouvrir", "Rouvrir le dossier choisi, avec un motif", "reopen", "MERGE", True),
)

RETENTION: tuple[Command, ...] = (
    Command("retention.open", "enter", "Dossier", "Ouvrir le dossier choisi", "open_dossier", shown=True),
    Command(
        "retention.give", "d", "Données", "Remettre les données de la famille en un ZIP", "give", "GIVE_DATA", True
    ),
    Command("retention.erase", "e", "Effacer", "Effacer la famille choisie", "erase_one", "GIVE_DATA", True),
    Command(
        "retention.all",
        "f5,t",
        "Tout effacer",
        "Effacer tout ce qui est échu, avec progrès",
        "erase_all",
        "GIVE_DATA",
        True,
    ),
    Command("retention.stop", "f8", "Arrêter", "Arrêter après la famille commencée", "stop", shown=True),
)

FAMILY_DATA: tuple[Command, ...] = (
    Command(
        "dossier.data",
        "k",
        "Données",
        "Remettre ou effacer les données de la famille (RGPD)",
        "family_data",
        "GIVE_DATA",
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

ENFANCE: tuple[Command, ...] = (
    *PLACES,
    *PAPERS,
    *MISSING_PAPERS,
    *QUOTIENTS,
    *LETTERS,
    *APPOINTMENTS,
    *RENEWALS,
    *CUSTODY,
    *MERGING,
    *RETENTION,
    *FAMILY_DATA,
    *IMPORTS,
    *YEAR_CHANGE,
    *FAMILY,
    *CHANGES,
)
