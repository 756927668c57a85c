"""`tui-portail servir`: the families' kiosk in a browser, one process a visitor, on this machine only unless told otherwise."""

from __future__ import annotations

import asyncio
import importlib.util
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from tui_portail.cli.french import FrenchCommand
from tui_portail.cli.side_gestures import side_gestures
from tui_portail.cli.told import tell
from tui_portail.errors import PortailError

if TYPE_CHECKING:
    from tui_portail.serving.server import KioskServer

Address = Annotated[str, typer.Option("--adresse", metavar="ADRESSE", help="L’adresse où la borne répond.")]
Port = Annotated[int, typer.Option("--port", metavar="PORT", min=0, max=65535, help="Le port où elle répond.")]
BaseUrl = Annotated[
    str | None,
    typer.Option("--base", metavar="URL", help="La base : adresse ou fichier ; sinon, celle des réglages."),
]
Sessions = Annotated[
    int, typer.Option("--sessions", metavar="NOMBRE", min=1, max=500, help="Familles servies en même temps.")
]
PerAddress = Annotated[
    int, typer.Option("--par-adresse", metavar="NOMBRE", min=1, max=500, help="Dont, depuis une même connexion.")
]
Openings = Annotated[
    int, typer.Option("--ouvertures", metavar="NOMBRE", min=1, max=600, help="Ouvertures par minute et par connexion.")
]
Rest = Annotated[
    int, typer.Option("--repos", metavar="MINUTES", min=1, max=240, help="Repos après lequel une session est fermée.")
]
Longest = Annotated[
    int, typer.Option("--duree", metavar="MINUTES", min=1, max=1440, help="Durée qu’une session ne dépasse jamais.")
]
BehindProxy = Annotated[
    bool, typer.Option("--derriere-proxy", help="Croit l’adresse des familles que donne le mandataire HTTPS.")
]

LIBRARY = "textual_serve"
EXTRA = "tui-portail[navigateur]"


class BrowserLibraryMissing(PortailError):
    """What serves a browser is not installed."""

    code = "NAVIGATEUR_ABSENT"


def servir(
    address: Address = "127.0.0.1",
    port: Port = 8000,
    base: BaseUrl = None,
    sessions: Sessions = 20,
    per_address: PerAddress = 10,
    openings: Openings = 12,
    rest: Rest = 5,
    longest: Longest = 60,
    behind_proxy: BehindProxy = False,
) -> None:
    """Sert la borne des familles dans un navigateur, jusqu’à Ctrl+C.

    Elle ne répond qu’à cette machine, sans chiffrement : le mandataire HTTPS de la mairie la donne aux familles, sous l’adresse que dit
    le réglage « portail_adresse » (docs/browser.md du projet). Chaque visiteur a son propre processus, fermé avec sa page.
    """
    if importlib.util.find_spec(LIBRARY) is None:
        raise BrowserLibraryMissing(
            f"La borne ne peut pas être servie : il manque l’extra « navigateur ». Installez « {EXTRA} »."
        )
    from tui_portail.serving.limits import MINUTE, Limits  # noqa: PLC0415  `--help` needs no server
    from tui_portail.serving.server import KioskServer, Serving  # noqa: PLC0415
    from tui_portail.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    title = _title(base or settings.base)
    beside = side_gestures(base or settings.base, settings)
    serving = Serving(
        command=kiosk_command(base),
        title=title,
        limits=Limits(sessions, per_address, openings, rest * MINUTE, longest * MINUTE),
        portal_address=settings.portal_address,
        behind_proxy=behind_proxy,
        activate=beside.activate,
        notified=beside.notified,
    )
    _warn(address, settings.portal_address, behind_proxy=behind_proxy)
    if beside.lacks_online:
        from tui_portail.services.online_services import what_is_missing  # noqa: PLC0415

        tell(f"ATTENTION : les familles ne pourront pas payer en ligne ici. Pour cela : {what_is_missing()}", err=True)
    try:
        with suppress(
            KeyboardInterrupt
        ):  # a system without signals in the loop: the server has ended its kiosks by then
            asyncio.run(_serve(KioskServer(serving, address, port)))
    finally:
        beside.close()
    tell("La borne n’est plus servie.")


def kiosk_command(base: str | None) -> list[str]:
    """Return the words that start one visitor's kiosk; the settings and the environment are those of this command."""
    return [sys.executable, "-m", "tui_portail", "borne", "--en-ligne", *(["--base", base] if base else [])]


def _title(base: str) -> str:
    """Return the page's title, with the commune's name. Raises what the base refuses: nobody is served a kiosk that cannot open."""
    from models.engine import Database  # noqa: PLC0415  `--help` needs no database
    from tui_portail.services.commune import town_of  # noqa: PLC0415

    database = Database.open(base, to_write=False)
    try:
        town = town_of(database)
    finally:
        database.close()
    return f"Portail Famille — {town}" if town else "Portail Famille"


def _warn(address: str, portal_address: str | None, *, behind_proxy: bool) -> None:
    from tui_portail.serving.visitors import is_loopback  # noqa: PLC0415

    if not is_loopback(address):
        tell(
            f"ATTENTION : sur {address}, la borne répond aux autres machines sans chiffrement ; les mots de passe des familles passent en "
            "clair. Mettez le mandataire HTTPS de la mairie devant, et fermez ce port à tous les autres par le pare-feu.",
            err=True,
        )
    if portal_address and not behind_proxy:
        tell(
            "ATTENTION : sans --derriere-proxy, toutes les familles venues par le mandataire comptent pour une seule connexion.",
            err=True,
        )


async def _serve(server: KioskServer) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl+C interrupts the loop itself
            loop.add_signal_handler(number, server.stop)

    def ready(address: str) -> None:
        tell(f"La borne est servie sur {address} (Ctrl+C pour arrêter).")
        if server.serving.portal_address:
            tell(f"Les familles l’ouvrent par {server.serving.portal_address}")

    await server.serve(ready)


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("servir", cls=FrenchCommand, short_help="Sert la borne des familles dans un navigateur.")(servir)
