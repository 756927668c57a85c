"""The commands of the records: dossier, quittances, justificatifs, agents, settings, till."""

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
        "Apport, retrait, versement d’espèces ou son retour, avec son motif",
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
    Command("sessions.open", "enter,v", "Voir", "Lire la feuille de la session choisie", "open_sheet", "TILL", True),
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
        "dossier.refund",
        "b",
        "Rembourser par mandat",
        "La famille part : mettre ses avoirs sur la liste de l’ordonnateur",
        "refund",
        "REFUND",
        True,
    ),
    Command(
        "dossier.proofs",
        "j",
        "Justificatifs",
        "Les absences qui attendent leur justificatif",
        "open_proofs",
        "JUDGE_PROOF",
    ),
    Command(
        "dossier.appointment",
        "v",
        "Rendez-vous",
        "Prendre un rendez-vous pour la famille",
        "book_appointment",
        "APPOINTMENTS",
    ),
    Command(
        "dossier.custody",
        "g",
        "Garde alternée",
        "Le calendrier de la garde : chez quel parent est l’enfant, jour par jour",
        "open_custody",
    ),
    Command(
        "dossier.history",
        "h",
        "Historique",
        "Ce qui a changé dans le dossier, quand et par qui",
        "open_history",
        "EDIT_DOSSIER",
    ),
    Command("dossier.reload", "f5", "Relire", "Lire à nouveau le dossier", "reload"),
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
    Command(
        "reversal.come_back",
        "f8,i",
        "Impayé",
        "Un chèque gardé est revenu impayé : reprendre l’avoir qu’il était devenu",
        "come_back",
        "REVERSE",
        True,
    ),
)

REGIE: tuple[Command, ...] = (
    Command(
        "app.regie",
        "ctrl+r",
        "Régie",
        "Les registres, clôtures, bordereaux de versement et attestations de la régie",
        "app.open('regie')",
        "REGISTERS",
    ),
    Command("regie.open", "enter", "Ouvrir", "Ouvrir la ligne choisie", "open_place", "REGISTERS", True),
)

REGISTERS: tuple[Command, ...] = (
    Command("registers.journal", "f5", "Journal", "Le journal à souches", "show('journal')", "REGISTERS"),
    Command("registers.ledger", "f6", "Grand-livre", "Le grand-livre par compte", "show('grand-livre')", "REGISTERS"),
    Command("registers.avoirs", "f8", "Avoirs", "L’état des avoirs par payeur", "show('avoirs')", "REGISTERS"),
    Command("registers.revenue", "f9", "Recettes", "Les recettes et leur tracé", "show('recettes')", "REGISTERS"),
    Command(
        "registers.by",
        "ctrl+n",
        "Autre total",
        "Recettes par mois, imputation, activité, site ou moyen",
        "next_total",
        "REGISTERS",
        True,
    ),
    Command(
        "registers.open",
        "enter",
        "Détail",
        "La quittance, les mouvements du compte, les avoirs du payeur",
        "detail",
        "REGISTERS",
    ),
    Command(
        "registers.print",
        "f10,ctrl+e",
        "Imprimer",
        "Dessiner et imprimer ce registre",
        "print_register",
        "REGISTERS",
        True,
    ),
    Command(
        "registers.export",
        "ctrl+x",
        "Exporter",
        "Écrire ce registre en CSV, XLSX, beancount ou hledger",
        "export",
        "REGISTERS",
        True,
        priority=True,  # a field of a date would cut its text
    ),
)

SLIPS: tuple[Command, ...] = (
    Command(
        "app.slips",
        "ctrl+d",
        "Bordereaux",
        "Les bordereaux de versement : préparer, compter, valider",
        "app.open('slips')",
        "DEPOSIT",
        priority=True,
    ),
    Command(
        "slips.prepare",
        "f5,n",
        "Préparer",
        "Préparer le brouillon de tout ce qui attend d’être versé",
        "prepare",
        "DEPOSIT",
        True,
    ),
    Command("slips.open", "enter", "Ouvrir", "Ouvrir le bordereau choisi", "open_slip", "DEPOSIT", True),
    Command(
        "slip.leave_out",
        "space",
        "Laisser",
        "Laisser ce paiement pour un bordereau suivant, ou le remettre",
        "leave_out",
        "DEPOSIT",
        True,
    ),
    Command(
        "slip.complete",
        "c",
        "Compléter",
        "Mettre au brouillon tout ce qui attend, arrivé depuis ou laissé",
        "complete",
        "DEPOSIT",
        True,
    ),
    Command(
        "slip.validate",
        "f5,v",
        "Valider",
        "Compter les espèces et valider le bordereau, définitivement",
        "validate",
        "DEPOSIT",
        True,
    ),
    Command(
        "slip.print", "f10,i", "Imprimer", "Imprimer le bordereau, ou son brouillon", "print_slip", "DEPOSIT", True
    ),
)

CLOSINGS: tuple[Command, ...] = (
    Command(
        "closings.close",
        "f5,c",
        "Clôturer",
        "Clôturer les journées, mois et années terminés",
        "close_periods",
        "CLOSE_PERIODS",
        True,
    ),
    Command(
        "closings.kind",
        "f6,m",
        "Période",
        "Passer des journées aux mois et aux années",
        "next_kind",
        shown=True,
    ),
    Command("closings.detail", "enter", "Détail", "Tout ce que dit la clôture choisie", "detail", "REGISTERS", True),
    Command(
        "closings.stop",
        "f8",
        "Arrêter",
        "Arrêter la clôture en cours : ce qui est clôturé le reste",
        "stop",
        shown=True,
    ),
    Command(
        "closings.print", "f10,i", "Imprimer", "Dessiner et imprimer ces clôtures", "print_list", "REGISTERS", True
    ),
)

REFUNDS: tuple[Command, ...] = (
    Command("refunds.earlier", "pageup,comma", "Avant", "L’année d’avant", "move_year(-1)", shown=True),
    Command("refunds.later", "pagedown,semicolon", "Après", "L’année d’après", "move_year(1)", shown=True),
    Command(
        "refunds.print", "f10,i", "Imprimer", "La liste pour l’ordonnateur, à signer", "print_list", "REGISTERS", True
    ),
)

CERTIFICATES: tuple[Command, ...] = (
    Command(
        "certificates.one", "enter", "Une", "Écrire l’attestation du payeur choisi", "write_one", "REGISTERS", True
    ),
    Command(
        "certificates.all",
        "f5,t",
        "Toutes",
        "Écrire toutes les attestations de l’année en un PDF",
        "write_all",
        "REGISTERS",
        True,
    ),
    Command("certificates.earlier", "pageup,comma", "Avant", "L’année d’avant", "move_year(-1)", shown=True),
    Command("certificates.later", "pagedown,semicolon", "Après", "L’année d’après", "move_year(1)", shown=True),
    Command("certificates.stop", "f8", "Arrêter", "Arrêter l’écriture en cours : rien n’est gardé", "stop", shown=True),
)

ONLINE: tuple[Command, ...] = (
    Command(
        "app.online",
        "ctrl+k,shift+f4",
        "Paiements en ligne",
        "Les paiements par PayFiP : ce qu’ils sont devenus, contestations, rapprochement",
        "app.open('online')",
        "ONLINE_PAYMENTS",
    ),
    Command("online.open", "enter", "Voir", "Le paiement choisi en entier", "open_detail", "ONLINE_PAYMENTS", True),
    Command(
        "online.ask",
        "f5",
        "Redemander",
        "Demander à PayFiP ce que le paiement choisi est devenu",
        "ask_one",
        "ONLINE_PAYMENTS",
        True,
    ),
    Command(
        "online.dispute",
        "f8",
        "Contester",
        "Noter que la famille conteste ce paiement, ou ce qui lui a été répondu",
        "dispute",
        "ONLINE_PAYMENTS",
        True,
    ),
    Command(
        "online.sort",
        "ctrl+n",
        "Autre liste",
        "Tous, en cours, payés, tardifs, non payés, contestés, sur aucun relevé",
        "next_sort",
        "ONLINE_PAYMENTS",
    ),
    Command(
        "online.reconcile",
        "f10",
        "Rapprocher",
        "Comparer avec les relevés du Trésor",
        "app.open('reconciliation')",
        "ONLINE_PAYMENTS",
        True,
    ),
    Command(
        "online.ask_all",
        "f6",
        "Tous",
        "Demander à PayFiP tous ceux dont l’argent peut encore venir",
        "ask_all",
        "ONLINE_PAYMENTS",
    ),
    Command("online.dossier", "o", "Dossier", "Ouvrir le dossier du payeur, hors du champ", "open_dossier", "SEARCH"),
    Command(
        "reconciliation.open",
        "enter",
        "Voir",
        "La différence choisie en entier",
        "open_detail",
        "ONLINE_PAYMENTS",
        True,
    ),
    Command(
        "reconciliation.read",
        "f5",
        "Relevé",
        "Lire un relevé du Trésor : CSV ou XLSX",
        "read_file",
        "RECONCILE",
        True,
    ),
    Command(
        "reconciliation.settle",
        "f8",
        "Saisir",
        "Entrer la somme d’une ligne du relevé qui n’est pas payée ici, avec un motif",
        "settle",
        "RECONCILE",
        True,
    ),
    Command(
        "reconciliation.export",
        "ctrl+x",
        "Exporter",
        "Écrire le rapprochement en CSV ou XLSX",
        "export",
        "ONLINE_PAYMENTS",
        True,
        priority=True,  # a field of a date would cut its text
    ),
    Command("statement.keep", "f10", "Enregistrer", "Enregistrer ce relevé, définitivement", "keep", "RECONCILE", True),
    Command(
        "statement.sort",
        "ctrl+n",
        "Autre sorte",
        "Les lignes d’une seule sorte, puis toutes",
        "next_outcome",
        "RECONCILE",
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
    *QUITTANCES,
    *REVERSAL,
    *REGIE,
    *REGISTERS,
    *SLIPS,
    *CLOSINGS,
    *REFUNDS,
    *CERTIFICATES,
    *ONLINE,
    *PROOFS,
    *AGENTS,
    *SETTINGS,
)
