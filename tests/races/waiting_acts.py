"""What each desk of a race does about a full day and its waiting list."""

import random
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection

from models.engine import Database
from tests.races.desks import Place, outcome, together
from tui_portail.planning import CellKey, Change, Tick
from tui_portail.services import slots, waiting_offers
from tui_portail.services.baskets import release_basket
from tui_portail.services.booking import finish_changes
from tui_portail.services.clock import FixedClock
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.planning import load_planning
from tui_portail.services.queue import list_queue
from tui_portail.services.waiting import ask_places, decline_offer, offer_due, withdraw_entry
from tui_portail.services.waiting_reading import call_list

SPEED = 60
"""Minutes of the desks' clock in a minute of the race: holds run out in its course."""


class RunningClock(FixedClock):
    """One clock for all the desks of a race: `start` is the machine's monotonic instant at which it showed `instant`."""

    def __init__(self, database: Database, instant: datetime, start: float) -> None:
        super().__init__(database, instant)
        self._start = start

    def now(self, connection: Connection) -> datetime:
        return self.read()

    def after(self, now: datetime, seconds: float) -> datetime:
        return self.read()

    def read(self) -> datetime:
        return self.instant + timedelta(seconds=(time.monotonic() - self._start) * SPEED)


def change_in_rounds(place: Place, dossier_id: int, changes: Sequence[Change]) -> list[str]:
    """Do one change a round, all desks starting each round together."""
    desk, outcomes = place.desk(), []
    for change in changes:
        together()
        outcomes.append(outcome(lambda: finish_changes(desk, dossier_id, [change], new_operation())))  # noqa: B023
    return outcomes


def give_back_without_locks(place: Place, dossier_id: int, cell: CellKey) -> str:
    """Give a place back with the slots' locks left out, every desk having counted before any offers: PostgreSQL's control."""
    desk, count = place.desk(), waiting_offers.places_between

    def count_and_wait(*arguments: Any) -> Any:
        counted = count(*arguments)
        together()
        return counted

    with patch.object(slots, "lock_rows"), patch.object(waiting_offers, "places_between", count_and_wait):
        return outcome(lambda: finish_changes(desk, dossier_id, [Change(cell, Tick.REMOVE)], new_operation()))


def live_on_a_list(
    place: Place, start: float, dossiers: Sequence[int], activity: str, days: Sequence[date], seed: int, gestures: int
) -> list[str]:
    """Book, cancel, give up baskets, ask, decline, withdraw, offer at random on the same full days as the other desks."""
    desk, chance = place.desk(), random.Random(seed)  # noqa: S311
    desk.clock = RunningClock(desk.database, place.now, start)
    together()
    return [outcome(lambda: _any_gesture(desk, dossiers, activity, days, chance)) for _ in range(gestures)]


def _any_gesture(
    desk: Desk, dossiers: Sequence[int], activity: str, days: Sequence[date], chance: random.Random
) -> None:
    what = chance.choice(("tick", "tick", "tick", "wait", "wait", "give up", "decline", "withdraw", "offer"))
    if what == "offer":
        offer_due(desk, new_operation())
        return
    if what == "give up" and (baskets := list_queue(desk)):
        release_basket(desk, chance.choice(baskets).basket_id, new_operation())
        return
    lines = call_list(desk).lines
    if what == "decline" and (offered := [line for line in lines if line.place.offer_until is not None]):
        decline_offer(desk, chance.choice(offered).entry_id, new_operation())
        return
    if what == "withdraw" and lines:
        withdraw_entry(desk, chance.choice(lines).entry_id, new_operation())
        return
    dossier_id, day = chance.choice(dossiers), chance.choice(days)
    planning = load_planning(desk, dossier_id, day, day)
    key = CellKey(planning.children[0].child_id, activity, day)
    if what == "wait":
        ask_places(desk, dossier_id, [key], new_operation())
        return
    tick = Tick.REMOVE if key in planning.bookings else Tick.ADD
    finish_changes(desk, dossier_id, [Change(key, tick)], new_operation())
