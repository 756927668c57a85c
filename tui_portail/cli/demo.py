"""`tui-portail demo`: a fictitious mairie made at the first run, kept afterwards, opened signed in at both desks on its own clock."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui_portail.cli.french import FrenchCommand
from tui_portail.cli.told import tell
from tui_portail.errors import InvalidInput
from tui_portail.files import expanded, names_a_file

if TYPE_CHECKING:
    from tui_portail.services.desk import Desk
    from tui_portail.settings import Settings

FILE_NAME = "demonstration.sqlite3"
DEMO_PAYFIP, DEMO_PORTAL = "http://127.0.0.1:8765", "http://127.0.0.1:8000"
"""Where the demonstration's kiosk runs PayFiP's simulator, and where « servir » would answer: this machine alone."""

DemoFile = Annotated[
    str | None,
    typer.Option(
        "--base",
        metavar="CHEMIN",
        help="Le fichier de la démonstration ; sinon, dans le dossier de données de l’utilisateur.",
    ),
]
RealClock = Annotated[
    bool, typer.Option("--horloge-reelle", help="Prend l’heure réelle au lieu de l’horloge propre de la démonstration.")
]
Kiosk = Annotated[bool, typer.Option("--borne", help="Ouvre la borne des familles au lieu du guichet.")]
Again = Annotated[bool, typer.Option("--recommencer", help="Efface la démonstration et en crée une neuve.")]


def demo(base: DemoFile = None, real_clock: RealClock = False, again: Again = False, kiosk: Kiosk = False) -> None:
    """Ouvre une mairie fictive : des familles, des réservations, une caisse ouverte, des paniers à encaisser.

    Créée à la première ouverture, gardée ensuite. Son horloge part du mardi 1er décembre 2026 à 10 h 30 et reprend où elle s’est arrêtée.
    """
    from tui_portail.cli.borne import run_kiosk  # noqa: PLC0415  `--help` needs no screen
    from tui_portail.cli.opening import require_terminal, run_application  # noqa: PLC0415
    from tui_portail.cli.payfip import simulated_payfip  # noqa: PLC0415

    path = _path(base)
    require_terminal()
    if again or not _is_there(path):
        _create(path)

    opened: list[Desk] = []

    def open_desk(settings: Settings, payfip: str = DEMO_PAYFIP) -> Desk:
        from models.engine import Database  # noqa: PLC0415  after the first frame
        from tui_portail.services.clock import DemoClock, ServerClock  # noqa: PLC0415
        from tui_portail.services.demo import create_demo, demo_exists  # noqa: PLC0415
        from tui_portail.services.desk import Desk  # noqa: PLC0415
        from tui_portail.services.online_services import online_services  # noqa: PLC0415

        if not demo_exists(path):
            from tui_portail.commune_files import shipped_commune  # noqa: PLC0415

            create_demo(path, shipped_commune())
        database = Database.open(str(path))
        clock = ServerClock(database) if real_clock else DemoClock(database)
        opened.append(
            Desk(
                database,
                settings.documents_dir,
                clock,
                printer=settings.printer,
                paper=settings.paper,
                online=online_services(
                    settings.payfip_address or payfip, settings.portal_address or DEMO_PORTAL, database.kind
                ),
                portal_address=settings.portal_address,  # no message leaves a demonstration: its families are nobody
            )
        )
        return opened[-1]

    def now() -> datetime:
        """Return the demonstration's instant, the real one until it is open."""
        return opened[-1].now_estimate() if opened else datetime.now(UTC)

    def open_signed(settings: Settings) -> Desk:
        from tui_portail.services.demo import demo_agent  # noqa: PLC0415  after the first frame

        desk = open_desk(settings)
        desk.sign(demo_agent(desk))
        return desk

    if kiosk:
        with simulated_payfip(DEMO_PAYFIP, now) as payfip:
            run_kiosk(partial(open_desk, payfip=payfip))
    else:
        run_application(open_signed)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("demo", cls=FrenchCommand, short_help="Ouvre une mairie fictive pour essayer.")(demo)


def _path(base: str | None) -> Path:
    if base is None:
        from tui_portail.settings import load_settings  # noqa: PLC0415  only without --base

        return load_settings().data_dir / FILE_NAME
    if not names_a_file(base):
        raise InvalidInput("La démonstration est un fichier : donnez un chemin à --base, pas une adresse.")
    return expanded(base).absolute()


def _is_there(path: Path) -> bool:
    """Say whether the demonstration was made, without loading what opens it; where it cannot be told, making it says why."""
    try:
        path.stat()
    except OSError:
        return False
    return True


def _create(path: Path) -> None:
    """Make the demonstration, saying so: it takes a few seconds. Raises NotADemo rather than replace a real base."""
    from tui_portail.commune_files import shipped_commune  # noqa: PLC0415  at the first run only
    from tui_portail.services.demo import AGENTS, DEMO_PASSWORD, create_demo, demo_exists  # noqa: PLC0415

    demo_exists(path)
    tell("Création de la mairie fictive, quelques secondes…")
    report = create_demo(path, shipped_commune())
    tell(f"{report.dossiers} dossiers, {report.children} enfants, tous fictifs : {path}")
    usernames = ", ".join(username for username, _, _ in AGENTS)
    tell(f"Agents : {usernames} ; mot de passe de tous : {DEMO_PASSWORD}")
