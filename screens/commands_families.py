"""The commands of what goes with a dossier: custody, papers, quotients, merging, archiving, data kept."""

from __future__ import annotations

from screens.command import Command

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

PORTAL: tuple[Command, ...] = (
    Command(
        "dossier.portal",
        "l",
        "Portail",
        "L’accès des parents au Portail Famille : comptes, second identifiant",
        "open_portal",
        "PORTAL_ACCOUNTS",
    ),
    Command(
        "portal_access.help_in",
        "enter",
        "Donner l’accès",
        "Donner un identifiant au payeur choisi, redonner son code, ou rattacher son compte",
        "help_in",
        "PORTAL_ACCOUNTS",
        True,
    ),
    Command(
        "portal_access.email",
        "m",
        "Adresse",
        "Corriger l’adresse électronique du compte choisi",
        "correct_email",
        "PORTAL_ACCOUNTS",
        True,
    ),
    Command(
        "portal_access.unlink",
        "x,delete",
        "Détacher",
        "Détacher le compte choisi, avec un motif : il ne voit plus rien de la famille",
        "unlink",
        "PORTAL_ACCOUNTS",
        True,
    ),
    Command("portal_access.dossier", "o", "Dossier", "Ouvrir le dossier", "open_dossier", "SEARCH"),
    Command("portal_access.reload", "f5", "Relire", "Relire les comptes", "reload"),
)

FAMILIES: tuple[Command, ...] = (
    *PAPERS,
    *PORTAL,
    *MISSING_PAPERS,
    *QUOTIENTS,
    *CUSTODY,
    *MERGING,
    *RETENTION,
    *FAMILY_DATA,
    *FAMILY,
    *CHANGES,
)
