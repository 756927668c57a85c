"""`tui-portail initialiser`: a commune's empty database, by migrations, and its first administrateur; run again, it migrates."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from tui_portail.cli.asking import ask
from tui_portail.cli.french import FrenchCommand
from tui_portail.errors import InvalidInput, PortailError

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.engine import Database

T = TypeVar("T")
TRIES = 3

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


def initialiser(base: BaseUrl = None, commune: CommuneFile = None) -> None:
    """Crée la base d’une commune, ou met à jour celle qui existe sans rien y changer d’autre.

    Demande ensuite l’identifiant, le nom et le mot de passe du premier administrateur. Le mot de passe ne se donne jamais sur la ligne
    de commande ; hors d’un terminal, les réponses sont lues une par ligne sur l’entrée standard.
    """
    from models.engine import Database  # noqa: PLC0415  `--help` needs no database
    from tui_portail.commune_files import read_commune  # noqa: PLC0415
    from tui_portail.services.setup import initialise  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    url = base or load_settings().base
    rules = read_commune(commune) if commune is not None else None
    report = initialise(url, rules, commune.name if commune is not None else "")
    if report.created:
        typer.echo(f"Base créée : {report.address}")
    elif report.migrated:
        typer.echo(f"Base mise à jour : {report.address}")
    else:
        typer.echo(f"Base déjà à jour : {report.address}")
    if commune is not None and not report.commune_recorded:
        typer.echo("Cette base a déjà ses règles, datées et tracées : le fichier de la commune n’a rien changé.")
    if report.has_administrator:
        return
    database = Database.open(url)
    try:
        _ask_administrator(database)
        where = "" if base is None else f" --base {shlex.quote(str(database.address))}"
        typer.echo(f"Ouvrez l’application par : tui-portail ouvrir{where}")
        if base is not None and database.address.holds_password:
            typer.echo("Le mot de passe de la base se donne alors par la variable PGPASSWORD ou par les réglages.")
    finally:
        database.close()


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("initialiser", cls=FrenchCommand, short_help="Crée ou met à jour la base d’une commune.")(initialiser)


def _ask_administrator(database: Database) -> None:
    from tui_portail.services.agents import checked_identity  # noqa: PLC0415
    from tui_portail.services.commune import town_of  # noqa: PLC0415
    from tui_portail.services.passwords import check_choice  # noqa: PLC0415
    from tui_portail.services.setup import create_first_administrator  # noqa: PLC0415

    typer.echo("Premier administrateur : il créera les autres agents à l’écran Agents.")

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
    typer.echo(f"Administrateur « {username} » créé.")


def _until_good(ask: Callable[[], T]) -> T:
    """Ask again after a refusal, three times in all; outside a terminal nobody is there to answer again."""
    for attempt in range(1, TRIES + 1):
        try:
            return ask()
        except PortailError as refused:
            if attempt == TRIES or not sys.stdin.isatty():
                raise
            typer.echo(refused.sentence, err=True)
    raise AssertionError("the last try returns or raises")
