"""Every command of the desk, once: what keys, palette and help are made from.

Keys are those an AZERTY keyboard types without AltGr or Shift+digit; `ctrl+h`, `ctrl+i`, `ctrl+j`, `ctrl+m` and `ctrl+s` are never
bound. Each command has a second way: another key, or the palette, which lists them all.
"""

from __future__ import annotations

from typing import Any

from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input

from screens.command import Command
from screens.commands_activities import ACTIVITIES
from screens.commands_diagnostic import DIAGNOSTIC
from screens.commands_enfance import ENFANCE
from screens.commands_families import FAMILIES
from screens.commands_prices import PRICES
from screens.commands_records import RECORDS

APP: tuple[Command, ...] = (
    Command("app.help", "f1,question_mark", "Aide", "Les touches de l’écran où vous êtes", "app.help", shown=True),
    Command(
        "app.palette",
        "f2,ctrl+p",
        "Commandes",
        "Chercher une commande par son nom",
        "app.command_palette",
        priority=True,
    ),
    Command(
        "app.search",
        "ctrl+f,f3",
        "Chercher",
        "Chercher un dossier : numéro, nom, enfant, naissance, téléphone",
        "app.open('search')",
        right="SEARCH",
        shown=True,
        priority=True,
    ),
    Command(
        "app.search_slash",
        "slash",
        "Chercher un dossier",
        "Chercher un dossier, hors d’un champ de saisie",
        "app.search_by_slash",
        right="SEARCH",
    ),
    Command(
        "app.queue",
        "f4,ctrl+o",
        "À encaisser",
        "La file des paniers à encaisser",
        "app.open('queue')",
        right="SEE_QUEUE",
    ),
    Command(
        "app.proofs",
        "f6",
        "Justificatifs",
        "Les absences qui attendent leur justificatif",
        "app.open('proofs')",
        right="JUDGE_PROOF",
    ),
    Command(
        "app.quittances",
        "f7",
        "Quittances",
        "Les quittances, à revoir ou rééditer",
        "app.open('quittances')",
        right="REPRINT",
    ),
    Command(
        "app.registration",
        "f8",
        "Nouvelle famille",
        "Inscrire une famille qui n’a pas de dossier",
        "app.open('registration')",
        right="EDIT_DOSSIER",
    ),
    Command(
        "app.agents",
        "f9",
        "Agents",
        "Les agents, leurs rôles et leurs mots de passe",
        "app.open('agents')",
        right="AGENTS",
    ),
    Command(
        "app.activities",
        "ctrl+a",
        "Activités",
        "Pointage, effectifs, repas, places, menus, chiffres, réglages de la commune",
        "app.open('activities')",  # within a form, Ctrl+A goes to the field's beginning
    ),
    Command("app.settings", "ctrl+y", "Réglages", "Thème, touches, imprimante de ce poste", "app.open('settings')"),
    Command(
        "app.theme", "ctrl+t", "Thème suivant", "Clair, sombre, contraste ou couleurs du terminal", "app.next_theme"
    ),
    Command(
        "app.agent",
        "ctrl+g,f12",
        "Changer d’agent",
        "Laisser la place à un autre agent sans quitter l’écran",
        "app.change_agent",
    ),
    Command(
        "app.lock",
        "ctrl+l",
        "Verrouiller",
        "Cacher l’écran jusqu’au mot de passe",
        "app.lock",
    ),
    Command("app.sign_out", "ctrl+b", "Fermer la session", "Revenir à l’écran de connexion", "app.sign_out"),
    Command("app.quit", "ctrl+q", "Quitter", "Fermer l’application", "app.quit", priority=True),
)

SCREEN: tuple[Command, ...] = (
    Command("screen.back", "escape", "Retour", "Revenir un pas en arrière", "back", shown=True),
)

SEARCH: tuple[Command, ...] = (
    Command("search.open", "enter", "Ouvrir", "Ouvrir le dossier choisi", "open_hit", right="SEARCH", shown=True),
    Command(
        "search.planning",
        "f5",
        "Planning",
        "Ouvrir tout de suite le planning du dossier choisi",
        "open_planning",
        right="BOOK",
        shown=True,
    ),
    Command(
        "search.new",
        "n",
        "Nouvelle famille",
        "Inscrire une famille, hors du champ de saisie",
        "app.open('registration')",
        right="EDIT_DOSSIER",
    ),
)

PLANNING: tuple[Command, ...] = (
    Command("planning.toggle", "space", "Cocher", "Ajouter ou retirer la journée sous le curseur", "tick", shown=True),
    Command(
        "planning.week",
        "w",
        "Semaine",
        "Cocher toute la semaine de la ligne ; une seconde fois : la décocher",
        "tick_week",
        shown=True,
    ),
    Command(
        "planning.siblings",
        "W",
        "Fratrie",
        "Cocher la semaine, aussi pour les frères et sœurs, sur la même activité",
        "tick_siblings",
        shown=True,
    ),
    Command(
        "planning.weekday",
        "j",
        "Même jour",
        "Cocher le même jour de chaque semaine, jusqu’aux vacances",
        "tick_weekday",
    ),
    Command(
        "planning.usual_week",
        "k",
        "Semaine habituelle",
        "Garder la semaine de l’enfant, ou en appliquer une d’un jour à un autre",
        "usual_week",
        right="BOOK",
    ),
    Command(
        "planning.sibling",
        "c",
        "Copier d’un frère, d’une sœur",
        "Cocher les journées qu’un frère ou une sœur a sur une période",
        "copy_sibling",
        right="BOOK",
    ),
    Command(
        "planning.wait",
        "l",
        "Liste d’attente",
        "Attendre une place de la journée complète, ou ne plus l’attendre",
        "wait",
        right="BOOK",
    ),
    Command("planning.copy", "s", "Copier", "Copier cette semaine sur la suivante", "copy_week"),
    Command(
        "planning.break",
        "g",
        "Garder la pause",
        "Retirer le repas en gardant la pause méridienne, ou l’ajouter sans repas",
        "tick_break",
    ),
    Command("planning.next_child", "tab", "Enfant suivant", "Passer à l’enfant suivant", "next_child"),
    Command(
        "planning.previous_child", "shift+tab", "Enfant précédent", "Revenir à l’enfant précédent", "previous_child"
    ),
    Command("planning.window", "m", "Mois", "Passer de la semaine au mois, et retour", "toggle_window", shown=True),
    Command("planning.later", "pagedown,semicolon", "Suite", "Semaine ou mois suivant", "later"),
    Command("planning.earlier", "pageup,comma", "Avant", "Semaine ou mois précédent", "earlier"),
    Command("planning.today", "h", "Aujourd’hui", "Revenir à la semaine ou au mois d’aujourd’hui", "today"),
    Command(
        "planning.derogate",
        "d",
        "Dérogation",
        "Passer outre la limite ou une pièce manquante, avec un motif gardé",
        "derogate",
        right="DEROGATE",
    ),
    Command(
        "planning.payer",
        "y",
        "Payeur",
        "Faire payer les journées cochées de la semaine par l’autre payeur, avec un motif",
        "choose_payer",
        right="CHOOSE_PAYER",
    ),
    Command("planning.refusals", "r", "Refus", "Lire en entier tout ce qui est refusé, et pourquoi", "show_refusals"),
    Command("planning.reload", "f5", "Relire", "Relire le planning : un autre poste a pu le changer", "reload"),
    Command("planning.undo", "u,backspace", "Effacer", "Oublier ce qui est coché et pas encore validé", "forget"),
    Command(
        "planning.review",
        "v",
        "Valider",
        "Voir ce qui sera fait, puis terminer les modifications",
        "review",
        right="BOOK",
        shown=True,
    ),
)

REVIEW: tuple[Command, ...] = (
    Command(
        "review.finish",
        "t",
        "Terminer",
        "Terminer les modifications : les journées sont retenues",
        "finish",
        shown=True,
    ),
)

FINISHED: tuple[Command, ...] = (
    Command("finished.next", "enter", "Continuer", "Aller au paiement, ou revenir au dossier", "go_on", shown=True),
)

QUEUE: tuple[Command, ...] = (
    Command("queue.pay", "enter", "Encaisser", "Encaisser le panier choisi", "pay", right="CASH", shown=True),
    Command(
        "queue.extend",
        "x",
        "Prolonger",
        "Prolonger le panier choisi, avec un motif gardé",
        "extend",
        right="EXTEND",
        shown=True,
    ),
    Command(
        "queue.lines",
        "l",
        "Lignes",
        "Choisir les lignes à retirer du panier",
        "remove_lines",
        right="REMOVE_LINES",
        shown=True,
    ),
    Command("queue.dossier", "o", "Dossier", "Ouvrir le dossier du panier", "open_dossier", right="SEARCH", shown=True),
    Command(
        "queue.release",
        "a",
        "Abandonner",
        "Rendre les places d’un panier qui ne sera pas payé",
        "release",
        right="RELEASE",
    ),
    Command(
        "queue.drop_debt",
        "d",
        "Annuler la dette",
        "Annuler une dette qui n’est pas à payer, avec un motif gardé",
        "drop_debt",
        right="REVERSE",
    ),
    Command("queue.reload", "f5,r", "Relire", "Relire la file tout de suite", "reload"),
)

PAYMENT: tuple[Command, ...] = (
    Command(
        "payment.cash_in",
        "ctrl+e",
        "Encaisser",
        "Encaisser ; Entrée le fait aussi dès que le compte y est",
        "cash_in",
        right="CASH",
        priority=True,
    ),
    Command("payment.cash", "f5", "Espèces", "Payer tout le reste en espèces", "use('especes')", shown=True),
    Command("payment.cheque", "f6", "Chèque", "Payer le reste par chèque", "use('cheque')", shown=True),
    Command("payment.card", "f7", "Carte", "Payer le reste par carte", "use('carte')", shown=True),
    Command("payment.cesu", "f8", "CESU", "Payer en CESU, au plus ce qu’ils peuvent payer", "use('cesu')"),
    Command("payment.ancv", "f9", "ANCV", "Payer en chèques-vacances", "use('ancv')"),
    Command("payment.transfer", "f10", "Virement", "Payer une régularisation par virement", "use('virement')"),
    Command(
        "payment.lines",
        "ctrl+r",
        "Lignes",
        "Retirer des lignes du panier avant de payer",
        "remove_lines",
        right="REMOVE_LINES",
        shown=True,
    ),
)

PAID: tuple[Command, ...] = (
    Command(
        "paid.next", "enter", "Suite", "Passer à la suite : l’autre payeur, la file ou la recherche", "next", shown=True
    ),
    Command("paid.print", "i,f5", "Imprimer", "Dessiner et imprimer la quittance à nouveau", "print_again", shown=True),
)

COMMANDS: tuple[Command, ...] = (
    *APP,
    *SCREEN,
    *SEARCH,
    *PLANNING,
    *REVIEW,
    *FINISHED,
    *QUEUE,
    *PAYMENT,
    *PAID,
    *ACTIVITIES,
    *PRICES,
    *ENFANCE,
    *FAMILIES,
    *RECORDS,
    *DIAGNOSTIC,
)
BY_ID: dict[str, Command] = {command.id: command for command in COMMANDS}


def bindings_of(area: str) -> list[BindingType]:
    """Return the bindings of an area, in the order of the list: what a screen gives as `BINDINGS`."""
    return [command.binding() for command in COMMANDS if command.area == area]


def command_of(binding: Binding) -> Command | None:
    """Return the command a binding was made from, if it was."""
    return BY_ID.get(binding.id) if binding.id else None


def handed_on(screen: Screen[Any]) -> Command | None:
    """Return the screen's command for Enter where a list takes that key first and hands it on, or the field above a list."""
    active = screen.active_bindings.get("enter")
    if active is None or command_of(active.binding) is not None:
        return None
    for command in COMMANDS:
        if command.area == getattr(screen, "AREA", "") and "enter" in command.keys.split(","):
            hands_on = command.shown or not isinstance(screen.focused, Input)
            return command if hands_on and screen.check_action(command.action, ()) else None
    return None
