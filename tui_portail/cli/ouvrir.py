"""`tui-portail ouvrir`: the application on the commune's database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tui_portail.cli.french import FrenchCommand
from tui_portail.cli.post import post_of

if TYPE_CHECKING:
    from tui_portail.services.desk import Desk
    from tui_portail.settings import Settings

BaseUrl = Annotated[
    str | None,
    typer.Option("--base", metavar="URL", help="La base à ouvrir : adresse ou fichier ; sinon, celle des réglages."),
]


def ouvrir(base: BaseUrl = None) -> None:
    """Ouvre l’application sur la base de la commune ; chaque agent s’y identifie."""
    from tui_portail.cli.opening import run_application  # noqa: PLC0415  `--help` needs no screen

    def open_desk(settings: Settings) -> Desk:
        from models.engine import Database  # noqa: PLC0415  after the first frame
        from tui_portail.services.clock import clock_of  # noqa: PLC0415
        from tui_portail.services.desk import Desk  # noqa: PLC0415
        from tui_portail.services.online_services import online_services  # noqa: PLC0415

        database = Database.open(base or settings.base)
        return Desk(
            database,
            settings.documents_dir,
            clock_of(database),
            printer=settings.printer,
            paper=settings.paper,
            online=online_services(settings.payfip_address, settings.portal_address, database.kind),
            post=post_of(settings),
            portal_address=settings.portal_address,
        )

    run_application(open_desk)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("ouvrir", cls=FrenchCommand, short_help="Ouvre l’application sur la base de la commune.")(ouvrir)
