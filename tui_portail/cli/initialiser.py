"""`tui-portail initialiser`: a commune's empty database, by migrations, and its first administrateur; run again, it migrates."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from tui_portail.cli.asking import ask, parse_year
from tui_portail.cli.french import FrenchCommand
from tui_portail.cli.output_file import on_a_terminal
from tui_portail.cli.progress import steps_line
from tui_portail.cli.told import tell
from tui_portail.errors import InvalidInput, PortailError

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.engine import Database
    from tui_portail.commune import Commune

T = TypeVar("T")
TRIES = 3
FROM_QUESTIONS = "questions de l’installation"
"""Where the set-up of a base begun without a file comes from, as kept with it."""

BaseUrl = Annotated[
    str | None,
    typer.Option(
        "--base",
        metavar="URL",
        help="La base à créer ou à mettre à jour : adresse ou fichier ; sinon, celle des réglages.",
    ),
]
CommuneFile = Annotated[
    Path | None,
    typer.Option("--commune", metavar="FICHIER", help="Le fichier de la commune qui remplit une base vide."),
]


Empty = Annotated[
    bool,
    typer.Option(
        "--vide", help="Remplit une base vide par quelques questions, sans fichier ; le reste se saisit à l’écran."
    ),
]
Name = Annotated[str | None, typer.Option("--nom", metavar="NOM", help="Avec --vide : le nom de la commune.")]
Regie = Annotated[str | None, typer.Option("--regie", metavar="CODE", help="Avec --vide : le code de la régie.")]
Zone = Annotated[str | None, typer.Option("--zone", metavar="ZONE", help="Avec --vide : la zone scolaire, A, B ou C.")]
Year = Annotated[
    str | None,
    typer.Option("--annee", metavar="ANNEE", help="Avec --vide : l’année où commence la première année scolaire."),
]


def initialiser(
    base: BaseUrl = None,
    commune: CommuneFile = None,
    empty: Empty = False,
    name: Name = None,
    regie: Regie = None,
    zone: Zone = None,
    year: Year = None,
) -> None:
    """Crée la base d’une commune, ou met à jour celle qui existe sans rien y changer d’autre.

    Une mise à jour attend que tous les postes soient fermés, vérifie la base avant et après, et garde une copie du fichier à côté de lui ;
    si quelque chose ne concorde pas, rien n’est changé.

    Une base vide se remplit du fichier de la commune, ou par quelques questions. Demande ensuite l’identifiant, le nom et le mot de passe
    du premier administrateur. Le mot de passe ne se donne jamais sur la ligne de commande ; hors d’un terminal, les réponses sont lues une
    par ligne sur l’entrée standard.
    """
    from models.engine import Database  # noqa: PLC0415  `--help` needs no database
    from tui_portail.commune_files import read_commune  # noqa: PLC0415
    from tui_portail.services.setup import initialise  # noqa: PLC0415
    from tui_portail.services.upgrading import VerifiedUpgrade  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    given = _Given(name, regie, zone, year)
    if commune is not None and (empty or given.any):
        raise InvalidInput("--commune et --vide ne vont pas ensemble : donnez un fichier, ou répondez aux questions.")
    url = base or load_settings().base
    rules: Commune | None
    if commune is not None:
        rules, source = read_commune(commune), commune.name
    else:
        rules, source = _asked_if_empty(url, given, empty), FROM_QUESTIONS
    _point_to_backup(url)
    with steps_line(on_a_terminal()) as progress:
        report = initialise(url, rules, source, upgrade=VerifiedUpgrade(tell, progress))
    done = "créée" if report.created else "mise à jour" if report.migrated else "déjà à jour"
    tell(f"Base {done} : {report.address}")
    if report.copy is not None:
        tell(
            f"Pour revenir en arrière : remettez {report.copy} à la place de la base, avec l’ancienne version du programme. "
            "Effacez cette copie quand tout va bien : elle nomme les familles."
        )
    if report.created and report.on_server:
        tell("Donnez aux postes un compte qui n’altère jamais le journal : tui-portail droits --role poste")
    if (commune is not None or empty) and not report.commune_recorded:
        tell("Cette base a déjà ses règles, datées et tracées : elles n’ont pas changé.")
    if report.has_administrator:
        return
    database = Database.open(url)
    try:
        _ask_administrator(database)
        where = "" if base is None else f" --base {shlex.quote(str(database.address))}"
        tell(f"Ouvrez l’application par : tui-portail ouvrir{where}")
        if rules is not None and commune is None:
            tell("Sites, activités, places, tarifs : Ctrl+A, « Réglages de la commune » puis « Tarifs ».")
    finally:
        database.close()


def _point_to_backup(url: str) -> None:
    """Before a server's base is upgraded, have its backup made: no copy of it is made here. Raises PortailError when the answer is no."""
    from models.addresses import DatabaseAddress  # noqa: PLC0415
    from tui_portail.services.setup import is_of_an_older_version  # noqa: PLC0415

    if DatabaseAddress.parse(url).dialect != "postgresql" or not is_of_an_older_version(url):
        return
    tell(
        "Cette base est sur un serveur : sauvegardez-la d’abord par « tui-portail sauvegarder », la mise à jour n’en fait pas de copie."
    )
    if sys.stdin.isatty() and ask("Elle est sauvegardée, et tous les postes sont fermés [o/N]").strip().lower() not in {
        "o",
        "oui",
    }:
        raise PortailError("La base n’a pas été mise à jour. Sauvegardez-la, puis relancez la même commande.")


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("initialiser", cls=FrenchCommand, short_help="Crée ou met à jour la base d’une commune.")(initialiser)


@dataclass(frozen=True, slots=True)
class _Given:
    """What the command line answers of the questions."""

    name: str | None
    regie: str | None
    zone: str | None
    year: str | None

    @property
    def any(self) -> bool:
        return any(one is not None for one in (self.name, self.regie, self.zone, self.year))


def _asked_if_empty(url: str, given: _Given, empty: bool) -> Commune | None:
    """Return what is answered for a base that has no set-up, None for one that has. Raises CommuneFileNeeded where nobody answers."""
    from tui_portail.services.setup import CommuneFileNeeded, require_set_up  # noqa: PLC0415

    try:
        require_set_up(url)
    except CommuneFileNeeded as needed:
        if not (empty or given.any or sys.stdin.isatty()):
            raise
        tell(f"{needed.what} : quelques questions, puis tout se saisit à l’écran. Entrée : ce qui est proposé.")
        return _ask_commune(given)
    return None


def _ask_commune(given: _Given) -> Commune:
    """Ask what the command line does not say, and return the set-up to begin with."""
    from tui_portail.commune_files.starting import (  # noqa: PLC0415
        KNOWN_ZONE,
        REGIE_CODE,
        StartingAnswers,
        proposed_year,
        starting_commune,
    )
    from tui_portail.instants import PARIS  # noqa: PLC0415

    before: dict[str, str] = {}  # asked again after a refusal, each question proposes what was answered

    def answered(known: str | None, label: str, proposed: str = "") -> str:
        if known is not None:
            return known
        proposed = before.get(label, proposed)
        before[label] = ask(f"{label} [{proposed}]" if proposed else label).strip() or proposed
        return before[label]

    def questions() -> Commune:
        year = str(proposed_year(datetime.now(PARIS).date()))
        return starting_commune(
            StartingAnswers(
                answered(given.name, "Nom de la commune"),
                answered(given.regie, "Code de la régie, en tête des quittances ; il ne changera plus", REGIE_CODE),
                answered(given.zone, "Zone scolaire (A, B ou C)", KNOWN_ZONE),
                parse_year(answered(given.year, "Année où commence la première année scolaire", year)),
            )
        )

    return _until_good(questions)


def _ask_administrator(database: Database) -> None:
    from tui_portail.services.agents import checked_identity  # noqa: PLC0415
    from tui_portail.services.commune import town_of  # noqa: PLC0415
    from tui_portail.services.passwords import check_choice  # noqa: PLC0415
    from tui_portail.services.setup import create_first_administrator  # noqa: PLC0415

    tell("Premier administrateur : il créera les autres agents à l’écran Agents (F9).")

    def identity() -> tuple[str, str]:
        return checked_identity(ask("Identifiant"), ask("Prénom et nom"))

    username, name = _until_good(identity)

    town = town_of(database)

    def password() -> str:
        chosen = check_choice(ask("Mot de passe", hidden=True), username, name, town)
        if ask("Mot de passe, une seconde fois", hidden=True) != chosen:
            raise InvalidInput("Les deux mots de passe ne sont pas les mêmes.")
        return chosen

    create_first_administrator(database, username, name, _until_good(password))
    tell(f"Administrateur « {username} » créé.")


def _until_good(ask: Callable[[], T]) -> T:
    """Ask again after a refusal, three times in all; outside a terminal nobody is there to answer again."""
    for attempt in range(1, TRIES + 1):
        try:
            return ask()
        except PortailError as refused:
            if attempt == TRIES or not sys.stdin.isatty():
                raise
            tell(refused.sentence, err=True)
    raise AssertionError("the last try returns or raises")
