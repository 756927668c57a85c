"""`tui-portail rendez-vous`: the service's diary as an iCalendar file, which other calendars open."""

from __future__ import annotations

from typing import Annotated

import typer

from tui_portail.cli.exported_days import BaseUrl, From, Replace, Until, export_days
from tui_portail.cli.french import FrenchCommand

Output = Annotated[str, typer.Option("--sortie", metavar="FICHIER", help="Le fichier à écrire, comme agenda.ics.")]


def rendez_vous(from_on: From, until_on: Until, output: Output, base: BaseUrl = None, replace: Replace = False) -> None:
    """Écrit les rendez-vous du service dans un fichier iCalendar, que son propriétaire est seul à pouvoir lire.

    Les autres agendas l’ouvrent ; relu plus tard, il déplace et annule ce qui l’a été depuis. Il dit qui vient, et pour quel motif :
    ni téléphone, ni note.
    """
    from tui_portail.services.diary_papers import export_calendar  # noqa: PLC0415  `--help` needs no database

    export_days(export_calendar, from_on, until_on, output, "agenda.ics", base, replace)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("rendez-vous", cls=FrenchCommand, short_help="Écrit l’agenda des rendez-vous au format iCalendar.")(
        rendez_vous
    )
