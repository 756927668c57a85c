"""Parents at many kiosks, in a few processes: each its own Portal, all started together."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from models.engine import Database
from models.states import BasketOrigin
from tests.races.desks import WON, together
from tui_portail.errors import PortailError
from tui_portail.planning import CellKey, Change, Tick
from tui_portail.services.booking import ChangesRefused
from tui_portail.services.clock import FixedClock
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.portal import SignedAccount, take_seat
from tui_portail.services.portal_planning import finish_own_changes

AT_ONCE = 12  # threads of a process: each parent waits at a screen, none at a lock for ever
TRIES = 40


@dataclass(frozen=True)
class Parent:
    """A parent already signed in, and the day they are about to finish booking."""

    account: SignedAccount
    cell: CellKey


def book_all_at_once(url: str, now: datetime, parents: Sequence[Parent]) -> list[str]:
    """Let every parent of this process finish the same booking, all processes starting together; return what each was told."""
    database = Database.open(url)
    try:
        with ThreadPoolExecutor(AT_ONCE) as kiosks:
            together()
            return list(kiosks.map(lambda parent: _book(database, now, parent), parents))
    finally:
        database.close()


def _book(database: Database, now: datetime, parent: Parent) -> str:
    """Finish, sending the same gesture again while the base is busy, as the kiosk does."""
    portal = take_seat(Desk(database, Path("documents"), FixedClock(database, now)), BasketOrigin.KIOSK)
    portal.account = parent.account
    operation = new_operation()
    for _ in range(TRIES):
        try:
            finish_own_changes(portal, [Change(parent.cell, Tick.ADD)], operation)
        except ChangesRefused as refused:
            return sorted(decision.code for decision in refused.refusals.values())[0]
        except PortailError as error:
            if error.code != "BASE_OCCUPEE":
                return error.code
        else:
            return WON
    return "BASE_OCCUPEE"
