"""`tui-portail rendez-vous`: the service's diary as an iCalendar file, which other calendars open."""

from __future__ import annotations

from typing import Annotated

import typer

from tui_portail.cli.french import FrenchCommand
from tui_portail.cli.output_file import output_path

From = Annotated[str, typer.Option("--du", metavar="JOUR", help="Le premier jour, comme 2026-12-01.")]
Until = Annotated[str, typer.Option("--au", metavar="JOUR", help="Le dernier jour.")]
Output = Annotated[str, typer.Option("--sortie", metavar="FICHIER", help="Le fichier à écrire, comme agenda.ics.")]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base", metavar="URL", help="La base à lire : adresse ou fichier ; sinon, celle des réglages."),
]
Replace = Annotated[bool, typer.Option("--remplacer", help="Remplace le fichier s’il existe déjà.")]


def rendez_vous(from_on: From, until_on: Until, output: Output, base: BaseUrl = None, replace: Replace = False) -> None:
    """Écrit les rendez-vous du service dans un fichier iCalendar, que son propriétaire est seul à pouvoir lire.

    Les autres agendas l’ouvrent ; relu plus tard, il déplace et annule ce qui l’a été depuis. Il dit qui vient, et pour quel motif :
    ni téléphone, ni note.
    """
    from models.engine import Database  # noqa: PLC0415  `--help` needs no database
    from tui_portail.cli.regles import parse_day  # noqa: PLC0415
    from tui_portail.services.clock import clock_of  # noqa: PLC0415
    from tui_portail.services.desk import Desk  # noqa: PLC0415
    from tui_portail.services.diary_papers import export_calendar  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    first, last = parse_day(from_on), parse_day(until_on)
    settings = load_settings()
    database = Database.open(base or settings.base, to_write=False)
    try:
        path = output_path(output, database.address.path, "agenda.ics")
        desk = Desk(database, settings.documents_dir, clock_of(database))
        with database.read() as connection:
            now, commune = desk.instant(connection), desk.commune(connection)
            written = export_calendar(connection, commune, now, first, last, path, replace=replace)
    finally:
        database.close()
    typer.echo(written.sentence)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("rendez-vous", cls=FrenchCommand, short_help="Écrit l’agenda des rendez-vous au format iCalendar.")(
        rendez_vous
    )
