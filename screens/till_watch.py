"""Whether the till is open, for the header and for who sits down: a session forgotten from an earlier day is said at once."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

from textual.screen import ModalScreen, Screen

from screens.bars import MessageBar
from screens.forgotten_till import ForgottenTillDialog
from screens.header import TillState
from screens.threads import in_thread
from tui_portail.errors import PortailError
from tui_portail.services.till import TillSessionView, current_session

if TYPE_CHECKING:
    from screens.app import PortailApp
    from screens.desk_screen import Framed
    from tui_portail.regie_rules import RegieWarning


async def read_till(app: PortailApp) -> TillSessionView | None:
    """Read the open session and let the header say what it is; nothing is read for who does not cash."""
    session, state = None, TillState.UNKNOWN
    if app.may("CASH"):
        with suppress(PortailError):  # the header says nothing; the payment screen says why
            session = await in_thread(app, current_session, app.open_desk_now)
            state = state_of(session)
    app.till = state
    app.show_header()
    return session


def state_of(session: TillSessionView | None) -> TillState:
    """Return what the header says of the session open."""
    if session is None:
        return TillState.CLOSED
    return TillState.FORGOTTEN if session.forgotten else TillState.OPEN


async def tell_forgotten(screen: Framed) -> None:
    """Read the till, and offer to close a session of an earlier day."""
    session = await read_till(screen.portail)
    if session is not None and session.forgotten and not isinstance(screen.app.screen, ModalScreen):
        await offer_closing(screen, session)
    elif screen.may("DEPOSIT"):
        await tell_warnings(screen)
    elif screen.may("SETTINGS"):
        await tell_backups(screen)


async def tell_backups(screen: Framed) -> None:
    """Say to the administrateur that the base is not backed up."""
    from tui_portail.services.backup_watch import backup_warnings  # noqa: PLC0415  for the administrateur only

    told: tuple[str, ...] = ()
    with suppress(PortailError):
        told = await screen.ask(backup_warnings, screen.desk)
    if told and not any(bar.sentence for bar in cast("Screen[object]", screen).query(MessageBar)):
        screen.message(told[0])


async def tell_warnings(screen: Framed) -> None:
    """Say the most urgent of the régie's warnings to who may deposit, and where the others are."""
    from tui_portail.services.regie_watch import BACKUP, regie_warnings  # noqa: PLC0415  for the régisseur only

    told: tuple[RegieWarning, ...] = ()
    with suppress(PortailError):  # the slips' screen says why
        told = await screen.ask(regie_warnings, screen.desk)
    if told and not any(
        bar.sentence for bar in cast("Screen[object]", screen).query(MessageBar)
    ):  # nothing else is being said
        others = f" Autres avertissements : {len(told) - 1}." if told[1:] else ""
        where = "" if told[0].code == BACKUP else " Ctrl+D : bordereaux."
        screen.message(f"{told[0].sentence}{others}{where}")


async def offer_closing(screen: Framed, session: TillSessionView) -> None:
    """Say which session was forgotten, and go and close it if the agent may and wants to."""
    agent = screen.desk.require()
    if await screen.app.push_screen_wait(ForgottenTillDialog(session, agent)):
        screen.portail.open("till_closing")
