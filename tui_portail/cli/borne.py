"""`tui-portail borne`: the families' portal on the public computer of the mairie, or behind a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from tui_portail.cli.french import FrenchCommand

if TYPE_CHECKING:
    from tui_portail.services.desk import Desk
    from tui_portail.services.portal import Portal
    from tui_portail.settings import Settings

BaseUrl = Annotated[
    str | None,
    typer.Option("--base", metavar="URL", help="La base à ouvrir : adresse ou fichier ; sinon, celle des réglages."),
]
Online = Annotated[
    bool,
    typer.Option(
        "--en-ligne", help="Pour un navigateur : paniers marqués « Internet », sans mot de passe d’agent pour fermer."
    ),
]
RestSeconds = Annotated[
    int | None,
    typer.Option(
        "--repos",
        metavar="SECONDES",
        min=0,
        help="Repos après lequel tout est oublié (0 : jamais) ; sinon, celui des réglages de la commune.",
    ),
]


def borne(base: BaseUrl = None, online: Online = False, rest_seconds: RestSeconds = None) -> None:
    """Ouvre le Portail Famille pour les parents, sur l’ordinateur public de la mairie.

    Après un temps de repos, tout est oublié. Ctrl+Q ferme la borne, avec l’identifiant et le mot de passe d’un agent.
    """

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
            printer=None if online else settings.printer,  # a browser is elsewhere: no paper comes out at the mairie
            paper=settings.paper,
            online=online_services(settings.payfip_address, settings.portal_address, database.kind),
        )

    run_kiosk(open_desk, online=online, rest_seconds=rest_seconds)


def run_kiosk(open_with: Callable[[Settings], Desk], *, online: bool = False, rest_seconds: int | None = None) -> None:
    """Show the families' pages until an agent closes them. `open_with` is called in a thread, after the first frame.

    A demonstration sends no message: it shows their codes. Raises PortailError when there is no terminal.
    """
    from tui_portail.cli.opening import leave_on_hang_up, require_terminal  # noqa: PLC0415  `--help` needs no screen
    from tui_portail.settings import first_frame_settings, load_settings  # noqa: PLC0415

    require_terminal()
    from screens.kiosk.app import KioskApp  # noqa: PLC0415
    from screens.kiosk.codes_sent import UnsentMessages  # noqa: PLC0415

    unsent = UnsentMessages()
    opened: list[Desk] = []

    def open_portal() -> Portal:
        from models.states import BasketOrigin  # noqa: PLC0415  after the first frame
        from tui_portail.cli.post import post_of  # noqa: PLC0415
        from tui_portail.crash_watch import watch_faults  # noqa: PLC0415
        from tui_portail.logs import note  # noqa: PLC0415
        from tui_portail.program_version import program_version  # noqa: PLC0415
        from tui_portail.services.portal import take_seat  # noqa: PLC0415

        watch_faults()
        settings = load_settings()
        desk = open_with(settings)
        opened.append(desk)
        desk.clock.start()
        note("ouverture_borne", version=program_version(), base=desk.database.address, moteur=desk.database.dialect)
        post = unsent if desk.is_demo else post_of(settings)
        origin = BasketOrigin.ONLINE if online else BasketOrigin.KIOSK
        return take_seat(desk, origin, post, settings.portal_address)

    application = KioskApp(
        open_portal,
        theme=first_frame_settings().theme,
        rest_seconds=rest_seconds,
        guarded=not online,
        unsent=unsent,
    )
    leave_on_hang_up(lambda: opened[-1] if opened else None)
    application.run()
    for desk in opened:
        desk.close()
    if application.return_code:
        raise typer.Exit(application.return_code)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("borne", cls=FrenchCommand, short_help="Ouvre le Portail Famille pour les parents.")(borne)
