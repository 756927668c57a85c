"""`tui-portail diagnostic`: everything about this desk and its base that helps whoever is called, without secret nor personal data."""

from __future__ import annotations

from typing import Annotated

import typer

from tui_portail.cli.french import EXIT_REFUSED, FrenchCommand
from tui_portail.cli.told import tell, tell_json

BaseUrl = Annotated[
    str | None,
    typer.Option("--base", metavar="URL", help="La base à regarder : adresse ou fichier ; sinon, celle des réglages."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Répond en JSON.")]
Output = Annotated[
    str | None,
    typer.Option("--sortie", metavar="FICHIER", help="Écrit le rapport dans un fichier, lisible de vous seul."),
]
Replace = Annotated[bool, typer.Option("--remplacer", help="Remplace le fichier s’il existe déjà.")]


def diagnostic(base: BaseUrl = None, as_json: AsJson = False, output: Output = None, replace: Replace = False) -> None:
    """Dit dans quel état sont ce poste, ses réglages et sa base : versions, liaison, droits, horloge, place, sauvegarde, incidents.

    Chaque ligne est OK, ATTENTION, ERREUR ou INCONNU, avec ce qu’il y a à faire. Aucun mot de passe et aucune donnée de famille n’y
    sont : le rapport peut être envoyé. Sort en erreur (1) dès qu’une ligne est en ERREUR. Ne change rien, même sur une base injoignable,
    trop ancienne ou trop récente.
    """
    from tui_portail.services.diagnostic import diagnose, write_diagnosis  # noqa: PLC0415  `--help` needs no database

    found = diagnose(base)
    if output is None and as_json:
        tell_json(found.as_json())
    elif output is None:
        tell("\n".join(found.lines()))
    else:
        tell(f"Rapport écrit : {write_diagnosis(found, output, as_json=as_json, replace=replace)}")
        tell(found.conclusion)
    if not found.sound:
        raise typer.Exit(EXIT_REFUSED)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(
        "diagnostic", cls=FrenchCommand, short_help="Dit l’état de ce poste et de sa base, sans donnée personnelle."
    )(diagnostic)
