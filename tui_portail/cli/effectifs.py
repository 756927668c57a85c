"""`tui-portail effectifs` and `tui-portail repas`: the numbers of some days as a spreadsheet, for other programs. No child is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from tui_portail.cli.french import FrenchCommand
from tui_portail.cli.output_file import output_path

if TYPE_CHECKING:
    from tui_portail.services.register_exports import Exported

From = Annotated[str, typer.Option("--du", metavar="JOUR", help="Le premier jour, comme 2026-12-01.")]
Until = Annotated[str, typer.Option("--au", metavar="JOUR", help="Le dernier jour.")]
Output = Annotated[str, typer.Option("--sortie", metavar="FICHIER", help="Le fichier à écrire, en .csv ou en .xlsx.")]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base", metavar="URL", help="La base à lire : adresse ou fichier ; sinon, celle des réglages."),
]
Replace = Annotated[bool, typer.Option("--remplacer", help="Remplace le fichier s’il existe déjà.")]


def effectifs(from_on: From, until_on: Until, output: Output, base: BaseUrl = None, replace: Replace = False) -> None:
    """Écrit les enfants attendus par site, activité et jour, par âge, et les adultes qu’il faut. Aucun enfant n’est nommé."""
    from tui_portail.services.expected_papers import export_expected  # noqa: PLC0415  `--help` needs no database

    _write(export_expected, from_on, until_on, output, base, replace)


def repas(from_on: From, until_on: Until, output: Output, base: BaseUrl = None, replace: Replace = False) -> None:
    """Écrit les repas à commander par site, activité, jour et menu : ce qui a été commandé à l’arrêt, l’écart depuis, le total à ce jour.

    Aucun enfant n’est nommé.
    """
    from tui_portail.services.meal_papers import export_meals  # noqa: PLC0415

    _write(export_meals, from_on, until_on, output, base, replace)


def _write(
    export: Callable[..., Exported], from_on: str, until_on: str, output: str, base: str | None, replace: bool
) -> None:
    """Write what a service exports from a base that is only read, and say it."""
    from models.engine import Database  # noqa: PLC0415
    from tui_portail.cli.regles import parse_day  # noqa: PLC0415
    from tui_portail.services.clock import clock_of  # noqa: PLC0415
    from tui_portail.services.desk import Desk  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    first, last = parse_day(from_on), parse_day(until_on)
    settings = load_settings()
    database = Database.open(base or settings.base, to_write=False)
    try:
        path = output_path(output, database.address.path, "repas.xlsx")
        desk = Desk(database, settings.documents_dir, clock_of(database))
        with database.read() as connection:
            now, commune = desk.instant(connection), desk.commune(connection)
            written = export(connection, commune, now, first, last, path, replace=replace)
    finally:
        database.close()
    typer.echo(written.sentence)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("effectifs", cls=FrenchCommand, short_help="Écrit les enfants attendus, en CSV ou XLSX.")(effectifs)
    app.command("repas", cls=FrenchCommand, short_help="Écrit les repas à commander, en CSV ou XLSX.")(repas)
