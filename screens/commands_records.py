"""The commands of the records: dossier, registration, quittances, justificatifs, agents, settings, till."""

from __future__ import annotations

from screens.command import Command

TILL: tuple[Command, ...] = (
    Command(
        "app.till",
        "f11,ctrl+n",
        "Caisse",
        "La caisse : ce qu’elle doit contenir, ses mouvements, sa clôture",
        "app.open('till')",
        "TILL",
    ),
    Command(
        "till.open", "enter,o", "Ouvrir la caisse", "Ouvrir la caisse avec son fonds compté", "open_till", "TILL", True
    ),
    Command("till.close", "c,f10", "Clôturer", "Compter la caisse et la clôturer", "close_till", "TILL", True),
    Command(
        "till.move",
        "m,f5",
        "Mouvement",
        "Apport, retrait ou versement d’espèces, avec son motif",
        "move_cash",
        "TILL",
        True,
    ),
    Command("till.print", "p", "Imprimer", "Réimprimer la dernière feuille de caisse", "print_sheet", "TILL", True),
    Command(
        "till.sessions",
        "s",
        "Sessions",
        "Les sessions closes et leurs feuilles",
        "app.open('till_sessions')",
        "TILL",
        True,
    ),
)

CLOSING: tuple[Command, ...] = (
    Command(
        "closing.tick", "space", "Chèque là", "Dire que le chèque choisi est en caisse, ou non", "tick", "TILL", True
    ),
    Command(
        "closing.close", "f10,ctrl+e", "Clôturer", "Clôturer la caisse telle qu’elle est comptée", "close", "TILL", True
    ),
    Command("closing.read", "f5", "Relire", "Relire ce que la caisse doit contenir", "read_again", "TILL", True),
)

SESSIONS: tuple[Command, ...] = (
    Command("sessions.open", "enter", "Voir", "Lire la feuille de la session choisie", "open_sheet", "TILL", True),
    Command(
        "sessions.print", "p,f5", "Imprimer", "Réimprimer la feuille de la session choisie", "print_sheet", "TILL", True
    ),
)

DOSSIER: tuple[Command, ...] = (
    Command("dossier.planning", "p", "Planning", "Ouvrir le planning de la famille", "open_planning", "BOOK", True),
    Command("dossier.cash", "e", "Encaisser", "Encaisser le panier en attente", "cash", "CASH", True),
    Command(
        "dossier.quittances", "q", "Quittances", "Les quittances de la famille", "open_quittances", "REPRINT", True
    ),
    Command(
        "dossier.edit", "enter", "Modifier", "Ouvrir les champs de la ligne choisie", "edit_line", "EDIT_DOSSIER", True
    ),
    Command("dossier.child", "a", "Enfant de plus", "Ajouter un enfant au dossier", "add_child", "EDIT_DOSSIER"),
    Command(
        "dossier.guardian",
        "r",
        "Autre responsable",
        "Ajouter un responsable, qui peut être le second payeur",
        "add_guardian",
        "EDIT_DOSSIER",
    ),
    Command(
        "dossier.proofs",
        "j",
        "Justificatifs",
        "Les absences qui attendent leur justificatif",
        "open_proofs",
        "JUDGE_PROOF",
    ),
    Command("dossier.reload", "f5", "Relire", "Lire à nouveau le dossier", "reload"),
)

REGISTRATION: tuple[Command, ...] = (
    Command(
        "registration.save",
        "f10,ctrl+r",
        "Enregistrer",
        "Enregistrer la famille et ouvrir son dossier",
        "save",
        shown=True,
    ),
    Command("registration.child", "f5", "+ enfant", "Ajouter les champs d’un enfant", "add_child", shown=True),
    Command(
        "registration.guardian",
        "f6",
        "+ responsable",
        "Ajouter les champs d’un second responsable",
        "add_guardian",
        shown=True,
    ),
    Command(
        "registration.remove",
        "f9",
        "Retirer",
        "Retirer l’enfant ou le responsable où est le curseur",
        "remove",
        shown=True,
    ),
)

QUITTANCES: tuple[Command, ...] = (
    Command("quittances.open", "enter", "Voir", "Voir la quittance choisie", "open_document", "REPRINT", True),
    Command(
        "quittances.duplicate",
        "f5,d",
        "Duplicata",
        "Éditer un duplicata numéroté de la quittance choisie (d : hors du champ)",
        "duplicate",
        "REPRINT",
        True,
    ),
    Command(
        "quittances.reverse",
        "f10,c",
        "Contre-passer",
        "Contre-passer le paiement de la quittance choisie, ou en corriger les moyens (c : hors du champ)",
        "reverse",
        "REVERSE",
        True,
    ),
    Command(
        "quittances.dossier",
        "o",
        "Dossier",
        "Ouvrir le dossier de la quittance choisie, hors du champ",
        "open_dossier",
        "SEARCH",
    ),
)

REVERSAL: tuple[Command, ...] = (
    Command("reversal.tick", "space", "Cocher", "Cocher le règlement qui n’a pas été reçu", "tick", "REVERSE", True),
    Command(
        "reversal.reverse",
        "enter,ctrl+e",
        "Contre-passer",
        "Contre-passer le paiement, avec un motif gardé",
        "reverse",
        "REVERSE",
        True,
    ),
    Command(
        "reversal.correct",
        "f5,m",
        "Corriger",
        "Payé autrement que saisi : corriger, avec une nouvelle quittance",
        "correct",
        "REVERSE",
        True,
    ),
)

PROOFS: tuple[Command, ...] = (
    Command(
        "proofs.accept",
        "enter,a",
        "Accepter",
        "Accepter le justificatif : un avoir est donné",
        "accept",
        "JUDGE_PROOF",
        True,
    ),
    Command("proofs.refuse", "r", "Refuser", "Refuser le justificatif, avec un motif", "refuse", "JUDGE_PROOF", True),
    Command("proofs.dossier", "o", "Dossier", "Ouvrir le dossier de l’enfant", "open_dossier", "SEARCH", True),
    Command("proofs.reload", "f5", "Relire", "Lire à nouveau la liste", "reload"),
)

AGENTS: tuple[Command, ...] = (
    Command(
        "agents.create", "n", "Nouveau", "Créer un agent avec un mot de passe provisoire", "create", "AGENTS", True
    ),
    Command("agents.roles", "enter,r", "Rôles", "Choisir les rôles de l’agent", "change_roles", "AGENTS", True),
    Command(
        "agents.unlock",
        "d",
        "Déverrouiller",
        "Lever le verrouillage après des essais manqués",
        "unlock",
        "AGENTS",
        True,
    ),
    Command(
        "agents.disable", "x", "Désactiver", "Fermer le compte de l’agent, ou le rouvrir", "disable", "AGENTS", True
    ),
    Command(
        "agents.password",
        "m",
        "Mot de passe",
        "Donner un mot de passe provisoire, à changer à la connexion",
        "reset",
        "AGENTS",
        True,
    ),
    Command("agents.reload", "f5", "Relire", "Lire à nouveau la liste", "reload"),
)

SETTINGS: tuple[Command, ...] = (
    Command("settings.save", "f10,ctrl+r", "Enregistrer", "Enregistrer les réglages de ce poste", "save", shown=True),
    Command(
        "settings.keys", "f5", "Essayer le clavier", "Voir la touche que le programme reçoit", "test_keys", shown=True
    ),
    Command("settings.password", "f6", "Mot de passe", "Changer votre mot de passe", "change_password", shown=True),
)

RECORDS: tuple[Command, ...] = (
    *TILL,
    *CLOSING,
    *SESSIONS,
    *DOSSIER,
    *REGISTRATION,
    *QUITTANCES,
    *REVERSAL,
    *PROOFS,
    *AGENTS,
    *SETTINGS,
)
