"""`tui-portail exporter`: a register of the régie as a spreadsheet, or its whole journal as a beancount or hledger file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated

import typer

from tui_portail.cli.asking import known_word
from tui_portail.cli.french import FrenchCommand
from tui_portail.cli.output_file import on_a_terminal, output_path
from tui_portail.cli.told import tell

LINES_A_SIGN = 1_000  # written between two signs of progress

Register = Annotated[str, typer.Argument(metavar="REGISTRE", help="journal, grand-livre, avoirs ou recettes.")]
Format = Annotated[
    str,
    typer.Option("--format", metavar="FORMAT", help="csv ou xlsx ; pour le journal, aussi beancount ou hledger."),
]
Output = Annotated[str, typer.Option("--sortie", metavar="FICHIER", help="Le fichier à écrire.")]
From = Annotated[str | None, typer.Option("--du", metavar="JOUR", help="Le premier jour, comme 2026-01-01.")]
Until = Annotated[
    str | None, typer.Option("--au", metavar="JOUR", help="Le dernier jour ; pour les avoirs, celui de leur état.")
]
By = Annotated[
    str | None, typer.Option("--par", metavar="PAS", help="Pour les recettes : jour, mois (sinon) ou annee.")
]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base", metavar="URL", help="La base à lire : adresse ou fichier ; sinon, celle des réglages."),
]
Replace = Annotated[bool, typer.Option("--remplacer", help="Remplace le fichier s’il existe déjà.")]


def exporter(
    register: Register,
    file_format: Format,
    output: Output,
    from_on: From = None,
    until_on: Until = None,
    by: By = None,
    base: BaseUrl = None,
    replace: Replace = False,
) -> None:
    """Écrit un registre de la régie dans un fichier, que son propriétaire est seul à pouvoir lire.

    Le journal donne les quittances dans l’ordre de leurs numéros. En beancount ou en hledger, il donne toutes les écritures, avec des
    soldes que ces deux programmes vérifient. Le fichier ne prend son nom qu’une fois écrit en entier.
    """
    from models.engine import Database  # noqa: PLC0415  `--help` needs no database
    from tui_portail.revenue import Grain  # noqa: PLC0415
    from tui_portail.services.clock import clock_of  # noqa: PLC0415
    from tui_portail.services.desk import Desk  # noqa: PLC0415
    from tui_portail.services.register_exports import (  # noqa: PLC0415
        Export,
        FileFormat,
        RegisterName,
        export_register,
    )
    from tui_portail.services.registers import Period, books_for_command  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    export = Export(
        known_word(RegisterName, register, "registre"),
        known_word(FileFormat, file_format, "format"),
        Period(_day(from_on), _day(until_on)),
        None if by is None else known_word(Grain, by, "pas"),
    )
    settings = load_settings()
    database = Database.open(base or settings.base, to_write=False)
    try:
        path = output_path(output, database.address.path, "journal-2026.csv")
        desk = Desk(database, settings.documents_dir, clock_of(database))
        with books_for_command(desk) as books, _progress() as progress:
            written = export_register(books, export, path, replace=replace, progress=progress)
    finally:
        database.close()
    tell(written.sentence)


def _day(typed: str | None) -> date | None:
    from tui_portail.cli.regles import parse_day  # noqa: PLC0415

    return None if typed is None else parse_day(typed)


@contextmanager
def _progress() -> Iterator[Callable[[int], None] | None]:
    """Show on a terminal how many rows are written, wiped at the end; nothing elsewhere."""
    if not on_a_terminal():
        yield None
        return

    def show(count: int) -> None:
        if count % LINES_A_SIGN == 0:
            typer.echo(f"\r{count} lignes…", nl=False, err=True)

    try:
        yield show
    finally:
        typer.echo(f"\r{'':30}\r", nl=False, err=True)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("exporter", cls=FrenchCommand, short_help="Écrit un registre de la régie dans un fichier.")(exporter)
