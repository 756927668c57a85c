"""`tui-portail effectifs` and `tui-portail repas`: the numbers of some days as a spreadsheet, for other programs. No child is named."""

from __future__ import annotations

from typing import Annotated

import typer

from tui_portail.cli.exported_days import BaseUrl, From, Replace, Until, export_days
from tui_portail.cli.french import FrenchCommand

Output = Annotated[str, typer.Option("--sortie", metavar="FICHIER", help="Le fichier à écrire, en .csv ou en .xlsx.")]


def effectifs(from_on: From, until_on: Until, output: Output, base: BaseUrl = None, replace: Replace = False) -> None:
    """Écrit les enfants attendus par site, activité et jour, par âge, et les adultes qu’il faut. Aucun enfant n’est nommé."""
    from tui_portail.services.expected_papers import export_expected  # noqa: PLC0415  `--help` needs no database

    export_days(export_expected, from_on, until_on, output, "effectifs.xlsx", base, replace)


def repas(from_on: From, until_on: Until, output: Output, base: BaseUrl = None, replace: Replace = False) -> None:
    """Écrit les repas à commander par site, activité, jour et menu : ce qui a été commandé à l’arrêt, l’écart depuis, le total à ce jour.

    Aucun enfant n’est nommé.
    """
    from tui_portail.services.meal_papers import export_meals  # noqa: PLC0415

    export_days(export_meals, from_on, until_on, output, "repas.xlsx", base, replace)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("effectifs", cls=FrenchCommand, short_help="Écrit les enfants attendus, en CSV ou XLSX.")(effectifs)
    app.command("repas", cls=FrenchCommand, short_help="Écrit les repas à commander, en CSV ou XLSX.")(repas)
